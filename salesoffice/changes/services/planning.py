"""What a change would do, worked out under the locks that making it needs; nothing is written."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.rules import (
    ChangePlan,
    ChangeStale,
    Values,
    check_change_possible,
    differing_fields,
)
from salesoffice.changes.services.handling import ChangeEntry, Scene, set_scene
from salesoffice.changes.services.reading import stored_values
from salesoffice.changes.services.registry import HANDLERS
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Deal


@dataclass(frozen=True)
class Preview:
    """What a change would do and whether it would wait for approval; nothing is written."""

    plan: ChangePlan
    scene: Scene


def plan_change(
    session: Session, deal: Deal, *, actor: Actor, kind: ChangeKind, terms: Values, entry: ChangeEntry
) -> Preview:
    """Work out what a change would do, under the locks that making it needs.

    The units of changes that wait are locked with them: these are planned again once this one is in force.

    Refused: ChangeNotPossible, FilingStands, days that cannot be, what the kind itself refuses.
    """
    units = {*list_units(session, deal, kind, terms), *_list_waiting_units(session, deal)}
    scene = set_scene(session, deal, entry, actor=actor, with_units=units)
    claim = scene.claim
    is_open = claim.closed_at is None
    stage = claim.kind.label if is_open or claim.end_kind is None else claim.end_kind.label
    check_change_possible(kind, claim.kind if is_open else None, claim.end_kind, stage)
    return Preview(HANDLERS[kind].plan(scene, terms), scene)


def entry_of(change: Change) -> ChangeEntry:
    """Read back what was said about a change when it was asked for."""
    return ChangeEntry(
        reason_code=change.reason_code,
        reason=change.reason,
        signed_on=change.signed_on,
        attributed_on=change.attributed_on,
        fault=change.fault,
    )


def check_as_planned(change: Change, plan: ChangePlan) -> None:
    """Refuse with ChangeStale, which names the values, a plan that is not what was asked for and shown."""
    stored_old, stored_new = stored_values(change.old_values), stored_values(change.new_values)
    fields = (*differing_fields(stored_old, plan.old), *differing_fields(stored_new, plan.new))
    if plan.amount_effect != change.amount_effect or plan.floor_effect != change.floor_effect:
        fields = (*fields, "amount")
    if fields:
        raise ChangeStale(change.number, tuple(dict.fromkeys(fields)))


def list_units(session: Session, deal: Deal, kind: ChangeKind, terms: Values) -> set[int]:
    """List the ids of the units that a change touches beside the deal's own."""
    handler = HANDLERS[kind]
    return {*handler.units(terms), *handler.bound(session, deal)}


def _list_waiting_units(session: Session, deal: Deal) -> set[int]:
    statement = select(Change.kind, Change.terms).where(
        Change.deal_id == deal.id, Change.state == ChangeState.REQUESTED
    )
    waiting = session.execute(statement).all()
    return {
        unit_id
        for kind, terms in waiting
        for unit_id in list_units(session, deal, kind, stored_values(terms))
    }
