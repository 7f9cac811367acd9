"""What happens to a change that was asked for: applied, rejected, withdrawn; and undone."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.services import mark_stale, withdraw_request
from salesoffice.changes.enums import UNDOABLE_KINDS, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.rules import check_change_step
from salesoffice.changes.services.applying import end_change, lock_change, put_in_force, record_change
from salesoffice.changes.services.handling import set_scene
from salesoffice.changes.services.planning import check_as_planned, entry_of, list_units, plan_change
from salesoffice.changes.services.reading import stored_values
from salesoffice.changes.services.registry import HANDLERS
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.services import lock_unit
from salesoffice.infra.i18n import _
from salesoffice.payments.services.accounts import lock_account


def apply_change(session: Session, change: Change, *, actor: Actor) -> Change:
    """Bring an approved change into force: everything locked, planned again, only if it starts from what was approved.

    Called when the last step of its chain is approved, in the same transaction. When the sale has changed meanwhile, or
    the kind itself now refuses it, the change and its request become stale and say why. Refused: WrongState for one
    that does not wait.
    """
    lock_scene(session, change)
    change = lock_change(session, change)
    check_change_step(change.state, ChangeState.APPLIED)
    terms = stored_values(change.terms)
    try:
        preview = plan_change(
            session, change.deal, actor=actor, kind=change.kind, terms=terms, entry=entry_of(change)
        )
        check_as_planned(change, preview.plan)
    except DomainError as refusal:
        reason = str(refusal.message)
        if change.request is not None:
            mark_stale(session, change.request, actor=actor, reason=reason)
        return end_change(session, change, ChangeState.STALE, actor, reason)
    change.approved_at = clock.now()
    put_in_force(session, change, preview, actor)
    return change


def lock_scene(session: Session, change: Change) -> None:
    """Lock the units, then the account of a change's sale, before its request is locked."""
    units = list_units(session, change.deal, change.kind, stored_values(change.terms))
    lock_unit(session, change.deal.unit_id, with_units=units)
    if change.deal.account_id is not None:
        lock_account(session, change.deal.account_id)


def reject_change(session: Session, change: Change, *, actor: Actor, reason: str) -> Change:
    """Note that a change was rejected; called when its request is."""
    return end_change(session, change, ChangeState.REJECTED, actor, reason)


def withdraw_change(session: Session, change: Change, *, actor: Actor) -> Change:
    """Take back a change that waits for approval; only by the person who asked for it."""
    if change.request is None or change.applicant_id != actor.id:
        raise NotAllowed(_l("Only the person who asked for a change can withdraw it."))
    withdraw_request(session, change.request, actor=actor)  # the request is locked before its change, always
    change = lock_change(session, change)
    return end_change(session, change, ChangeState.WITHDRAWN, actor, _("Withdrawn by the applicant"))


def undo_change(session: Session, change: Change, *, actor: Actor) -> Change:
    """Take a cheap change back; the sale must still be as the change left it. Refused with ChangeStale when it is not."""
    change = lock_change(session, change)
    check_change_step(change.state, ChangeState.UNDONE)
    restore = HANDLERS[change.kind].restore
    if change.kind not in UNDOABLE_KINDS or restore is None or change.request_id is not None:
        raise WrongState(_l("This change cannot be undone; ask for a new one."))
    later = select(Change.number).where(
        Change.deal_id == change.deal_id, Change.state == ChangeState.APPLIED, Change.id > change.id
    )
    number = session.scalars(later).first()
    if number is not None:
        raise WrongState(_l("Change %(number)s came after it; undo that one first.", number=number))
    scene = set_scene(session, change.deal, entry_of(change), actor=actor)
    restore(scene, change, actor)
    change.state, change.undone_at, change.undone_by_id = ChangeState.UNDONE, clock.now(), actor.id
    session.flush()
    record_change(session, change, "change.undone", actor)
    return change
