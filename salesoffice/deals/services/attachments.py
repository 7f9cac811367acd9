"""Papers attached to a sale, and which ones a project asks for."""

from collections.abc import Mapping
from pathlib import PurePath

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import AttachmentKind, Stage
from salesoffice.deals.models import AttachmentRequirement, Deal, DealAttachment
from salesoffice.deals.rules import check_file
from salesoffice.deals.services.claims import lock_unit
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.files import store_file
from salesoffice.infra.models import StoredFile
from salesoffice.projects.models import Project
from salesoffice.undo.services import offer

_LONGEST_NAME = 200
_LONGEST_REASON = 200


def keep_upload(session: Session, deal: Deal, *, data: bytes, name: str) -> StoredFile:
    """Store an uploaded file of a sale. Refused with FileRefused: empty, too large, of another kind than it may be."""
    tidy = PurePath(name.replace("\\", "/")).name[-_LONGEST_NAME:] or "file"
    media_type = check_file(data, tidy)
    return store_file(session, data, name=tidy, media_type=media_type, project_id=deal.project_id)


def attach(
    session: Session, deal: Deal, *, actor: Actor, kind: AttachmentKind, name: str, stored: StoredFile
) -> DealAttachment:
    """Attach a stored file to a sale, also one that has ended; the same file of the same kind is attached once."""
    if actor.id is None:
        raise NotAllowed(_l("A paper is attached by a person."))
    lock_unit(session, deal.unit_id)
    earlier = session.scalars(
        select(DealAttachment)
        .join(StoredFile, StoredFile.id == DealAttachment.file_id)
        .where(
            DealAttachment.deal_id == deal.id,
            DealAttachment.kind == kind,
            DealAttachment.removed_at.is_(None),
            StoredFile.sha256 == stored.sha256,
        )
    ).first()
    if earlier is not None:
        return earlier
    attachment = DealAttachment(
        project_id=deal.project_id,
        deal_id=deal.id,
        kind=kind,
        name=name[-_LONGEST_NAME:],
        file_id=stored.id,
        attached_at=clock.now(),
        attached_by_id=actor.id,
        file=stored,
    )
    session.add(attachment)
    session.flush()
    _record(session, deal, attachment, "attachment.added", actor, {"sha256": stored.sha256})
    _offer_undo(session, deal, attachment, "attachment.added", actor)
    return attachment


def remove_attachment(
    session: Session, attachment: DealAttachment, *, actor: Actor, reason: str
) -> DealAttachment:
    """Take a paper out with a reason; its row and its file stay.

    Refused: `reason_missing` without a reason of at most 200 characters, WrongState for one that is out already.
    """
    tidy = _check_reason(reason)
    deal = session.get_one(Deal, attachment.deal_id)
    lock_unit(session, deal.unit_id)
    found = lock_rows(session, select(DealAttachment).where(DealAttachment.id == attachment.id))[0]
    if found.removed_at is not None:
        raise WrongState(_l("This paper has been taken out already."))
    found.removed_at, found.removed_by_id, found.removed_reason = clock.now(), actor.id, tidy
    session.flush()
    _record(session, deal, found, "attachment.removed", actor, {"reason": tidy})
    _offer_undo(session, deal, found, "attachment.removed", actor)
    return found


def restore_attachment(session: Session, attachment: DealAttachment, *, actor: Actor) -> DealAttachment:
    """Put a paper back that was just taken out. Refused: WrongState for one that is not out."""
    deal = session.get_one(Deal, attachment.deal_id)
    lock_unit(session, deal.unit_id)
    found = lock_rows(session, select(DealAttachment).where(DealAttachment.id == attachment.id))[0]
    if found.removed_at is None:
        raise WrongState(_l("This paper is attached already."))
    found.removed_at, found.removed_by_id, found.removed_reason = None, None, ""
    session.flush()
    _record(session, deal, found, "attachment.restored", actor, {})
    return found


def require_attachment(
    session: Session, project: Project, *, actor: Actor, stage: Stage, kind: AttachmentKind
) -> AttachmentRequirement:
    """Ask for a kind of paper before a stage; asking twice changes nothing."""
    lock_rows(session, select(Project).where(Project.id == project.id))
    found = session.get(AttachmentRequirement, (project.id, stage, kind))
    if found is not None:
        return found
    requirement = AttachmentRequirement(project_id=project.id, stage=stage, kind=kind)
    session.add(requirement)
    session.flush()
    after = {"stage": stage.value, "kind": kind.value}
    _record_rule(session, project, "requirement.added", actor, after=after)
    return requirement


def drop_requirement(
    session: Session, project: Project, *, actor: Actor, stage: Stage, kind: AttachmentKind
) -> None:
    """Ask no longer for a kind of paper before a stage; dropping twice changes nothing."""
    lock_rows(session, select(Project).where(Project.id == project.id))
    found = session.get(AttachmentRequirement, (project.id, stage, kind))
    if found is None:
        return
    session.delete(found)
    session.flush()
    before = {"stage": stage.value, "kind": kind.value}
    _record_rule(session, project, "requirement.dropped", actor, before=before)


def _check_reason(reason: str) -> str:
    tidy = reason.strip()
    if not 1 <= len(tidy) <= _LONGEST_REASON:
        message = _l("Give a reason of at most %(count)s characters.", count=_LONGEST_REASON)
        raise InvalidInput(message, [FieldProblem("reason", message)], code="reason_missing")
    return tidy


def _offer_undo(session: Session, deal: Deal, attachment: DealAttachment, action: str, actor: Actor) -> None:
    offer(
        session,
        project_id=deal.project_id,
        actor=actor,
        action=action,
        subject_kind=DealAttachment.__tablename__,
        subject_id=attachment.id,
        data={"name": f"{deal.number} {attachment.name}"},
    )


def _record(
    session: Session,
    deal: Deal,
    attachment: DealAttachment,
    action: str,
    actor: Actor,
    after: Mapping[str, object],
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=deal.project_id,
        subject=attachment,
        unit_id=deal.unit_id,
        after={"deal": deal.number, "kind": attachment.kind.value, "name": attachment.name, **after},
    )


def _record_rule(
    session: Session,
    project: Project,
    action: str,
    actor: Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=project.id,
        subject=project,
        before=before,
        after=after,
    )
