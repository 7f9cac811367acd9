"""Placing, extending, releasing and expiring holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, NotAllowed, WrongState
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimEnd, ClaimKind, DealState, UnitState
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import find_open_claim, unit_state
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Permit, Unit
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.reservations.enums import HoldState
from salesoffice.reservations.models import Hold
from salesoffice.reservations.services import expire_holds, extend_hold, place_hold, release_hold
from salesoffice.staff.models import User
from tests.factories import Office

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def take(office: Office, user: User, unit: int = 0, minutes: int | None = None) -> Hold:
    with transaction() as session:
        found = session.get_one(Unit, office.units[unit].id)
        return place_hold(session, found, actor=office.actor(user), minutes=minutes)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        call()
    return refusal.value.code


def test_hold_opens_a_deal_and_keeps_the_price(
    session: Session, office: Office, buyer: Customer, breaches: Callable[[], list[str]]
) -> None:
    with time_machine.travel(NOON, tick=False), transaction():
        hold = place_hold(session, office.units[0], actor=office.actor(office.rep), customer_id=buyer.id)
        state = unit_state(session, office.units[0])

    assert (hold.list_total_amount, hold.expires_at, hold.latest_expiry_at, hold.customer_id) == (
        900_000_00,
        NOON + timedelta(minutes=30),
        NOON + timedelta(minutes=120),
        buyer.id,
    )
    assert (hold.deal.number, hold.deal.rep_id, hold.deal.state) == ("D000001", office.rep.id, DealState.OPEN)
    assert state is UnitState.HELD
    assert breaches() == []


def test_hold_is_audited_with_its_unit(session: Session, office: Office) -> None:
    hold = take(office, office.rep)

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "hold.placed")).one()

    assert (entry.unit_id, entry.subject_kind, entry.subject_id, entry.actor_id) == (
        office.units[0].id,
        "holds",
        hold.id,
        office.rep.id,
    )


def test_held_unit_is_refused_to_another_rep_without_saying_whose(session: Session, office: Office) -> None:
    take(office, office.rep)

    with pytest.raises(DomainError) as refusal:
        take(office, office.other_rep)

    assert (refusal.value.code, refusal.value.values) == (
        "unit_taken",
        {"reason": "unit_taken", "mine": False},
    )
    assert len(session.scalars(select(Deal.id)).all()) == 1


def test_held_unit_tells_the_assistant_who_and_until_when(session: Session, office: Office) -> None:
    with time_machine.travel(NOON, tick=False):
        take(office, office.rep)
        with pytest.raises(DomainError) as refusal:
            take(office, office.assistant)

    assert refusal.value.values == {
        "reason": "unit_taken",
        "mine": False,
        "deal": "D000001",
        "kind": "hold",
        "rep": office.rep.name,
        "until": "2026-11-24T04:30:00Z",
    }


@pytest.mark.parametrize(
    ("state", "code"),
    [(ReleaseState.UNRELEASED, "unit_not_released"), (ReleaseState.WITHHELD, "unit_not_released")],
)
def test_unit_not_on_sale_is_refused(
    session: Session, office: Office, state: ReleaseState, code: str
) -> None:
    with transaction():
        session.execute(
            update(Unit)
            .where(Unit.id == office.units[0].id)
            .values(release_state=state, withheld_reason="kept back")
        )

    assert code_of(lambda: take(office, office.rep)) == code


def test_unit_without_permit_is_refused(session: Session, office: Office) -> None:
    with transaction():
        session.execute(delete(Permit))

    assert code_of(lambda: take(office, office.rep)) == "permit_missing"


def test_permit_of_tomorrow_does_not_count(session: Session, office: Office) -> None:
    with transaction():
        session.execute(update(Permit).values(issued_on=date(2100, 1, 1)))

    assert code_of(lambda: take(office, office.rep)) == "permit_missing"


def test_unit_without_price_in_force_is_refused(session: Session, office: Office) -> None:
    with transaction():
        session.execute(update(PriceVersion).values(state=PriceVersionState.SUPERSEDED))

    assert code_of(lambda: take(office, office.rep)) == "price_not_approved"


def test_fourth_hold_of_a_rep_is_refused(session: Session, office: Office) -> None:
    for unit in range(3):
        take(office, office.rep, unit)

    assert code_of(lambda: take(office, office.rep, 3)) == "hold_limit"
    assert take(office, office.other_rep, 3).state is HoldState.OPEN


def test_limit_counts_only_holds_in_force_and_not_for_the_office(session: Session, office: Office) -> None:
    with time_machine.travel(NOON, tick=False):
        for unit in range(3):
            take(office, office.rep, unit)
        for unit in range(3, 8):
            take(office, office.assistant, unit)
    with time_machine.travel(NOON + timedelta(minutes=31), tick=False):
        fourth = take(office, office.rep, 9)

    assert fourth.state is HoldState.OPEN


def test_customer_of_another_rep_is_refused(session: Session, office: Office, other_buyer: Customer) -> None:
    def place() -> None:
        with transaction():
            place_hold(session, office.units[0], actor=office.actor(office.rep), customer_id=other_buyer.id)

    assert code_of(place) == "customer_unknown"


def test_hold_by_the_office_belongs_to_the_customers_rep(
    session: Session, office: Office, buyer: Customer
) -> None:
    with transaction():
        hold = place_hold(
            session, office.units[0], actor=office.actor(office.assistant), customer_id=buyer.id
        )

    assert (hold.rep_id, hold.deal.rep_id) == (office.rep.id, office.rep.id)


def test_expired_hold_is_taken_over_by_the_next_rep(
    session: Session, office: Office, breaches: Callable[[], list[str]]
) -> None:
    with time_machine.travel(NOON, tick=False):
        first = take(office, office.rep)
    with time_machine.travel(NOON + timedelta(minutes=30), tick=False):
        free = unit_state(session, office.units[0])
        second = take(office, office.other_rep)
        claim = find_open_claim(session, office.units[0].id)

        assert (free, breaches()) == (UnitState.AVAILABLE, [])
    session.expire_all()
    ended = session.scalars(select(Claim).where(Claim.deal_id == first.deal_id)).one()
    assert (first.state, ended.end_kind, first.deal.state) == (
        HoldState.EXPIRED,
        ClaimEnd.EXPIRE,
        DealState.ENDED,
    )
    assert claim is not None
    assert (claim.kind, claim.document_id) == (ClaimKind.HOLD, second.id)


def test_extension_ends_at_the_longest_time(session: Session, office: Office) -> None:
    with time_machine.travel(NOON, tick=False):
        hold = take(office, office.rep)
    with time_machine.travel(NOON + timedelta(minutes=20), tick=False), transaction():
        extend_hold(session, hold, actor=office.actor(office.rep), minutes=500)
    with (
        time_machine.travel(NOON + timedelta(minutes=100), tick=False),
        pytest.raises(DomainError) as refusal,
        transaction(),
    ):
        extend_hold(session, hold, actor=office.actor(office.rep))

    assert session.get_one(Hold, hold.id).expires_at == NOON + timedelta(minutes=120)
    assert refusal.value.code == "hold_limit"


def test_extension_never_shortens(session: Session, office: Office) -> None:
    with time_machine.travel(NOON, tick=False):
        hold = take(office, office.rep)
        with transaction():
            extended = extend_hold(session, hold, actor=office.actor(office.rep), minutes=5)

    assert extended.expires_at == NOON + timedelta(minutes=30)


def test_holding_again_counts_from_the_first_placing(session: Session, office: Office) -> None:
    with time_machine.travel(NOON, tick=False):
        take(office, office.rep, minutes=110)
    with time_machine.travel(NOON + timedelta(minutes=111), tick=False):
        again = take(office, office.rep)
    with time_machine.travel(NOON + timedelta(minutes=121), tick=False):
        refused = code_of(lambda: take(office, office.rep))
    with time_machine.travel(NOON + timedelta(minutes=120 + 120), tick=False):
        later = take(office, office.rep)

    assert again.expires_at == NOON + timedelta(minutes=120)
    assert refused == "hold_limit"
    assert later.latest_expiry_at == NOON + timedelta(minutes=360)


def test_expired_hold_cannot_be_extended_or_released(session: Session, office: Office) -> None:
    with time_machine.travel(NOON, tick=False):
        hold = take(office, office.rep)

    with time_machine.travel(NOON + timedelta(minutes=31), tick=False):
        for change in (extend_hold, release_hold):
            with pytest.raises(WrongState), transaction():
                change(session, hold, actor=office.actor(office.rep))


def test_released_unit_is_free_and_release_is_refused_twice(session: Session, office: Office) -> None:
    hold = take(office, office.rep)
    with transaction():
        release_hold(session, hold, actor=office.actor(office.rep))

    with pytest.raises(WrongState), transaction():
        release_hold(session, hold, actor=office.actor(office.rep))

    assert hold.deal.state is DealState.ENDED
    assert take(office, office.other_rep).state is HoldState.OPEN


def test_hold_of_somebody_else_is_managed_by_the_office_only(session: Session, office: Office) -> None:
    hold = take(office, office.rep)

    for change in (extend_hold, release_hold):
        with pytest.raises(NotAllowed), transaction():
            change(session, hold, actor=office.actor(office.other_rep))
    with transaction():
        released = release_hold(session, hold, actor=office.actor(office.manager))

    assert released.state is HoldState.RELEASED


def test_sweep_closes_what_expired_and_nothing_twice(
    session: Session, office: Office, breaches: Callable[[], list[str]]
) -> None:
    with time_machine.travel(NOON, tick=False):
        take(office, office.rep, 0, minutes=10)
        take(office, office.rep, 1, minutes=10)
        take(office, office.rep, 2, minutes=60)

    with time_machine.travel(NOON + timedelta(minutes=10), tick=False):
        with transaction():
            first = expire_holds(session)
        with transaction():
            second = expire_holds(session)
        found = breaches()

    assert (first, second, found) == (2, 0, [])
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "hold.expired")).all()
    assert len(actions) == 2


def test_breach_is_found_when_a_hold_is_closed_behind_its_claim(
    session: Session, office: Office, breaches: Callable[[], list[str]]
) -> None:
    hold = take(office, office.rep)
    with transaction():
        session.execute(update(Hold).values(state=HoldState.RELEASED))

    found = breaches()

    assert found == [f"claim 1: hold {hold.id} is missing, not open, or expires at another time"]
