"""The one data of a paper: what it is about, its number and edition, what it says now."""

from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.i18n import speak
from salesoffice.papers.enums import LETTER_KINDS, PaperKind
from salesoffice.papers.models import Paper
from salesoffice.papers.rules import (
    NoSuchPaper,
    PaperData,
    PaperFacts,
    load_fields,
    load_title,
    split_clauses,
)
from salesoffice.papers.signals import find_builder

PAPER_LANGUAGE = "zh_CN"


class Subject(Protocol):
    """What a paper is about: a row of `subscriptions`, `contracts`, `changes`, `deals`, for example."""

    __tablename__: str

    @property
    def id(self) -> int: ...


def build_data(
    session: Session, kind: PaperKind, subject: Subject, *, actor: Actor, clauses: str = ""
) -> PaperData:
    """Build what a paper of this kind about this subject says now, as it would be issued: number and next edition.

    Equal data has an equal hash whoever asks and in whatever language: texts are Chinese, personal numbers masked.
    `private` holds them in full when the actor may see them (CUSTOMER_REVEAL). Refused: NoSuchPaper for a kind that
    there is not about such a subject, `clauses_invalid`.
    """
    project_id, deal_id = _place(session, subject)
    typed = split_clauses(clauses)
    is_open = actor.can(Permission.CUSTOMER_REVEAL, project_id)
    facts = collect_facts(session, kind, subject, clauses=typed, is_open=is_open)
    edition = _count_editions(session, kind, subject) + 1
    return PaperData(
        kind=kind,
        project_id=project_id,
        deal_id=deal_id,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        number=number_paper(kind, facts.base, edition),
        edition=edition,
        title=facts.title,
        fields=dict(sorted(facts.fields.items())),
        private=facts.private,
        clauses="\n".join(typed),
    )


def restore_data(paper: Paper) -> PaperData:
    """Return the data that a paper was made from, as stored: personal numbers masked."""
    return PaperData(
        kind=paper.kind,
        project_id=paper.project_id,
        deal_id=paper.deal_id,
        subject_kind=paper.subject_kind,
        subject_id=paper.subject_id,
        number=paper.number,
        edition=paper.edition,
        title=load_title(paper.data),
        fields=load_fields(paper.data),
        clauses=paper.clauses,
    )


def collect_facts(
    session: Session, kind: PaperKind, subject: Subject, *, clauses: tuple[str, ...], is_open: bool = False
) -> PaperFacts:
    """Ask whoever registered for a kind what the paper says now; NoSuchPaper when nobody did."""
    builder = find_builder(kind, subject.__tablename__)
    if builder is None:
        raise NoSuchPaper
    with speak(PAPER_LANGUAGE):
        facts: PaperFacts = builder(session, subject, clauses, is_open)
    return facts


def number_paper(kind: PaperKind, base: str, edition: int) -> str:
    """Return the number of a paper: its subject's; letters, which stand side by side, count on it."""
    if kind not in LETTER_KINDS:
        return base
    return f"{base}-{'补' if kind is PaperKind.SUPPLEMENT else '函'}{edition}"


def get_subject(session: Session, table: str, subject_id: int) -> Subject:
    """Return the row that a paper is about; NoSuchPaper for one that there is not."""
    found = session.get(_model_of(table), subject_id)
    if found is None:
        raise NoSuchPaper("subject")
    subject: Subject = found
    return subject


def _model_of(table: str) -> type[Any]:
    for mapper in Model.registry.mappers:
        if mapper.class_.__tablename__ == table:
            return mapper.class_
    raise NoSuchPaper("subject")


def _place(session: Session, subject: Any) -> tuple[int, int | None]:
    if isinstance(subject, Deal):
        return subject.project_id, subject.id
    deal_id: int | None = subject.deal_id
    if deal_id is not None:
        return session.get_one(Deal, deal_id).project_id, deal_id
    return int(subject.project_id), None


def _count_editions(session: Session, kind: PaperKind, subject: Subject) -> int:
    statement = select(func.max(Paper.edition)).where(
        Paper.kind == kind, Paper.subject_kind == subject.__tablename__, Paper.subject_id == subject.id
    )
    return session.scalar(statement) or 0
