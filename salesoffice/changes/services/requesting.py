"""Changes asked for, applied, rejected, withdrawn, undone: the same way for every kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.services import mark_stale, submit_request, withdraw_request
from salesoffice.changes.enums import UNDOABLE_KINDS, ChangeKind, ChangeState
from salesoffice.changes.models import Change, ChangeAttachment
from salesoffice.changes.rules import (
    CHANGE_SERIES,
    CHANGE_TEMPLATE,
    ApprovalMissing,
    ChangePlan,
    ChangeStale,
    ChangeWaiting,
    Values,
    check_change_days,
    check_change_possible,
    check_change_step,
    differing_fields,
    dump,
    fingerprint,
    refuse_field,
)
from salesoffice.changes.services.handling import ChangeEntry, Scene, set_scene
from salesoffice.changes.services.reading import stored_values
from salesoffice.changes.services.registry import HANDLERS
from salesoffice.changes.signals import tell_change_applied
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed, WrongState
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _
from salesoffice.infra.numbering import next_number
from salesoffice.undo.services import offer

SUBJECT = "changes"
"""How approvals and undo offers name a change."""

REASON_LENGTH = 200


@dataclass(frozen=True)
class Preview:
    """What a change would do and whether it would wait for approval; nothing is written."""

    plan: ChangePlan
    scene: Scene


def plan_change(
    session: Session, deal: Deal, *, actor: Actor, kind: ChangeKind, terms: Values, entry: ChangeEntry
) -> Preview:
    """Work out what a change would do, under the locks that making it needs.

    Refused: ChangeNotPossible, FilingStands, days that cannot be, what the kind itself refuses.
    """
    handler = HANDLERS[kind]
    scene = set_scene(session, deal, entry, actor=actor, with_units=handler.units(terms))
    claim = scene.claim
    is_open = claim.closed_at is None
    stage = claim.kind.label if is_open or claim.end_kind is None else claim.end_kind.label
    check_change_possible(kind, claim.kind if is_open else None, claim.end_kind, stage)
    return Preview(handler.plan(scene, terms), scene)


def request_change(
    session: Session, deal: Deal, *, actor: Actor, kind: ChangeKind, terms: Values, entry: ChangeEntry
) -> Change:
    """Ask for a change of a sale. Where the project wants no approval for it, it comes into force at once.

    `terms` are JSON values whose keys the kind names. Refused beside what `plan_change` refuses: a missing reason,
    ChangeWaiting while one of the kind waits, ApprovalMissing, NotAllowed for a person who may only ask (CHANGE_REQUEST)
    where nobody has to approve (CHANGE_APPLY), attachments of another sale.
    """
    _check_entry(entry)
    preview = plan_change(session, deal, actor=actor, kind=kind, terms=terms, entry=entry)
    _check_nothing_waits(session, deal, kind)
    change = _write(session, preview, kind=kind, terms=terms, actor=actor)
    request = _submit(session, change, preview.plan, terms, actor)
    if request is not None:
        change.request_id, change.request = request.id, request
        session.flush()
        _record(session, change, "change.requested", actor)
        return change
    if preview.plan.must_be_approved is not None:
        raise ApprovalMissing(preview.plan.must_be_approved)
    if not actor.can(Permission.CHANGE_APPLY, deal.project_id):
        raise NotAllowed(
            _l("Ask the sales manager: without a chain of approval only the manager makes this.")
        )
    _put_in_force(session, change, preview, actor)
    _offer_undo(session, change, actor)
    return change


def apply_change(session: Session, change: Change, *, actor: Actor) -> Change:
    """Bring an approved change into force: everything locked, planned again, only if it starts from what was approved.

    Called when the last step of its chain is approved, in the same transaction. Refused: WrongState for one that does
    not wait, ChangeStale when the sale has changed meanwhile, what the kind itself refuses.
    """
    change = _lock(session, change)
    check_change_step(change.state, ChangeState.APPLIED)
    terms = stored_values(change.terms)
    preview = plan_change(
        session, change.deal, actor=actor, kind=change.kind, terms=terms, entry=entry_of(change)
    )
    _check_as_planned(change, preview.plan)
    change.approved_at = clock.now()
    _put_in_force(session, change, preview, actor)
    return change


def reject_change(session: Session, change: Change, *, actor: Actor, reason: str) -> Change:
    """Note that a change was rejected; called when its request is."""
    return _end(session, change, ChangeState.REJECTED, actor, reason)


def withdraw_change(session: Session, change: Change, *, actor: Actor) -> Change:
    """Take back a change that waits for approval; only by the person who asked for it."""
    if change.request is None or change.applicant_id != actor.id:
        raise NotAllowed(_l("Only the person who asked for a change can withdraw it."))
    withdraw_request(session, change.request, actor=actor)  # the request is locked before its change, always
    change = _lock(session, change)
    return _end(session, change, ChangeState.WITHDRAWN, actor, _("Withdrawn by the applicant"))


def undo_change(session: Session, change: Change, *, actor: Actor) -> Change:
    """Take a cheap change back; the sale must still be as the change left it. Refused with ChangeStale when it is not."""
    change = _lock(session, change)
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
    _record(session, change, "change.undone", actor)
    return change


def entry_of(change: Change) -> ChangeEntry:
    """Read back what was said about a change when it was asked for."""
    return ChangeEntry(
        reason_code=change.reason_code,
        reason=change.reason,
        signed_on=change.signed_on,
        attributed_on=change.attributed_on,
        fault=change.fault,
    )


def _check_entry(entry: ChangeEntry) -> None:
    if not 1 <= len(entry.reason.strip()) <= REASON_LENGTH:
        raise refuse_field(
            "reason",
            _l("Give a reason of at most %(count)s characters.", count=REASON_LENGTH),
            code="reason_missing",
        )
    today = clock.business_today()
    check_change_days(entry.signed_on, entry.attributed_on or today, today)


def _check_nothing_waits(session: Session, deal: Deal, kind: ChangeKind) -> None:
    statement = select(Change.number).where(
        Change.deal_id == deal.id, Change.kind == kind, Change.state == ChangeState.REQUESTED
    )
    number = session.scalars(statement).first()
    if number is not None:
        raise ChangeWaiting(number)


def _write(session: Session, preview: Preview, *, kind: ChangeKind, terms: Values, actor: Actor) -> Change:
    entry, deal, plan = preview.scene.entry, preview.scene.deal, preview.plan
    change = Change(
        project_id=deal.project_id,
        deal_id=deal.id,
        number=next_number(
            session, project_id=deal.project_id, series=CHANGE_SERIES, template=CHANGE_TEMPLATE
        ),
        kind=kind,
        state=ChangeState.REQUESTED,
        reason_code=entry.reason_code,
        reason=entry.reason.strip(),
        fault=entry.fault,
        terms=dump(terms),
        old_values=dump(plan.old),
        new_values=dump(plan.new),
        measure=plan.measure,
        amount_effect=plan.amount_effect,
        floor_effect=plan.floor_effect,
        signed_on=entry.signed_on,
        attributed_on=entry.attributed_on or clock.business_today(),
        entered_at=clock.now(),
        applicant_id=actor.id,
        deal=deal,
    )
    session.add(change)
    session.flush()
    _attach(session, change, entry.attachment_ids)
    return change


def _attach(session: Session, change: Change, attachment_ids: Sequence[int]) -> None:
    wanted = set(attachment_ids)
    statement = select(DealAttachment.id).where(
        DealAttachment.id.in_(wanted),
        DealAttachment.deal_id == change.deal_id,
        DealAttachment.removed_at.is_(None),
    )
    found = set(session.scalars(statement)) if wanted else set()
    if found != wanted:
        raise refuse_field("attachment_ids", _l("Choose papers that are attached to this sale."))
    session.add_all(ChangeAttachment(change_id=change.id, attachment_id=one) for one in sorted(found))
    session.flush()


def _submit(
    session: Session, change: Change, plan: ChangePlan, terms: Values, actor: Actor
) -> ApprovalRequest | None:
    if actor.id is None:  # the system acts on a rule that the office has set
        return None
    return submit_request(
        session,
        project_id=change.project_id,
        kind=change.kind.value,
        measure=change.measure,
        subject_kind=SUBJECT,
        subject_id=change.id,
        title=f"{change.number} {change.deal.unit.code}",
        fingerprint=fingerprint(change.kind, terms, plan),
        applicant=actor,
    )


def _check_as_planned(change: Change, plan: ChangePlan) -> None:
    stored_old, stored_new = stored_values(change.old_values), stored_values(change.new_values)
    fields = (*differing_fields(stored_old, plan.old), *differing_fields(stored_new, plan.new))
    if plan.amount_effect != change.amount_effect or plan.floor_effect != change.floor_effect:
        fields = (*fields, "amount")
    if fields:
        raise ChangeStale(change.number, tuple(dict.fromkeys(fields)))


def _put_in_force(session: Session, change: Change, preview: Preview, actor: Actor) -> None:
    terms = stored_values(change.terms)
    HANDLERS[change.kind].apply(preview.scene, terms, preview.plan, actor, change)
    change.state, change.applied_at, change.applied_by_id = ChangeState.APPLIED, clock.now(), actor.id
    session.flush()
    _record(session, change, "change.applied", actor)
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
            _check_as_planned(other, preview.plan)
        except DomainError:
            mark_stale(session, request, actor=actor)
            reason = _("Overtaken by change %(number)s", number=change.number)
            _end(session, other, ChangeState.STALE, actor, reason)


def _end(session: Session, change: Change, state: ChangeState, actor: Actor, reason: str) -> Change:
    check_change_step(change.state, state)
    change.state, change.ended_at, change.end_reason = state, clock.now(), reason[:REASON_LENGTH]
    session.flush()
    _record(session, change, f"change.{state.value}", actor)
    return change


def _offer_undo(session: Session, change: Change, actor: Actor) -> None:
    if change.kind in UNDOABLE_KINDS and actor.id is not None:
        offer(
            session,
            project_id=change.project_id,
            actor=actor,
            action="change.applied",
            subject_kind=SUBJECT,
            subject_id=change.id,
            data={},
        )


def _lock(session: Session, change: Change) -> Change:
    found = lock_rows(session, select(Change).where(Change.id == change.id))
    return found[0]


def _record(session: Session, change: Change, action: str, actor: Actor) -> None:
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
