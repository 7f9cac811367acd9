"""What changes tell features further right: their kinds and facts (approvals), what follows a decision, how to undo."""

from sqlalchemy.orm import Session

from salesoffice.approvals.enums import MeasureUnit, RequestState, UsualChain
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.signals import (
    ApprovalKind,
    RequestFacts,
    declare_kinds,
    describes,
    locks_subject,
    on_decision,
)
from salesoffice.changes.documents import build_facts
from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.queries import get_change
from salesoffice.changes.services import apply_change, lock_scene, reject_change, undo_change
from salesoffice.changes.services.applying import SUBJECT
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra.i18n import _l
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.signals import takes_back

_UNITS = {
    ChangeKind.EXTENSION: MeasureUnit.DAYS,
    ChangeKind.PAYMENT_DATES: MeasureUnit.DAYS,
    ChangeKind.PRICE: MeasureUnit.FEN,
    ChangeKind.CANCELLATION: MeasureUnit.FEN,
    ChangeKind.FORFEITURE: MeasureUnit.FEN,
    ChangeKind.REFUND_AFTER_FORFEITURE: MeasureUnit.FEN,
    ChangeKind.REVIVAL: MeasureUnit.FEN,
    ChangeKind.AREA_SETTLEMENT: MeasureUnit.FEN,
    ChangeKind.SWAP: MeasureUnit.FEN,
}
"""In which unit the measure of a kind is counted; the others have none."""

_CHAINS = {
    ChangeKind.EXTENSION: UsualChain.BY_DAYS,
    ChangeKind.CANCELLATION: UsualChain.BOTH,
    ChangeKind.REFUND_AFTER_FORFEITURE: UsualChain.BOTH,
    ChangeKind.REVIVAL: UsualChain.BOTH,
    ChangeKind.SWAP: UsualChain.BOTH,
}
"""The chain that an office usually has for a kind; the others: the sales manager."""

declare_kinds(
    *(
        ApprovalKind(
            kind.value,
            kind.label,
            _UNITS.get(kind, MeasureUnit.NONE),
            _CHAINS.get(kind, UsualChain.MANAGER),
        )
        for kind in ChangeKind
    )
)


@on_decision(SUBJECT)
def follow_decision(session: Session, request: ApprovalRequest, actor: Actor) -> None:
    """Bring an approved change into force, or note that it was rejected."""
    change = get_change(session, request.subject_id)
    if request.state is RequestState.APPROVED:
        apply_change(session, change, actor=actor)
    else:
        comments = [task.comment for task in request.tasks if task.comment]
        reject_change(session, change, actor=actor, reason=comments[-1] if comments else "")


@describes(SUBJECT)
def describe_change(session: Session, request: ApprovalRequest, _actor: Actor) -> RequestFacts:
    """Say what a request is about: old and new values, money, the days, what happened to the sale before."""
    return build_facts(session, get_change(session, request.subject_id))


@locks_subject(SUBJECT)
def lock_before_request(session: Session, request: ApprovalRequest) -> None:
    """Lock the units, then the account, before the request: the order of everybody who changes a sale."""
    lock_scene(session, get_change(session, request.subject_id))


@takes_back("change.applied", label=_l("Change of a sale"), permission=Permission.CHANGE_APPLY)
def undo_applied(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Take a cheap change back that was just made."""
    undo_change(session, get_change(session, offer.subject_id), actor=actor)
