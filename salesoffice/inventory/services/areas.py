"""Areas of units in their editions: estimated, pre-sale survey, final survey.

Rows of `unit_areas` never change: a correction is a new row that supersedes the current one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import (
    FieldProblem,
    InvalidInput,
    NotFound,
)
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.inventory.rules import is_area_sum_right
from salesoffice.inventory.signals import find_claimed
from salesoffice.projects.models import Project


class AreaDraft(NamedTuple):
    """Areas of a unit as measured, m² with two decimals; None where the source does not tell."""

    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None


@dataclass(frozen=True)
class _Current:
    """What counts now as an edition of a unit: its row if there is one, else the unit's own columns."""

    code: str
    areas: AreaDraft
    row_id: int | None
    is_own_edition: bool


def record_areas(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    edition: AreaEdition,
    areas: Mapping[int, AreaDraft],
    surveyor: str = "",
    surveyed_on: date | None = None,
    source: str = "",
) -> int:
    """Enter one edition of the areas of units (by unit id); return how many were written.

    Drafts without any area and those equal to what counts already are not written. A changed one supersedes the row
    before; a final survey then waits for its check by another person. Where the edition is the one a unit is priced
    by, the unit's own areas follow: the final survey's once it is checked, the others at once, refused for a claimed
    unit (`unit_taken`). Areas that do not add up are taken as they are measured. Refused: NotFound for a unit of
    another project.
    """
    current = _lock_current(session, project_id, edition, areas.keys())
    changed = {
        unit_id: draft
        for unit_id, draft in areas.items()
        if any(area is not None for area in draft) and draft != current[unit_id].areas
    }
    if not changed:
        return 0
    _supersede(session, [row_id for unit_id in changed if (row_id := current[unit_id].row_id)])
    same = {
        "edition": edition,
        "surveyor": surveyor,
        "surveyed_on": surveyed_on,
        "source": source,
        "entered_at": clock.now(),
        "entered_by_id": actor.id,
    }
    rows = [{"unit_id": unit_id, **draft._asdict(), **same} for unit_id, draft in changed.items()]
    session.execute(insert(UnitArea), rows)
    _record_entered(session, project_id, actor, edition, source, {k: current[k].code for k in changed})
    if edition is not AreaEdition.FINAL:
        own = {unit_id: draft for unit_id, draft in changed.items() if current[unit_id].is_own_edition}
        follow_measuring(session, own, actor)
    return len(changed)


def enter_areas(
    session: Session,
    unit: Unit,
    *,
    actor: Actor,
    edition: AreaEdition,
    draft: AreaDraft,
    surveyor: str = "",
    surveyed_on: date | None = None,
    source: str = "",
) -> int:
    """Enter one edition of a unit's areas by hand; like `record_areas`, but what cannot be right is refused.

    Refused (InvalidInput): no area at all, areas that do not add up, a day in the future.
    """
    problems = []
    if all(area is None for area in draft):
        problems.append(FieldProblem("gross_area", _l("Enter at least one area.")))
    if not is_area_sum_right(*draft):
        text = _l("Gross area is inner area plus shared area; the three do not add up.")
        problems.append(FieldProblem("gross_area", text))
    if surveyed_on is not None and surveyed_on > clock.business_today():
        problems.append(FieldProblem("surveyed_on", _l("The day cannot be in the future.")))
    if problems:
        raise InvalidInput(_l("The areas were not entered."), problems)
    return record_areas(
        session,
        unit.project_id,
        actor=actor,
        edition=edition,
        areas={unit.id: draft},
        surveyor=" ".join(surveyor.split()),
        surveyed_on=surveyed_on,
        source=" ".join(source.split()),
    )


def keep_in_step(session: Session, unit: Unit, *, actor: Actor) -> None:
    """Give a locked unit whose own areas were edited a new row of its edition where it had one."""
    statement = select(UnitArea).where(
        UnitArea.unit_id == unit.id, UnitArea.edition == unit.area_edition, UnitArea.superseded_at.is_(None)
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        return
    row.superseded_at = clock.now()
    session.flush()
    session.add(
        UnitArea(
            unit_id=unit.id,
            edition=unit.area_edition,
            gross_area=unit.gross_area,
            inner_area=unit.inner_area,
            shared_area=unit.shared_area,
            entered_at=clock.now(),
            entered_by_id=actor.id,
        )
    )
    session.flush()


def _lock_current(
    session: Session, project_id: int, edition: AreaEdition, unit_ids: Collection[int]
) -> dict[int, _Current]:
    columns = (Unit.id, Unit.code, Unit.area_edition, Unit.gross_area, Unit.inner_area, Unit.shared_area)
    units = select(*columns).where(Unit.project_id == project_id, Unit.id.in_(unit_ids)).order_by(Unit.id)
    found = session.execute(units.with_for_update(key_share=True)).all()
    if len(found) < len(set(unit_ids)):
        raise NotFound(_l("There is no such unit."))
    statement = select(
        UnitArea.unit_id, UnitArea.id, UnitArea.gross_area, UnitArea.inner_area, UnitArea.shared_area
    ).where(UnitArea.unit_id.in_(unit_ids), UnitArea.edition == edition, UnitArea.superseded_at.is_(None))
    rows = {row[0]: (row[1], AreaDraft(*row[2:])) for row in session.execute(statement)}
    current = {}
    for unit_id, code, own_edition, *own in found:
        is_own = own_edition is edition
        fallback = AreaDraft(*own) if is_own else AreaDraft(None, None, None)
        row_id, areas = rows.get(unit_id, (None, fallback))
        current[unit_id] = _Current(code, areas, row_id, is_own)
    return current


def _supersede(session: Session, row_ids: Sequence[int]) -> None:
    if row_ids:
        statement = update(UnitArea).where(UnitArea.id.in_(row_ids))
        session.execute(statement.values(superseded_at=clock.now()))


def follow_measuring(session: Session, areas: Mapping[int, AreaDraft], actor: Actor) -> None:
    """Let the areas that units are priced by follow a new measuring."""
    if not areas:
        return
    for refusal in find_claimed(session, areas.keys(), actor).values():
        raise refusal
    for unit in session.scalars(select(Unit).where(Unit.id.in_(areas)).order_by(Unit.id)):
        before = AreaDraft(unit.gross_area, unit.inner_area, unit.shared_area)
        after = areas[unit.id]
        if before == after:
            continue
        unit.gross_area, unit.inner_area, unit.shared_area = after
        audit.record(
            session,
            action="unit.edited",
            actor=actor,
            project_id=unit.project_id,
            subject=unit,
            unit_id=unit.id,
            before=before._asdict(),
            after=after._asdict(),
        )
    session.flush()


def _record_entered(
    session: Session,
    project_id: int,
    actor: Actor,
    edition: AreaEdition,
    source: str,
    codes: Mapping[int, str],
) -> None:
    """Write one entry for all units of a survey, and the unit's own where it is one only."""
    only = next(iter(codes)) if len(codes) == 1 else None
    subject = session.get_one(Project, project_id) if only is None else session.get_one(Unit, only)
    audit.record(
        session,
        action="areas.entered",
        actor=actor,
        project_id=project_id,
        subject=subject,
        unit_id=only,
        after={"edition": edition.value, "source": source, "units": sorted(codes.values())},
    )
