"""Asking for a change: the same way for every kind."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.services import submit_request
from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change, ChangeAttachment
from salesoffice.changes.rules import (
    CHANGE_SERIES,
    CHANGE_TEMPLATE,
    ApprovalMissing,
    ChangePlan,
    ChangeWaiting,
    Values,
    check_change_days,
    dump,
    fingerprint,
    refuse_field,
)
from salesoffice.changes.services.applying import SUBJECT, offer_undo, put_in_force, record_change
from salesoffice.changes.services.handling import ChangeEntry
from salesoffice.changes.services.planning import Preview, plan_change
from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.infra.numbering import next_number

REASON_LENGTH = 200


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
        record_change(session, change, "change.requested", actor)
        return change
    if preview.plan.must_be_approved is not None:
        raise ApprovalMissing(preview.plan.must_be_approved)
    if not actor.can(Permission.CHANGE_APPLY, deal.project_id):
        raise NotAllowed(
            _l("Ask the sales manager: without a chain of approval only the manager makes this.")
        )
    put_in_force(session, change, preview, actor)
    offer_undo(session, change, actor)
    return change


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
