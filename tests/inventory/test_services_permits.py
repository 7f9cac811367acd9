"""Permits gate claims and money: for single units, after a move, and before the day of issue."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from salesoffice.board.queries.past import list_rows_at
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, InvalidInput
from salesoffice.core.permissions import SYSTEM
from salesoffice.dailylog.queries.stock import list_units
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Permit, Unit
from salesoffice.inventory.queries import list_permits, list_uncovered_buildings
from salesoffice.inventory.services import add_permit, move_units, publish_permit, withhold_unit
from salesoffice.payments.enums import PaymentMethod, ReceiptKind
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.services import record_receipt
from salesoffice.reservations.services import place_hold
from tests.factories import Office
from tests.factories.sales import make_sale

ISSUED = date(2026, 2, 1)


def permit_for(session: Session, office: Office, unit_ids: list[int]) -> Permit:
    return add_permit(
        session, office.project.id, actor=SYSTEM, number="YS-7", issued_on=ISSUED, unit_ids=unit_ids
    )


def allow_building_only(session: Session, office: Office) -> None:
    """Let one permit cover the office's building, and none the rest of the project."""
    session.execute(delete(Permit))
    add_permit(
        session,
        office.project.id,
        actor=SYSTEM,
        number="YS-8",
        issued_on=ISSUED,
        building_ids=[office.units[0].building_id],
    )


def test_permit_for_single_units_covers_them_everywhere(session: Session, office: Office) -> None:
    covered = office.units[0].id
    with transaction():
        session.execute(delete(Permit))
        permit = permit_for(session, office, [covered])
    today = clock.business_today()

    rows = list_rows_at(session, office.project.id, at=clock.now() - timedelta(microseconds=1))
    stock = list_units(session, office.project.id)
    states = {unit.history.unit_id: unit.history.state_at(clock.now(), today) for unit in stock}

    listed = list_permits(session, office.project.id)
    assert permit.is_project_wide is False
    assert [(row.units, row.buildings, row.unit_count) for row in listed] == [
        ((office.units[0].code,), (), 1)
    ]
    assert {row.id for row in rows if row.state == "available"} == {covered}
    assert {unit_id for unit_id, state in states.items() if state == "available"} == {covered}
    assert list_uncovered_buildings(session, office.project.id, today) == ["1栋"]


def test_building_whose_units_are_all_covered_is_not_uncovered(session: Session, office: Office) -> None:
    with transaction():
        session.execute(delete(Permit))
        permit_for(session, office, [unit.id for unit in office.units])

    assert list_uncovered_buildings(session, office.project.id, clock.business_today()) == []


def test_claimed_unit_is_not_moved_where_no_permit_covers_it(session: Session, office: Office) -> None:
    unit = session.get_one(Unit, office.units[0].id)
    actor = office.actor(office.manager)
    with transaction():
        allow_building_only(session, office)
        place_hold(session, unit, actor=office.actor(office.rep))

    with pytest.raises(DomainError) as refusal, transaction():
        move_units(session, office.project.id, actor=actor, unit_ids=[unit.id], building="9栋")
    with transaction():
        move_units(session, office.project.id, actor=actor, unit_ids=[office.units[1].id], building="9栋")
        move_units(session, office.project.id, actor=actor, unit_ids=[unit.id], floor=("7", 7))

    assert refusal.value.code == "permit_missing"
    places = [session.get_one(Unit, office.units[index].id) for index in (0, 1)]
    assert [(place.building.name, place.floor.label) for place in places] == [("1栋", "7"), ("9栋", "1")]


def test_claimed_unit_named_by_a_permit_itself_may_move(session: Session, office: Office) -> None:
    unit = session.get_one(Unit, office.units[0].id)
    with transaction():
        session.execute(delete(Permit))
        permit_for(session, office, [unit.id])
        place_hold(session, unit, actor=office.actor(office.rep))

    with transaction():
        move_units(session, office.project.id, actor=SYSTEM, unit_ids=[unit.id], building="9栋")

    assert session.get_one(Unit, unit.id).building.name == "9栋"


def test_money_that_came_before_the_permit_is_refused(session: Session, office: Office) -> None:
    with transaction():
        make_sale(session, office)
        account = session.scalars(select(Account)).one()
        session.execute(delete(Permit))
        issued_on = clock.business_today()
        add_permit(session, office.project.id, actor=SYSTEM, number="YS-9", issued_on=issued_on)

    def record(received_on: date) -> Receipt:
        with transaction():
            return record_receipt(
                session,
                account,
                actor=office.actor(office.assistant),
                kind=ReceiptKind.DEPOSIT,
                method=PaymentMethod.CASH,
                amount=1_000_00,
                received_on=received_on,
            )

    with pytest.raises(DomainError) as refusal:
        record(issued_on - timedelta(days=1))
    record(issued_on)

    assert refusal.value.code == "permit_missing"
    assert len(session.scalars(select(Receipt)).all()) == 1


def test_permit_is_marked_public_once(session: Session, office: Office) -> None:
    with transaction():
        permit = permit_for(session, office, [office.units[0].id])
        for day in (5, 6):
            publish_permit(session, permit, actor=SYSTEM, published_on=date(2026, 2, day))

    assert permit.published_on == date(2026, 2, 5)


def test_withholding_names_who_approved_it(session: Session, office: Office) -> None:
    assistant = office.actor(office.assistant)
    unit = session.get_one(Unit, office.units[0].id)

    for approver_id in (None, office.rep.id, office.stranger.id):
        with pytest.raises(InvalidInput), transaction():
            withhold_unit(session, unit, actor=assistant, reason="Show flat", approved_by_id=approver_id)
    with transaction():
        withhold_unit(session, unit, actor=assistant, reason="Show flat", approved_by_id=office.manager.id)

    assert (unit.withheld_by_id, unit.withheld_approved_by_id) == (office.assistant.id, office.manager.id)
