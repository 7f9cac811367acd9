"""Legal overlays: placed on a unit, lifted from it. While one stands the unit takes no new claim.

The check is made under the unit's lock (`deals.services.check_claimable`); behind it stands the trigger
`overlay_claims_insert`.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit, UnitOverlay

MAX_REFERENCE = 200


class OverlayStands(DomainError):
    """An overlay of this kind stands on the unit already."""

    def __init__(self, kind: OverlayKind, unit: str) -> None:
        message = _l("Unit %(unit)s is noted as “%(kind)s” already.", unit=unit, kind=kind.label)
        super().__init__(message, code="overlay_stands", errors=[FieldProblem("kind", message)])


def place_overlay(
    session: Session, unit: Unit, *, actor: Actor, kind: OverlayKind, since_on: date, reference: str
) -> UnitOverlay:
    """Note a mortgage, seizure or restriction on a unit, from a business day, with the document it rests on.

    A unit that is claimed keeps its claim. Refused: one of this kind that stands already (OverlayStands), no
    reference, a day in the future (InvalidInput).
    """
    words = _check_words(
        reference, "reference", _l("Name the document: register entry, court order, letter.")
    )
    _check_not_future(since_on, "since_on")
    unit = _lock(session, unit.id)
    statement = select(UnitOverlay.id).where(
        UnitOverlay.unit_id == unit.id, UnitOverlay.kind == kind, UnitOverlay.lifted_on.is_(None)
    )
    if session.scalar(statement) is not None:
        raise OverlayStands(kind, unit.code)
    overlay = UnitOverlay(
        unit_id=unit.id,
        kind=kind,
        since_on=since_on,
        reference=words,
        entered_at=clock.now(),
        entered_by_id=actor.id,
    )
    session.add(overlay)
    session.flush()
    after = {"kind": kind.value, "since_on": since_on, "reference": words}
    _record(session, unit, overlay, "overlay.placed", actor, after)
    return overlay


def lift_overlay(
    session: Session, overlay: UnitOverlay, *, actor: Actor, lifted_on: date, reason: str
) -> UnitOverlay:
    """Note that an overlay is lifted since a business day, and by what. Lifting it twice changes nothing.

    Refused (InvalidInput): no reason, a day in the future or before the overlay began.
    """
    words = _check_words(reason, "reason", _l("Name the document by which it was lifted."))
    _check_not_future(lifted_on, "lifted_on")
    unit = _lock(session, overlay.unit_id)
    overlay = session.get_one(UnitOverlay, overlay.id, populate_existing=True)
    if overlay.lifted_on is not None:
        return overlay
    if lifted_on < overlay.since_on:
        raise _refuse("lifted_on", _l("It cannot be lifted before it began."))
    overlay.lifted_on, overlay.lifted_at, overlay.lifted_by_id = lifted_on, clock.now(), actor.id
    overlay.lift_reason = words
    session.flush()
    after = {"kind": overlay.kind.value, "lifted_on": lifted_on, "reason": words}
    _record(session, unit, overlay, "overlay.lifted", actor, after)
    return overlay


def _lock(session: Session, unit_id: int) -> Unit:
    return lock_rows(session, select(Unit).where(Unit.id == unit_id))[0]


def _check_words(text: str, field: str, problem: Text) -> str:
    words = " ".join(text.split())
    if not 0 < len(words) <= MAX_REFERENCE:
        raise _refuse(field, problem)
    return words


def _check_not_future(day: date, field: str) -> None:
    if day > clock.business_today():
        raise _refuse(field, _l("The day cannot be in the future."))


def _refuse(field: str, problem: Text) -> InvalidInput:
    return InvalidInput(_l("The note on the unit was not changed."), [FieldProblem(field, problem)])


def _record(
    session: Session,
    unit: Unit,
    overlay: UnitOverlay,
    action: str,
    actor: Actor,
    after: dict[str, object],
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=unit.project_id,
        subject=overlay,
        unit_id=unit.id,
        after=after,
    )
