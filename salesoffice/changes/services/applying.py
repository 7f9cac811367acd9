"""A change comes into force or ends; what waits on the same sale is looked at again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.services import mark_stale
from salesoffice.changes.enums import UNDOABLE_KINDS, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.rules import check_change_step
from salesoffice.changes.services.planning import Preview, check_as_planned, entry_of, plan_change
from salesoffice.changes.services.reading import stored_values
from salesoffice.changes.services.registry import HANDLERS
from salesoffice.changes.signals import tell_change_applied
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _
from salesoffice.undo.services import offer

SUBJECT = "changes"
"""How approvals and undo offers name a change."""

END_REASON_LENGTH = 200


def put_in_force(session: Session, change: Change, preview: Preview, actor: Actor) -> None:
    """Make a change as it was planned a moment ago under the same locks; tell whoever registered; see to the others."""
    terms = stored_values(change.terms)
    HANDLERS[change.kind].apply(preview.scene, terms, preview.plan, actor, change)
    change.state, change.applied_at, change.applied_by_id = ChangeState.APPLIED, clock.now(), actor.id
    session.flush()
    record_change(session, change, "change.applied", actor)
    tell_change_applied(session, change, actor)
    _overtake_others(session, change, actor)


def _overtake_others(session: Session, change: Change, actor: Actor) -> None:
    """Mark what waits for approval on the same sale and no longer starts from how things are.

    A request that somebody decides at this moment is left alone: its decision waits for the unit and is judged then.
    """
    waiting = (
        select(ApprovalRequest)
        .join(Change, Change.request_id == ApprovalRequest.id)
        .where(
            Change.deal_id == change.deal_id, Change.state == ChangeState.REQUESTED, Change.id != change.id
        )
        .order_by(ApprovalRequest.id)
        .with_for_update(skip_locked=True, of=ApprovalRequest)
    )
    for request in session.scalars(waiting).all():
        other = session.get_one(Change, request.subject_id, populate_existing=True)
        try:
            terms, entry = stored_values(other.terms), entry_of(other)
            preview = plan_change(session, other.deal, actor=actor, kind=other.kind, terms=terms, entry=entry)
            check_as_planned(other, preview.plan)
        except DomainError:
            mark_stale(session, request, actor=actor)
            reason = _("Overtaken by change %(number)s", number=change.number)
            end_change(session, other, ChangeState.STALE, actor, reason)


def end_change(session: Session, change: Change, state: ChangeState, actor: Actor, reason: str) -> Change:
    """End a change that never came into force, with the reason."""
    check_change_step(change.state, state)
    change.state, change.ended_at, change.end_reason = state, clock.now(), reason[:END_REASON_LENGTH]
    session.flush()
    record_change(session, change, f"change.{state.value}", actor)
    return change


def offer_undo(session: Session, change: Change, actor: Actor) -> None:
    """Offer the person to take a cheap change back."""
    if change.kind in UNDOABLE_KINDS and actor.id is not None:
        offer(
            session,
            project_id=change.project_id,
            actor=actor,
            action="change.applied",
            subject_kind=SUBJECT,
            subject_id=change.id,
            data={"name": change.number},
        )


def lock_change(session: Session, change: Change) -> Change:
    """Lock a change until the transaction ends and return it fresh; its units, account and request come before."""
    found = lock_rows(session, select(Change).where(Change.id == change.id))
    return found[0]


def record_change(session: Session, change: Change, action: str, actor: Actor) -> None:
    """Write one audit entry of a change, with the unit of the sale."""
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=change.project_id,
        subject=change,
        unit_id=change.deal.unit_id,
        before=stored_values(change.old_values),
        after={
            "number": change.number,
            "kind": change.kind.value,
            "state": change.state.value,
            "reason": change.reason,
            **stored_values(change.new_values),
        },
    )
