"""The waiting list behind a taken unit: in order, offered by a hold, never jumped."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotAllowed, WrongState
from salesoffice.customers.models import Customer
from salesoffice.infra.db import transaction
from salesoffice.infra.jobs import run_sweep
from salesoffice.infra.models import OutboxMail
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.enums import HoldState, WaitingState
from salesoffice.reservations.models import Hold, WaitingEntry
from salesoffice.reservations.queries import find_breaches
from salesoffice.reservations.rules import NothingToWaitFor, OthersWait, WaitsAlready
from salesoffice.reservations.services import (
    SubscriptionTerms,
    join_waiting_list,
    leave_waiting_list,
    place_hold,
    release_hold,
    sign_subscription,
)
from tests.factories import Office

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def join(app: Flask, office: Office, customer: Customer) -> WaitingEntry:
    """Put a customer on the list of unit 101 as the assistant."""
    with app.test_request_context(), transaction() as session:
        actor = office.actor(office.assistant)
        return join_waiting_list(session, office.units[0], actor=actor, customer_id=customer.id)


def free(app: Flask, office: Office, hold: Hold) -> None:
    """Release a hold as its rep."""
    with app.test_request_context(), transaction() as session:
        release_hold(session, hold, actor=office.actor(office.rep))


def states(session: Session) -> list[tuple[int, str]]:
    """Return (position, state) of every entry, fresh."""
    rows = select(WaitingEntry).order_by(WaitingEntry.position).execution_options(populate_existing=True)
    return [(entry.position, entry.state.value) for entry in session.scalars(rows)]


def test_first_of_the_list_gets_the_unit_that_frees(
    app: Flask, session: Session, office: Office, hold: Hold, other_buyer: Customer
) -> None:
    entry = join(app, office, other_buyer)
    free(app, office, hold)

    offered = run_sweep("waiting")

    held = session.scalars(select(Hold).where(Hold.state == HoldState.OPEN)).one()
    mail = session.scalars(select(OutboxMail)).one()
    assert offered == 1
    assert (held.unit_id, held.customer_id, held.rep_id) == (
        hold.unit_id,
        other_buyer.id,
        office.other_rep.id,
    )
    assert (entry.id, states(session)) == (entry.id, [(1, "offered")])
    assert (mail.recipient, "1-A-101" in mail.text_body, "李*" in mail.text_body) == (
        office.other_rep.email,
        True,
        True,
    )
    assert list(find_breaches(session)) == []


def test_second_pass_offers_nothing_twice(
    app: Flask, session: Session, office: Office, hold: Hold, other_buyer: Customer
) -> None:
    join(app, office, other_buyer)
    free(app, office, hold)

    passes = [run_sweep("waiting") for _ in range(3)]

    assert passes == [1, 0, 0]
    assert len(session.scalars(select(OutboxMail.id)).all()) == 1


def test_nobody_jumps_the_queue(
    app: Flask, session: Session, office: Office, hold: Hold, buyer: Customer, other_buyer: Customer
) -> None:
    join(app, office, other_buyer)
    free(app, office, hold)

    with pytest.raises(OthersWait) as refusal, app.test_request_context(), transaction() as writing:
        place_hold(writing, office.units[0], actor=office.actor(office.rep), customer_id=buyer.id)

    assert (refusal.value.code, refusal.value.values) == ("unit_taken", {"waiting": 1})


def test_nobody_signs_past_the_queue(
    app: Flask, session: Session, office: Office, hold: Hold, buyer: Customer, other_buyer: Customer
) -> None:
    join(app, office, other_buyer)
    free(app, office, hold)
    terms = SubscriptionTerms(
        (buyer.id,), PlanKind.FULL, 10_000_00, datetime.now(UTC).date() - timedelta(days=0)
    )

    with pytest.raises(OthersWait), app.test_request_context(), transaction() as writing:
        sign_subscription(writing, office.units[0], actor=office.actor(office.assistant), terms=terms)

    assert states(session) == [(1, "waiting")]


def test_first_may_hold_without_waiting_for_the_offer(
    app: Flask, session: Session, office: Office, hold: Hold, other_buyer: Customer
) -> None:
    join(app, office, other_buyer)
    free(app, office, hold)

    with app.test_request_context(), transaction() as writing:
        own = place_hold(
            writing, office.units[0], actor=office.actor(office.other_rep), customer_id=other_buyer.id
        )

    assert (own.customer_id, states(session)) == (other_buyer.id, [(1, "offered")])


def test_offer_that_expires_goes_to_the_next(
    app: Flask, session: Session, office: Office, buyer: Customer, other_buyer: Customer
) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        with app.test_request_context(), transaction() as writing:
            hold = place_hold(writing, office.units[0], actor=office.actor(office.manager))
        join(app, office, other_buyer)
        join(app, office, buyer)
        with app.test_request_context(), transaction() as writing:
            release_hold(writing, hold, actor=office.actor(office.manager))
        run_sweep("waiting")

        clock.shift(timedelta(minutes=31))
        run_sweep("waiting")

        held = session.scalars(select(Hold).where(Hold.state == HoldState.OPEN)).one()
        assert (held.customer_id, held.rep_id) == (buyer.id, office.rep.id)
        assert states(session) == [(1, "lapsed"), (2, "offered")]


def test_offer_that_is_signed_is_taken(
    app: Flask, session: Session, office: Office, hold: Hold, other_buyer: Customer
) -> None:
    join(app, office, other_buyer)
    free(app, office, hold)
    run_sweep("waiting")
    held = session.scalars(select(Hold).where(Hold.state == HoldState.OPEN)).one()
    terms = SubscriptionTerms((other_buyer.id,), PlanKind.FULL, 10_000_00, office.project.created_at.date())

    with app.test_request_context(), transaction() as writing:
        sign_subscription(writing, held, actor=office.actor(office.assistant), terms=terms)
    run_sweep("waiting")

    assert states(session) == [(1, WaitingState.TAKEN.value)]


def test_free_unit_has_no_list(app: Flask, office: Office, buyer: Customer) -> None:
    with pytest.raises(NothingToWaitFor):
        join(app, office, buyer)


def test_customer_waits_once(app: Flask, office: Office, hold: Hold, other_buyer: Customer) -> None:
    join(app, office, other_buyer)

    with pytest.raises(WaitsAlready):
        join(app, office, other_buyer)


def test_leaving_lets_the_next_move_up(
    app: Flask, session: Session, office: Office, hold: Hold, other_buyer: Customer
) -> None:
    entry = join(app, office, other_buyer)

    with app.test_request_context(), transaction() as writing:
        leave_waiting_list(writing, entry, actor=office.actor(office.other_rep))

    assert states(session) == [(1, "withdrawn")]


def test_leaving_twice_is_refused(app: Flask, office: Office, hold: Hold, other_buyer: Customer) -> None:
    entry = join(app, office, other_buyer)
    actor = office.actor(office.manager)
    with app.test_request_context(), transaction() as session:
        leave_waiting_list(session, entry, actor=actor)

    with pytest.raises(WrongState), app.test_request_context(), transaction() as session:
        leave_waiting_list(session, entry, actor=actor)


def test_another_reps_place_is_not_taken_away(
    app: Flask, office: Office, hold: Hold, other_buyer: Customer
) -> None:
    entry = join(app, office, other_buyer)

    with pytest.raises(NotAllowed), app.test_request_context(), transaction() as session:
        leave_waiting_list(session, entry, actor=office.actor(office.rep))
