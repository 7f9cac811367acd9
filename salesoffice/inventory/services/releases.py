"""Release and withhold: the release axis of units, one at a time or many.

A unit with an open claim keeps its release state: whoever wants it back ends the claim first.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import list_withholders
from salesoffice.inventory.signals import find_claimed
from salesoffice.undo.rules import UndoChanged
from salesoffice.undo.services import offer

MAX_REASON = 200


@dataclass(frozen=True)
class BulkResult:
    """What became of many units: the codes that were changed, and (code, why) of those that were refused."""

    changed: tuple[str, ...]
    refused: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class _Terms:
    """Why units are kept back, until when, and by whose approval."""

    reason: str
    until: date | None
    approved_by_id: int | None


def withhold_unit(
    session: Session,
    unit: Unit,
    *,
    actor: Actor,
    reason: str,
    until: date | None = None,
    approved_by_id: int | None = None,
) -> Unit:
    """Keep a unit from being sold, with a reason and perhaps a day (business day) until which.

    Without an approver it is the person, who then must be allowed to withhold. The same again changes nothing.
    Refused: no reason, an approver who may not withhold units (InvalidInput), a claimed unit (`unit_taken`).
    """
    terms = _check_terms(session, unit.project_id, actor, reason, until, approved_by_id)
    return _change_one(session, unit, actor, lambda locked: _withhold(session, locked, actor, terms))


def release_unit(session: Session, unit: Unit, *, actor: Actor) -> Unit:
    """Put a unit on sale; it is free once a permit covers it.

    Releasing a released unit changes nothing. Refused: a claimed unit that is not released (`unit_taken`).
    """
    return _change_one(session, unit, actor, lambda locked: _release(session, locked, actor))


def withhold_units(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    unit_ids: Collection[int],
    reason: str,
    until: date | None = None,
    approved_by_id: int | None = None,
) -> BulkResult:
    """Withhold the chosen units of a project; claimed ones are refused by name, the others are done."""
    terms = _check_terms(session, project_id, actor, reason, until, approved_by_id)
    return _change_many(
        session, project_id, actor, unit_ids, lambda unit: _withhold(session, unit, actor, terms)
    )


def release_units(
    session: Session, project_id: int, *, actor: Actor, unit_ids: Collection[int]
) -> BulkResult:
    """Release the chosen units of a project; the others are done where one is refused by name.

    Refused are claimed units, and those an imported file calls sold: these are released one by one, deliberately.
    """
    return _change_many(
        session,
        project_id,
        actor,
        unit_ids,
        lambda unit: _release(session, unit, actor),
        refuse=_refuse_sold_by_file,
    )


def restore_release(
    session: Session, unit_id: int, *, actor: Actor, before: Mapping[str, object], after: Mapping[str, object]
) -> Unit:
    """Give a unit the release state back that it had before it was just released or kept back.

    `before` and `after` are what the offer to undo it keeps. Refused: UndoChanged when the state is no longer `after`,
    `unit_taken` when it has been claimed meanwhile.
    """
    unit = lock_rows(session, select(Unit).where(Unit.id == unit_id))[0]
    refusal = find_claimed(session, [unit.id], actor).get(unit.id)
    if refusal is not None:
        raise refusal
    if _remember(unit) != after:
        raise UndoChanged
    described = _describe(unit)
    unit.release_state = ReleaseState(str(before["release_state"]))
    unit.withheld_reason = str(before["reason"])
    unit.withheld_until = date.fromisoformat(str(before["until"])) if before["until"] else None
    unit.withheld_by_id = _read_id(before["by_id"])
    unit.withheld_approved_by_id = _read_id(before["approved_by_id"])
    session.flush()
    _record(session, unit, actor, "unit.release_undone", described)
    return unit


def _read_id(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _remember(unit: Unit) -> dict[str, object]:
    """Keep the release state as JSON keeps it."""
    until = unit.withheld_until.isoformat() if unit.withheld_until else None
    return {**_describe(unit), "until": until, "by_id": unit.withheld_by_id}


def _offer_undo(session: Session, unit: Unit, actor: Actor, before: Mapping[str, object]) -> None:
    is_withheld = unit.release_state is ReleaseState.WITHHELD
    offer(
        session,
        project_id=unit.project_id,
        actor=actor,
        action="unit.withheld" if is_withheld else "unit.released",
        subject_kind=Unit.__tablename__,
        subject_id=unit.id,
        data={"name": unit.code, "before": before, "after": _remember(unit)},
    )


def _check_terms(
    session: Session,
    project_id: int,
    actor: Actor,
    reason: str,
    until: date | None,
    approved_by_id: int | None,
) -> _Terms:
    words = _check_reason(reason)
    if approved_by_id is None and actor.can(Permission.UNIT_WITHHOLD, project_id):
        return _Terms(words, until, actor.id)
    if approved_by_id not in {user.id for user in list_withholders(session, project_id)}:
        problem = FieldProblem(
            "approved_by_id", _l("Choose who approved it: somebody who may keep units back.")
        )
        raise InvalidInput(_l("Withholding a unit needs an approval."), [problem])
    return _Terms(words, until, approved_by_id)


def _check_reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not words or len(words) > MAX_REASON:
        problem = FieldProblem("reason", _l("Say why, in at most %(limit)d characters.", limit=MAX_REASON))
        raise InvalidInput(_l("Withholding a unit needs a reason."), [problem])
    return words


def _change_one(session: Session, unit: Unit, actor: Actor, change: Callable[[Unit], bool]) -> Unit:
    locked = lock_rows(session, select(Unit).where(Unit.id == unit.id))[0]
    refusal = find_claimed(session, [locked.id], actor).get(locked.id)
    if refusal is not None:
        raise refusal
    before = _remember(locked)
    if change(locked):
        _offer_undo(session, locked, actor, before)
    session.flush()
    return locked


def _change_many(
    session: Session,
    project_id: int,
    actor: Actor,
    unit_ids: Collection[int],
    change: Callable[[Unit], bool],
    refuse: Callable[[Unit], Text | None] = lambda _unit: None,
) -> BulkResult:
    units = _lock_units(session, project_id, unit_ids)
    claimed = find_claimed(session, [unit.id for unit in units], actor)
    reasons = {unit.id: claimed[unit.id].message if unit.id in claimed else refuse(unit) for unit in units}
    changed = [unit.code for unit in units if reasons[unit.id] is None and change(unit)]
    refused = [(unit.code, reason) for unit in units if (reason := reasons[unit.id]) is not None]
    session.flush()
    return BulkResult(tuple(changed), tuple(refused))


def _lock_units(session: Session, project_id: int, unit_ids: Collection[int]) -> Sequence[Unit]:
    if not unit_ids:
        message = _l("Choose at least one unit.")
        raise DomainError(message, code="nothing_chosen", status=422)
    statement = select(Unit).where(Unit.project_id == project_id, Unit.id.in_(unit_ids)).order_by(Unit.id)
    return lock_rows(session, statement)


def _refuse_sold_by_file(unit: Unit) -> Text | None:
    is_by_file = unit.source_status != "" and unit.withheld_reason == unit.source_status
    if unit.release_state is not ReleaseState.WITHHELD or not is_by_file:
        return None
    return _l(
        "The imported file says “%(word)s”. Release it on its own page if that is wrong.",
        word=unit.source_status,
    )


def _withhold(session: Session, unit: Unit, actor: Actor, terms: _Terms) -> bool:
    before = _describe(unit)
    unit.release_state = ReleaseState.WITHHELD
    unit.withheld_reason, unit.withheld_until = terms.reason, terms.until
    unit.withheld_approved_by_id = terms.approved_by_id
    if before == _describe(unit):
        return False
    unit.withheld_by_id = actor.id
    _record(session, unit, actor, "unit.withheld", before)
    return True


def _release(session: Session, unit: Unit, actor: Actor) -> bool:
    before = _describe(unit)
    if unit.release_state is ReleaseState.RELEASED:
        return False
    unit.release_state = ReleaseState.RELEASED
    unit.withheld_reason, unit.withheld_until = "", None
    unit.withheld_by_id = unit.withheld_approved_by_id = None
    _record(session, unit, actor, "unit.released", before)
    return True


def _describe(unit: Unit) -> dict[str, object]:
    return {
        "release_state": unit.release_state.value,
        "reason": unit.withheld_reason,
        "until": unit.withheld_until,
        "approved_by_id": unit.withheld_approved_by_id,
    }


def _record(session: Session, unit: Unit, actor: Actor, action: str, before: dict[str, object]) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=unit.project_id,
        subject=unit,
        unit_id=unit.id,
        before=before,
        after=_describe(unit),
    )
