"""Issuing a paper: drawn before, kept in one short transaction, only if it still says what is so."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Deal
from salesoffice.deals.services import lock_unit
from salesoffice.infra import audit
from salesoffice.infra.files import store_file
from salesoffice.papers.enums import LETTER_KINDS, PaperFormat, PaperKind
from salesoffice.papers.models import Paper, WordTemplate
from salesoffice.papers.queries import Subject, build_data, get_subject
from salesoffice.papers.rules import PaperData, PaperOutdated, PaperOver
from salesoffice.papers.services.superseding import supersede_paper
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription

_MEDIA_TYPES = {
    PaperFormat.PDF: "application/pdf",
    PaperFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_SUBSCRIBED = frozenset({SubscriptionState.ACTIVE, SubscriptionState.CONVERTED})


def issue_paper(
    session: Session,
    made_from: PaperData,
    *,
    actor: Actor,
    file: bytes,
    template: WordTemplate | None = None,
    replaces: Paper | None = None,
) -> Paper:
    """Keep a paper that was drawn from `made_from` (of `build_data`) before the transaction; with a template it is Word.

    Under the lock of the sale's unit the data is built again: PaperOutdated when it says something else by now, or
    another edition was issued meanwhile. The same paper in force is returned as it is, so that sending twice is
    harmless. The edition before is superseded, of letters only the one that is named by `replaces`. A binding paper of
    an agreement or contract that has ended is refused with PaperOver. Of an agreement, `subscriptions.document_id`
    points at the newest file afterwards.
    """
    _lock(session, made_from)
    subject = get_subject(session, made_from.subject_kind, made_from.subject_id)
    _check_under_way(made_from.kind, subject)
    now = build_data(session, made_from.kind, subject, actor=actor, clauses=made_from.clauses)
    if now.digest != made_from.digest:
        raise PaperOutdated
    file_format = PaperFormat.DOCX if template else PaperFormat.PDF
    same = _find_same(session, made_from, file_format, template)
    if same is not None:
        return same
    if now.edition != made_from.edition:
        raise PaperOutdated
    paper = _build_paper(session, made_from, actor, file, template)
    session.add(paper)
    session.flush()
    _record(session, paper, actor)
    for old in _list_replaced(session, paper, replaces):
        _give_way(session, old, paper, actor)
    if isinstance(subject, Subscription):
        subject.document_id = paper.file_id
        session.flush()
    return paper


def _lock(session: Session, data: PaperData) -> None:
    """Lock the unit, the first thing in the transaction: whatever is read after it is of now."""
    if data.deal_id is not None:
        unit_id = session.scalars(select(Deal.unit_id).where(Deal.id == data.deal_id)).one()
        lock_unit(session, unit_id)


def _check_under_way(kind: PaperKind, subject: Subject) -> None:
    is_over = isinstance(subject, Subscription) and subject.state not in _SUBSCRIBED
    is_over = is_over or (isinstance(subject, Contract) and subject.state in ENDED_CONTRACTS)
    if is_over and kind is not PaperKind.NOTICE:
        raise PaperOver


def _find_same(
    session: Session, data: PaperData, file_format: PaperFormat, template: WordTemplate | None
) -> Paper | None:
    statement = (
        select(Paper)
        .where(
            Paper.kind == data.kind,
            Paper.subject_kind == data.subject_kind,
            Paper.subject_id == data.subject_id,
            Paper.superseded_at.is_(None),
            Paper.data_hash == data.digest,
            Paper.format == file_format,
            Paper.template_id == (template.id if template else None),
        )
        .order_by(Paper.id.desc())
    )
    return session.scalars(statement).first()


def _build_paper(
    session: Session, data: PaperData, actor: Actor, file: bytes, template: WordTemplate | None
) -> Paper:
    if actor.id is None:
        raise ValueError("a paper is issued by a person")
    file_format = PaperFormat.DOCX if template else PaperFormat.PDF
    stored = store_file(
        session,
        file,
        name=_name_file(data, file_format),
        media_type=_MEDIA_TYPES[file_format],
        project_id=data.project_id,
    )
    return Paper(
        project_id=data.project_id,
        deal_id=data.deal_id,
        kind=data.kind,
        subject_kind=data.subject_kind,
        subject_id=data.subject_id,
        edition=data.edition,
        number=data.number,
        data=data.text,
        data_hash=data.digest,
        clauses=data.clauses,
        format=file_format,
        template_id=template.id if template else None,
        file_id=stored.id,
        issued_at=clock.now(),
        issued_by_id=actor.id,
        file=stored,
    )


def _name_file(data: PaperData, file_format: PaperFormat) -> str:
    kind = "" if data.kind in {PaperKind.SUBSCRIPTION, *LETTER_KINDS} else f"-{data.kind.value}"
    edition = f"-{data.edition}" if data.edition > 1 and data.kind not in LETTER_KINDS else ""
    return f"{data.number}{kind}{edition}.{file_format.value}"


def _list_replaced(session: Session, paper: Paper, replaces: Paper | None) -> list[Paper]:
    """List what a new paper takes the place of: the editions before of its sale's agreement, contract or matter."""
    if paper.kind in LETTER_KINDS:
        return [replaces] if replaces is not None and replaces.deal_id == paper.deal_id else []
    statement = select(Paper).where(
        Paper.kind == paper.kind, Paper.id != paper.id, Paper.superseded_at.is_(None)
    )
    if paper.kind in {PaperKind.SUBSCRIPTION, PaperKind.CONTRACT_SHEET}:
        statement = statement.where(Paper.deal_id == paper.deal_id)
    else:
        statement = statement.where(
            Paper.subject_kind == paper.subject_kind, Paper.subject_id == paper.subject_id
        )
    return list(session.scalars(statement.order_by(Paper.id)))


def _give_way(session: Session, old: Paper, paper: Paper, actor: Actor) -> None:
    """Supersede an edition by the new one; of a letter that a change marked before, note which one took its place."""
    name = paper.number if paper.kind in LETTER_KINDS else f"{paper.number} ({paper.edition})"
    if old.superseded_at is None:
        supersede_paper(session, old, actor=actor, reason=name)
    elif paper.kind in LETTER_KINDS:
        old.superseded_reason = name
        session.flush()


def _record(session: Session, paper: Paper, actor: Actor) -> None:
    audit.record(
        session,
        action="paper.issued",
        actor=actor,
        project_id=paper.project_id,
        subject=paper,
        unit_id=paper.deal.unit_id if paper.deal else None,
        after={
            "kind": paper.kind.value,
            "number": paper.number,
            "edition": paper.edition,
            "sha256": paper.data_hash,
        },
    )
