"""Releasing, withholding, placing and editing units; permits; floor plans."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, InvalidInput
from salesoffice.core.permissions import SYSTEM
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_breaches as find_deal_breaches
from salesoffice.deals.queries import unit_state
from salesoffice.deals.rules import UnitTaken
from salesoffice.deals.services import open_deal
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import Product, ReleaseState
from salesoffice.inventory.models import Permit, PermitBuilding, Unit, UnitType
from salesoffice.inventory.queries import (
    count_buildings,
    find_breaches,
    list_permits,
    list_uncovered_buildings,
    list_unit_types,
)
from salesoffice.inventory.services import (
    FloorPlanInvalid,
    PermitNumberTaken,
    UnitDetails,
    add_permit,
    add_phase,
    assign_phase,
    confirm_label,
    edit_unit,
    move_units,
    release_unit,
    release_units,
    set_floor_plan,
    withhold_unit,
    withhold_units,
)
from salesoffice.inventory.services.structure import MAX_PICTURE_BYTES
from tests.factories import Office, make_units

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100 + b"IEND\xaeB`\x82"


@pytest.fixture
def units(session: Session, office: Office) -> list[Unit]:
    """The units of the office's building, in the session of the test."""
    return list(session.scalars(select(Unit).order_by(Unit.id)))


def claim(session: Session, office: Office, unit: Unit, minutes: int = 30) -> None:
    with transaction():
        deal = open_deal(session, unit, rep_id=office.rep.id)
        session.add(
            Claim(
                project_id=unit.project_id, unit_id=unit.id, deal_id=deal.id, kind=ClaimKind.HOLD, document_id=1,
                opened_at=clock.now(), expires_at=clock.now() + timedelta(minutes=minutes),
            )
        )  # fmt: skip


def actions_of(session: Session, unit: Unit) -> list[str]:
    statement = select(AuditEntry.action).where(AuditEntry.unit_id == unit.id).order_by(AuditEntry.sequence)
    return list(session.scalars(statement))


