"""Two people change one sale at the same moment: one after the other, no deadlock, nothing half done."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.services import withdraw_change
from salesoffice.deals.models import Claim
from salesoffice.infra.db import db
from salesoffice.reservations.models import Subscription
from tests.changes.sales import approve, ask, require_approval
from tests.conftest import Do
from tests.factories import Office
from tests.support.faults import list_breaches
from tests.support.threads import run_together


@pytest.fixture
def asked(do: Do, office: Office, sale: Subscription) -> Change:
    """An extension by five days that waits for the manager."""
    do(lambda session: require_approval(session, office, ChangeKind.EXTENSION))
    return do(
        lambda session: ask(session, office, sale.deal, ChangeKind.EXTENSION, by=office.assistant, days=5)
    )


def in_session(change: Callable[[Session], object]) -> Callable[[], None]:
    def run() -> None:
        change(db.session())

    return run


def test_approval_of_one_change_while_another_is_applied(
    app: Flask, session: Session, office: Office, sale: Subscription, asked: Change
) -> None:
    outcomes = run_together(
        app,
        in_session(lambda w: approve(w, office, asked)),
        in_session(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION, by=office.admin)),
    )

    states = {
        row.kind: row.state
        for row in session.scalars(select(Change).execution_options(populate_existing=True))
    }
    assert states[ChangeKind.CANCELLATION] is ChangeState.APPLIED
    assert (outcomes, states[ChangeKind.EXTENSION]) in (
        (["done", "done"], ChangeState.APPLIED),
        (["done", "request_changed"], ChangeState.STALE),
    )
    assert list_breaches(app) == []


def test_two_requests_of_one_kind_make_one_change(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: require_approval(w, office, ChangeKind.CANCELLATION))

    outcomes = run_together(
        app,
        in_session(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION, by=office.assistant)),
        in_session(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION, by=office.other_assistant)),
    )

    assert outcomes == ["change_waiting", "done"]
    assert [row.state for row in session.scalars(select(Change))] == [ChangeState.REQUESTED]
    assert list_breaches(app) == []


def test_cancellation_and_forfeiture_at_once_end_the_sale_once(
    app: Flask, session: Session, office: Office, sale: Subscription
) -> None:
    outcomes = run_together(
        app,
        in_session(lambda w: ask(w, office, sale.deal, ChangeKind.CANCELLATION)),
        in_session(lambda w: ask(w, office, sale.deal, ChangeKind.FORFEITURE, by=office.admin)),
    )

    assert outcomes == ["done", "wrong_state"]
    assert len(session.scalars(select(Claim.end_kind)).all()) == 1
    assert list_breaches(app) == []


def test_approval_against_withdrawal_has_one_outcome(
    app: Flask, session: Session, office: Office, asked: Change
) -> None:
    outcomes = run_together(
        app,
        in_session(lambda w: approve(w, office, asked)),
        in_session(
            lambda w: withdraw_change(w, w.get_one(Change, asked.id), actor=office.actor(office.assistant))
        ),
    )

    change = session.get_one(Change, asked.id, populate_existing=True)
    request = session.get_one(ApprovalRequest, asked.request_id, populate_existing=True)
    assert (outcomes, change.state, request.state) in (
        (["done", "wrong_state"], ChangeState.APPLIED, RequestState.APPROVED),
        (["done", "wrong_state"], ChangeState.WITHDRAWN, RequestState.WITHDRAWN),
    )
    assert list_breaches(app) == []
