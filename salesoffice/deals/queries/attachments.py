"""Papers attached to a sale, and which ones a project requires before which stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.queries import name_users
from salesoffice.deals.enums import PERSONAL_KINDS, AttachmentKind, Stage
from salesoffice.deals.models import AttachmentRequirement, Deal, DealAttachment

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class AttachedPaper:
    """A paper of a sale as one person may see it; `may_open` says whether they may read the file itself."""

    attachment: DealAttachment
    attached_by: str
    removed_by: str
    may_open: bool

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it as a picture."""
        return self.attachment.file.media_type.startswith("image/")


@dataclass(frozen=True)
class StageLine:
    """What a stage requires: each kind, and whether it is attached."""

    stage: Stage
    kinds: tuple[tuple[AttachmentKind, bool], ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return all(is_attached for _kind, is_attached in self.kinds)


@dataclass(frozen=True)
class DealPapers:
    """The papers of a sale in the order in which they came, and the checklist per stage."""

    rows: tuple[AttachedPaper, ...]
    stages: tuple[StageLine, ...]
    may_add: bool


def load_papers(session: Session, deal: Deal, *, actor: Actor) -> DealPapers:
    """Gather the papers attached to a sale, also those taken out, and what each stage requires."""
    found = list_attachments(session, deal.id)
    people = [person for row in found for person in (row.attached_by_id, row.removed_by_id)]
    names = name_users(session, people)
    kept = {row.kind for row in found if row.removed_at is None}
    required = list_requirements(session, deal.project_id)
    return DealPapers(
        rows=tuple(
            AttachedPaper(
                row,
                names.get(row.attached_by_id, ""),
                names.get(row.removed_by_id, ""),
                may_open(actor, row),
            )
            for row in found
        ),
        stages=tuple(
            StageLine(stage, tuple((kind, kind in kept) for kind in kinds))
            for stage, kinds in required.items()
        ),
        may_add=actor.can(Permission.ATTACHMENT_ADD, deal.project_id),
    )


def may_open(actor: Actor, attachment: DealAttachment) -> bool:
    """Tell whether a person may read a paper: copies of certificates only who may see certificate numbers."""
    if attachment.kind not in PERSONAL_KINDS:
        return True
    return actor.can(Permission.CUSTOMER_REVEAL, attachment.project_id)


def list_required_kinds(session: Session, project_id: int, stage: Stage) -> list[AttachmentKind]:
    """List the kinds of papers that a project requires before a stage, in the order of the enumeration."""
    statement = select(AttachmentRequirement.kind).where(
        AttachmentRequirement.project_id == project_id, AttachmentRequirement.stage == stage
    )
    required = set(session.scalars(statement))
    return [kind for kind in AttachmentKind if kind in required]


def list_missing_kinds(session: Session, deal: Deal, stage: Stage) -> list[AttachmentKind]:
    """List the kinds that are required before a stage and not attached to a sale."""
    required = list_required_kinds(session, deal.project_id, stage)
    if not required:
        return []
    statement = select(DealAttachment.kind).where(
        DealAttachment.deal_id == deal.id, DealAttachment.removed_at.is_(None)
    )
    attached = set(session.scalars(statement))
    return [kind for kind in required if kind not in attached]


def get_attachment(session: Session, attachment_id: int) -> DealAttachment:
    """Return a paper attached to a sale, also one that was taken out; raises NotFound."""
    found = session.get(DealAttachment, attachment_id) if attachment_id <= _LARGEST_ID else None
    if found is None:
        raise NotFound(_l("There is no such paper."))
    return found


def list_attachments(session: Session, deal_id: int) -> Sequence[DealAttachment]:
    """List the papers attached to a sale in the order in which they came, also those taken out."""
    statement = select(DealAttachment).where(DealAttachment.deal_id == deal_id)
    return session.scalars(statement.order_by(DealAttachment.id)).all()


def list_requirements(session: Session, project_id: int) -> Mapping[Stage, Sequence[AttachmentKind]]:
    """List which papers a project requires before each stage, in the order of the enumerations."""
    statement = select(AttachmentRequirement).where(AttachmentRequirement.project_id == project_id)
    wanted = {(row.stage, row.kind) for row in session.scalars(statement)}
    return {
        stage: [kind for kind in AttachmentKind if (stage, kind) in wanted]
        for stage in Stage
        if any(row_stage is stage for row_stage, _kind in wanted)
    }
