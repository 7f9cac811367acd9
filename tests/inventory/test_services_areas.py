"""Areas in three editions: entered, corrected by a new row, followed by the unit's own where it is priced by them."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.inventory.services import AreaDraft, record_areas
from tests.factories import Office

LARGER = AreaDraft(Decimal("91.20"), Decimal("72.10"), Decimal("19.10"))
SMALLER = AreaDraft(Decimal("89.00"), Decimal("70.00"), Decimal("19.00"))


def enter(session: Session, office: Office, areas: dict[int, AreaDraft], edition: AreaEdition) -> int:
    with transaction():
        return record_areas(
            session,
            office.project.id,
            actor=office.actor(office.assistant),
            edition=edition,
            areas=areas,
            surveyor="City survey",
            surveyed_on=date(2026, 3, 2),
            source="final.xlsx",
        )


def rows_of(session: Session, unit: Unit) -> list[tuple[AreaEdition, Decimal | None, bool]]:
    rows = session.scalars(select(UnitArea).where(UnitArea.unit_id == unit.id).order_by(UnitArea.id))
    return [(row.edition, row.gross_area, row.superseded_at is None) for row in rows]


def test_final_areas_entered_twice_are_written_once(session: Session, office: Office) -> None:
    areas = {office.units[0].id: LARGER, office.units[1].id: SMALLER}

    counts = [enter(session, office, areas, AreaEdition.FINAL) for _ in range(2)]

    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "areas.entered")).all()
    assert counts == [2, 0]
    assert rows_of(session, office.units[0]) == [(AreaEdition.FINAL, Decimal("91.20"), True)]
    assert [(entry.subject_kind, entry.unit_id) for entry in entries] == [("projects", None)]
    assert session.get_one(Unit, office.units[0].id).gross_area == Decimal("90.00")


def test_corrected_areas_supersede_the_row_before(session: Session, office: Office) -> None:
    unit = office.units[0]
    enter(session, office, {unit.id: LARGER}, AreaEdition.FINAL)

    count = enter(session, office, {unit.id: SMALLER}, AreaEdition.FINAL)

    assert count == 1
    assert rows_of(session, unit) == [
        (AreaEdition.FINAL, Decimal("91.20"), False),
        (AreaEdition.FINAL, Decimal("89.00"), True),
    ]


def test_own_edition_equal_to_the_unit_is_not_written(session: Session, office: Office) -> None:
    unit = session.get_one(Unit, office.units[0].id)
    same = AreaDraft(unit.gross_area, unit.inner_area, unit.shared_area)

    count = enter(session, office, {unit.id: same}, AreaEdition.PRESALE)

    assert (count, rows_of(session, unit)) == (0, [])


def test_unit_follows_a_new_measuring_of_its_own_edition(session: Session, office: Office) -> None:
    unit = session.get_one(Unit, office.units[0].id)

    enter(session, office, {unit.id: LARGER}, AreaEdition.PRESALE)

    assert (unit.gross_area, unit.inner_area, unit.shared_area) == LARGER


def test_draft_without_any_area_is_not_written(session: Session, office: Office) -> None:
    unit = office.units[0]

    count = enter(session, office, {unit.id: AreaDraft(None, None, None)}, AreaEdition.FINAL)

    assert (count, rows_of(session, unit)) == (0, [])


def test_areas_of_a_unit_that_is_not_there_are_refused(session: Session, office: Office) -> None:
    with pytest.raises(NotFound):
        enter(session, office, {999_999: LARGER}, AreaEdition.FINAL)