def test_unit_withheld_and_released_tells_why_and_by_whom(
    session: Session, office: Office, units: list[Unit]
) -> None:
    manager = office.actor(office.manager)
    until = clock.business_today() + timedelta(days=7)

    with transaction():
        for _ in range(2):
            withhold_unit(session, units[0], actor=manager, reason=" Model  flat ", until=until)
    withheld = (
        units[0].withheld_reason,
        units[0].withheld_until,
        units[0].withheld_by_id,
        unit_state(session, units[0]),
    )
    with transaction():
        for _ in range(2):
            release_unit(session, units[0], actor=manager)

    assert withheld == ("Model flat", until, office.manager.id, "withheld")
    assert unit_state(session, units[0]) == "available"
    assert (units[0].withheld_reason, units[0].withheld_until, units[0].withheld_by_id) == ("", None, None)
    assert actions_of(session, units[0]) == ["unit.withheld", "unit.released"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_withholding_needs_a_reason(session: Session, units: list[Unit], reason: str) -> None:
    with pytest.raises(InvalidInput), transaction():
        withhold_unit(session, units[0], actor=SYSTEM, reason=reason)


def test_claimed_unit_is_neither_withheld_nor_released(
    session: Session, office: Office, units: list[Unit]
) -> None:
    claim(session, office, units[0])

    with pytest.raises(UnitTaken), transaction():
        withhold_unit(session, units[0], actor=office.actor(office.manager), reason="Model flat")
    with pytest.raises(UnitTaken), transaction():
        release_unit(session, units[0], actor=office.actor(office.manager))

    assert units[0].release_state is ReleaseState.RELEASED


def test_unit_whose_hold_ran_out_may_be_withheld(session: Session, office: Office, units: list[Unit]) -> None:
    claim(session, office, units[0], minutes=-1)

    with transaction():
        withhold_unit(session, units[0], actor=SYSTEM, reason="Model flat")

    assert unit_state(session, units[0]) == "withheld"


def test_bulk_refuses_claimed_units_by_name_and_does_the_others(
    session: Session, office: Office, units: list[Unit]
) -> None:
    claim(session, office, units[1])

    with transaction():
        result = withhold_units(
            session,
            office.project.id,
            actor=office.actor(office.manager),
            unit_ids=[unit.id for unit in units[:3]],
            reason="Second batch",
        )

    assert result.changed == (units[0].code, units[2].code)
    assert [unit for unit, _why in result.refused] == [units[1].code]


def test_bulk_release_leaves_units_the_file_calls_sold(
    session: Session, office: Office, units: list[Unit]
) -> None:
    with transaction():
        units[0].release_state, units[0].withheld_reason = ReleaseState.WITHHELD, "已产权备案"
        units[0].source_status = "已产权备案"
        withhold_unit(session, units[1], actor=SYSTEM, reason="Second batch")

    with transaction():
        result = release_units(
            session, office.project.id, actor=SYSTEM, unit_ids=[unit.id for unit in units[:3]]
        )

    assert result.changed == (units[1].code,)
    assert [unit for unit, _why in result.refused] == [units[0].code]


def test_bulk_of_nothing_or_of_another_projects_units_changes_nothing(
    session: Session, office: Office, units: list[Unit]
) -> None:
    with pytest.raises(DomainError) as refusal, transaction():
        release_units(session, office.project.id, actor=SYSTEM, unit_ids=[])
    with transaction():
        result = withhold_units(
            session, office.project.id + 1, actor=SYSTEM, unit_ids=[units[0].id], reason="x"
        )

    assert (refusal.value.code, result.changed, units[0].release_state) == (
        "nothing_chosen", (), ReleaseState.RELEASED,
    )  # fmt: skip


def test_permit_makes_released_units_of_its_buildings_free(
    session: Session, office: Office, units: list[Unit]
) -> None:
    with transaction():
        session.query(PermitBuilding).delete()
        session.query(Permit).delete()
        other = make_units(session, office.project, building="2栋", floors=1, lines=1)[0]
    before = (
        unit_state(session, units[0]),
        list_uncovered_buildings(session, office.project.id, clock.business_today()),
    )

    with transaction():
        add_permit(
            session, office.project.id, actor=SYSTEM, number="深房许字(2026)1号", issued_on=clock.business_today(),
            building_ids=[units[0].building_id],
        )  # fmt: skip

    row = list_permits(session, office.project.id)[0]
    assert before == ("unreleased", ["1栋", "2栋"])
    assert (unit_state(session, units[0]), unit_state(session, other)) == ("available", "unreleased")
    assert (row.buildings, row.unit_count, row.permit.is_project_wide) == (("1栋",), 20, False)


def test_permit_is_refused_twice_early_or_for_other_buildings(session: Session, office: Office) -> None:
    today = clock.business_today()
    other_building = 10_000

    with pytest.raises(PermitNumberTaken), transaction():
        add_permit(session, office.project.id, actor=SYSTEM, number="P1-2026-001", issued_on=today)
    with pytest.raises(InvalidInput) as early, transaction():
        add_permit(session, office.project.id, actor=SYSTEM, number="", issued_on=today + timedelta(days=1))
    with pytest.raises(InvalidInput) as strange, transaction():
        add_permit(
            session,
            office.project.id,
            actor=SYSTEM,
            number="2",
            issued_on=today,
            building_ids=[other_building],
        )

    assert [problem.field for problem in early.value.errors] == ["number", "issued_on"]
    assert [problem.field for problem in strange.value.errors] == ["buildings"]


def test_unit_is_edited_and_its_areas_stay_when_claimed(
    session: Session, office: Office, units: list[Unit]
) -> None:
    claim(session, office, units[1])
    details = UnitDetails(
        unit_type="B2", usage="商铺", product=Product.COMMERCIAL, orientation="南", gross_area=Decimal("91.00"),
        inner_area=Decimal("73.00"), shared_area=Decimal("18.00"),
    )  # fmt: skip

    with transaction():
        edit_unit(session, units[0], actor=SYSTEM, details=details)
    with pytest.raises(UnitTaken), transaction():
        edit_unit(session, units[1], actor=office.actor(office.manager), details=details)

    session.refresh(units[0])
    assert (units[0].unit_type.name, units[0].product, units[0].gross_area) == (
        "B2",
        Product.COMMERCIAL,
        Decimal("91.00"),
    )
    assert [(row[0].name, row[1]) for row in list_unit_types(session, office.project.id)] == [("B2", 1)]
    assert actions_of(session, units[0]) == ["unit.edited"]


def test_areas_that_do_not_add_up_are_refused(session: Session, units: list[Unit]) -> None:
    details = UnitDetails(
        unit_type="", usage="", product=Product.RESIDENTIAL, orientation="", gross_area=Decimal("91.00"),
        inner_area=Decimal("73.00"), shared_area=Decimal("17.98"),
    )  # fmt: skip

    with pytest.raises(InvalidInput), transaction():
        edit_unit(session, units[0], actor=SYSTEM, details=details)


def test_units_in_doubt_are_placed_or_confirmed(session: Session, office: Office, units: list[Unit]) -> None:
    with transaction():
        for unit in units[:2]:
            unit.doubt = "Which floor?"

    with transaction():
        move_units(
            session,
            office.project.id,
            actor=SYSTEM,
            unit_ids=[units[0].id],
            building="3栋",
            section="",
            floor=("-1", -1),
        )
        confirm_label(session, office.project.id, actor=SYSTEM, unit_ids=[unit.id for unit in units])

    session.expire_all()
    assert (units[0].building.name, units[0].section.name, units[0].floor.label, units[0].floor.number) == (
        "3栋", "", "-1", -1,
    )  # fmt: skip
    assert [unit.doubt for unit in units[:2]] == ["", ""]
    assert (actions_of(session, units[0]), actions_of(session, units[1])) == (
        ["unit.placed"],
        ["unit.confirmed"],
    )
    assert [*find_breaches(session), *find_deal_breaches(session)] == []


def test_unit_is_not_placed_where_its_room_is_taken(
    session: Session, office: Office, units: list[Unit]
) -> None:
    with transaction():
        other = make_units(session, office.project, building="2栋", floors=1, lines=1)[0]

    with pytest.raises(DomainError) as refusal, transaction():
        move_units(session, office.project.id, actor=SYSTEM, unit_ids=[other.id], building="1栋")

    assert refusal.value.code == "room_taken"


def test_floor_plan_is_a_picture_by_its_content(session: Session, office: Office, units: list[Unit]) -> None:
    details = UnitDetails("B2", "", Product.RESIDENTIAL, "", None, None, None)
    with transaction():
        edit_unit(session, units[0], actor=SYSTEM, details=details)
        unit_type = session.scalars(select(UnitType)).one()
        set_floor_plan(session, unit_type, actor=SYSTEM, data=PNG, file_name="plan.png")

    bad = (b"<svg/>", PNG[:-8], b"\x89PNG\r\n\x1a\n" + b"0" * MAX_PICTURE_BYTES, b"")
    for data in bad:
        with pytest.raises(FloorPlanInvalid), transaction():
            set_floor_plan(session, unit_type, actor=SYSTEM, data=data, file_name="plan.png")

    assert unit_type.floor_plan_id is not None


def test_phase_is_added_once_and_given_to_buildings(
    session: Session, office: Office, units: list[Unit]
) -> None:
    with transaction():
        phases = [add_phase(session, office.project.id, actor=SYSTEM, name="一期") for _ in range(2)]
        assign_phase(session, units[0].building, actor=SYSTEM, phase=phases[0])

    row = count_buildings(session, office.project.id)[0]
    assert phases[0].id == phases[1].id
    assert (row.phase, row.unit_count, row.released_count, row.withheld_count, row.doubt_count) == (
        "一期",
        20,
        20,
        0,
        0,
    )


def test_unit_outside_its_floors_building_is_a_breach(
    session: Session, office: Office, units: list[Unit]
) -> None:
    with transaction():
        other = make_units(session, office.project, building="2栋", floors=1, lines=1)[0]
        units[0].building_id = other.building_id

    assert len(list(find_breaches(session))) == 1


def test_permit_of_a_later_day_is_not_valid_yet(session: Session, office: Office) -> None:
    with transaction():
        session.query(Permit).update({"issued_on": date(2199, 1, 1)})

    assert list_uncovered_buildings(session, office.project.id, clock.business_today()) == ["1栋"]
    assert [row.is_valid for row in list_permits(session, office.project.id)] == [False]
