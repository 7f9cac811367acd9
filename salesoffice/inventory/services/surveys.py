"""The second check of a final survey: another person than the one who entered it confirms or refuses it."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, SelfApproval, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.inventory.services.areas import AreaDraft, follow_measuring
from salesoffice.inventory.signals import find_claimed

MAX_WORDS = 200


def check_areas(
    session: Session, project_id: int, *, actor: Actor, area_ids: Collection[int]
) -> Sequence[UnitArea]:
    """Confirm final areas that another person entered; those checked already are left as they are.

    Units priced by the final survey then follow, unless they are claimed. Refused: nothing chosen, rows the person
    entered (SelfApproval), rows that were corrected or refused meanwhile (WrongState).
    """
    chosen = _lock_final(session, project_id, actor, area_ids)
    waiting = {unit.id: (unit, row) for unit, row in chosen if row.checked_at is None}
    for unit, row in waiting.values():
        row.checked_at, row.checked_by_id = clock.now(), actor.id
        after = {"edition": row.edition.value, "gross_area": row.gross_area, "inner_area": row.inner_area}
        _record(session, unit, row, "areas.checked", actor, after)
    claimed = find_claimed(session, waiting.keys(), actor)
    own = {
        unit.id: AreaDraft(row.gross_area, row.inner_area, row.shared_area)
        for unit, row in waiting.values()
        if unit.area_edition is AreaEdition.FINAL and unit.id not in claimed
    }
    session.flush()
    follow_measuring(session, own, actor)
    return [row for _unit, row in waiting.values()]


def refuse_areas(
    session: Session, project_id: int, *, actor: Actor, area_ids: Collection[int], reason: str
) -> Sequence[UnitArea]:
    """Refuse final areas that another person entered, with a reason: they count no more and are entered anew.

    Refused: no reason (InvalidInput), nothing chosen, own rows (SelfApproval), rows checked, corrected or refused
    already (WrongState).
    """
    words = " ".join(reason.split())
    if not 0 < len(words) <= MAX_WORDS:
        problem = FieldProblem("reason", _l("Say why, in at most %(limit)d characters.", limit=MAX_WORDS))
        raise InvalidInput(_l("Refusing a survey needs a reason."), [problem])
    chosen = _lock_final(session, project_id, actor, area_ids)
    if any(row.checked_at is not None for _unit, row in chosen):
        raise WrongState(_l("These areas were checked already. Enter the right ones instead."))
    for unit, row in chosen:
        row.superseded_at = clock.now()
        after = {"edition": row.edition.value, "reason": words}
        _record(session, unit, row, "areas.refused", actor, after)
    session.flush()
    return [row for _unit, row in chosen]


def _lock_final(
    session: Session, project_id: int, actor: Actor, area_ids: Collection[int]
) -> list[tuple[Unit, UnitArea]]:
    """Lock the units of final areas and return both; only rows that count and that another person entered."""
    if not area_ids:
        raise DomainError(_l("Choose at least one unit."), code="nothing_chosen", status=422)
    of_rows = select(UnitArea.unit_id).where(UnitArea.id.in_(area_ids))
    statement = select(Unit).where(Unit.project_id == project_id, Unit.id.in_(of_rows)).order_by(Unit.id)
    units = {unit.id: unit for unit in lock_rows(session, statement)}
    rows = session.scalars(
        select(UnitArea)
        .where(UnitArea.id.in_(area_ids), UnitArea.edition == AreaEdition.FINAL)
        .execution_options(populate_existing=True)
    ).all()
    if any(row.superseded_at is not None or row.unit_id not in units for row in rows) or not rows:
        raise WrongState(_l("These areas were corrected meanwhile. Look at the list again."))
    if any(row.entered_by_id == actor.id and row.entered_by_id is not None for row in rows):
        raise SelfApproval(_l("You entered these areas yourself; another person has to check them."))
    return [(units[row.unit_id], row) for row in rows]


def _record(
    session: Session, unit: Unit, row: UnitArea, action: str, actor: Actor, after: Mapping[str, object]
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=unit.project_id,
        subject=row,
        unit_id=unit.id,
        after=after,
    )
