"""What a sale must have before it enters its next stage."""

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import Stage
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import list_missing_kinds, list_required_kinds
from salesoffice.deals.rules import AttachmentMissing, HoldFirst
from salesoffice.deals.signals import list_objections


def check_stage(session: Session, deal: Deal, stage: Stage, *, actor: Actor) -> None:
    """Refuse a sale that may not enter a stage yet; the unit is locked by the caller.

    Refused: AttachmentMissing, which names the papers that the project requires before this stage and that are not
    attached, then whatever a registered judge objects. Without requirements and judges nothing is refused.
    """
    missing = list_missing_kinds(session, deal, stage)
    if missing:
        raise AttachmentMissing(
            stage, missing, may_attach=actor.can(Permission.ATTACHMENT_ADD, deal.project_id)
        )
    for objection in list_objections(session, deal, stage):
        raise objection


def check_direct_signing(session: Session, project_id: int) -> None:
    """Refuse with HoldFirst to sign for a free unit where papers are required before: there is no sale to hold them."""
    required = list_required_kinds(session, project_id, Stage.SUBSCRIBE)
    if required:
        raise HoldFirst(required)
