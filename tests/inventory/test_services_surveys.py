"""The second check of a final survey: by another person, confirmed or refused, corrected by a new row."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, InvalidInput, SelfApproval, WrongState
from salesoffice.infra.db import transaction
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.inventory.queries import count_survey, list_editions, list_survey
from salesoffice.inventory.services import (
    AreaDraft,
    UnitDetails,
    check_areas,
    edit_unit,
    enter_areas,
    record_areas,
    refuse_areas,
)
from tests.factories import Office

MEASURED = {
    0: AreaDraft(Decimal("92.70"), Decimal("74.16"), Decimal("18.54")),  # exactly 3 % more: within
    1: AreaDraft(Decimal("92.71"), Decimal("74.16"), Decimal("18.55")),  # beyond
    2: AreaDraft(Decimal("87.00"), None, None),  # 3.33 % less: beyond
}


@pytest.fixture
def rows(session: Session, office: Office) -> list[UnitArea]:
    """Final areas of three units, entered by the assistant."""
    areas = {office.units[index].id: draft for index, draft in MEASURED.items()}
    with transaction():
        record_areas(
            session,
            office.project.id,
            actor=office.actor(office.assistant),
            edition=AreaEdition.FINAL,
            areas=areas,
        )
    return list(session.scalars(select(UnitArea).order_by(UnitArea.id)))


def check(session: Session, office: Office, rows: list[UnitArea], *, as_enterer: bool = False) -> int:
    person = office.assistant if as_enterer else office.other_assistant
    with transaction():
        done = check_areas(
            session, office.project.id, actor=office.actor(person), area_ids=[row.id for row in rows]
        )
    return len(done)


def refuse(session: Session, office: Office, rows: list[UnitArea], reason: str = "Wrong flat") -> None:
    with transaction():
        refuse_areas(
            session,
            office.project.id,
            actor=office.actor(office.other_assistant),
            area_ids=[row.id for row in rows],
            reason=reason,
        )


def test_another_person_confirms_once(session: Session, office: Office, rows: list[UnitArea]) -> None:
    counts = [check(session, office, rows[:2]) for _ in range(2)]

    assert counts == [2, 0]
    assert [row.checked_by_id for row in rows] == [office.other_assistant.id] * 2 + [None]


def test_who_entered_a_survey_does_not_check_it(
    session: Session, office: Office, rows: list[UnitArea]
) -> None:
    with pytest.raises(SelfApproval):
        check(session, office, rows, as_enterer=True)
    with pytest.raises(IntegrityError), transaction():
        rows[0].checked_by_id, rows[0].checked_at = rows[0].entered_by_id, clock.now()

    session.refresh(rows[0])
    assert rows[0].checked_at is None


def test_refused_row_counts_no_more_and_is_entered_anew(
    session: Session, office: Office, rows: list[UnitArea]
) -> None:
    refuse(session, office, rows[:1])
    with pytest.raises(WrongState):
        check(session, office, rows[:1])

    with transaction():
        unit = session.get_one(Unit, office.units[0].id)
        enter_areas(
            session, unit, actor=office.actor(office.assistant), edition=AreaEdition.FINAL, draft=MEASURED[1]
        )

    final = list_editions(session, unit)[-1]
    assert (final.gross_area, final.is_waiting) == (Decimal("92.71"), True)


def test_refusal_needs_a_reason(session: Session, office: Office, rows: list[UnitArea]) -> None:
    with pytest.raises(InvalidInput):
        refuse(session, office, rows, reason=" ")


def test_checked_row_is_not_refused(session: Session, office: Office, rows: list[UnitArea]) -> None:
    check(session, office, rows[:1])

    with pytest.raises(WrongState):
        refuse(session, office, rows[:1])


def test_nothing_chosen_is_refused(session: Session, office: Office, rows: list[UnitArea]) -> None:
    with pytest.raises(DomainError) as refusal:
        check(session, office, rows[:0])

    assert refusal.value.code == "nothing_chosen"


def test_survey_tells_what_differs_by_more_than_three_per_cent(
    session: Session, office: Office, rows: list[UnitArea]
) -> None:
    check(session, office, rows[:1])

    found = {row.unit.id: row for row in list_survey(session, office.units[0].building_id)}

    gross = [found[unit.id].gross for unit in office.units[:4]]
    assert [change and (change.difference, change.is_beyond) for change in gross] == [
        (Decimal("2.70"), False),
        (Decimal("2.71"), True),
        (Decimal("-3.00"), True),
        None,
    ]
    assert [total[1:] for total in count_survey(session, office.project.id)] == [(20, 3, 2, 2)]


def test_areas_entered_by_hand_must_add_up(session: Session, office: Office) -> None:
    unit = session.get_one(Unit, office.units[0].id)
    wrong = AreaDraft(Decimal(90), Decimal(70), Decimal(19))

    for draft in (wrong, AreaDraft(None, None, None)):
        with pytest.raises(InvalidInput), transaction():
            enter_areas(
                session,
                unit,
                actor=office.actor(office.assistant),
                edition=AreaEdition.ESTIMATED,
                draft=draft,
            )

    assert session.scalars(select(UnitArea)).all() == []


def test_edited_unit_keeps_its_own_edition_in_step(session: Session, office: Office) -> None:
    unit, actor = session.get_one(Unit, office.units[0].id), office.actor(office.assistant)
    with transaction():
        enter_areas(session, unit, actor=actor, edition=AreaEdition.PRESALE, draft=MEASURED[0])
    details = UnitDetails(
        "", unit.usage, unit.product, unit.orientation, Decimal("91.00"), Decimal("72.80"), Decimal("18.20")
    )

    with transaction():
        edit_unit(session, unit, actor=actor, details=details)

    assert list_editions(session, unit)[1].gross_area == Decimal("91.00")
