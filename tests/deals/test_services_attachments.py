"""Papers attached to a sale and taken out."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput, WrongState
from salesoffice.deals.enums import AttachmentKind
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.deals.queries import list_attachments, load_papers
from salesoffice.deals.services import remove_attachment
from salesoffice.infra.db import db
from salesoffice.infra.models import AuditEntry
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_sale

Put = Callable[..., DealAttachment]


@pytest.fixture
def paper(office: Office, do: Do, put: Put) -> DealAttachment:
    """A copy of a certificate attached to a sale."""
    return do(lambda s: put(s, make_sale(s, office).deal, AttachmentKind.CERTIFICATE))


def test_attach_twice_is_one_paper_and_one_entry(office: Office, do: Do, put: Put) -> None:
    deal = do(lambda s: make_sale(s, office).deal)

    first = do(lambda s: put(s, deal, AttachmentKind.OTHER))
    second = do(lambda s: put(s, deal, AttachmentKind.OTHER))

    chosen = select(AuditEntry.action).where(AuditEntry.subject_kind == "deal_attachments")
    assert first.id == second.id
    assert do(lambda s: s.scalars(chosen).all()) == ["attachment.added"]


def test_remove_keeps_the_row_with_who_and_why(office: Office, do: Do, paper: DealAttachment) -> None:
    actor = office.actor(office.manager)

    do(lambda s: remove_attachment(s, paper, actor=actor, reason=" wrong sale "))

    rows = do(lambda s: list_attachments(s, paper.deal_id))
    assert [(row.id, row.removed_by_id, row.removed_reason) for row in rows] == [
        (paper.id, office.manager.id, "wrong sale")
    ]


def test_remove_twice_or_without_reason_is_refused(office: Office, do: Do, paper: DealAttachment) -> None:
    actor = office.actor(office.assistant)

    with pytest.raises(InvalidInput) as empty:
        do(lambda s: remove_attachment(s, paper, actor=actor, reason="  "))
    do(lambda s: remove_attachment(s, paper, actor=actor, reason="blurred"))
    with pytest.raises(WrongState):
        do(lambda s: remove_attachment(s, paper, actor=actor, reason="blurred"))

    assert empty.value.code == "reason_missing"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00", "file_kind_unknown"),
        (b"<html>%PDF-", "file_kind_unknown"),
        (b"PK\x03\x04 no archive", "file_kind_unknown"),
        (b"%PDF-" + b"x" * (20 * 1024 * 1024), "file_too_large"),
    ],
    ids=["empty", "program", "page", "broken zip", "more than 20 MB"],
)
def test_attach_refuses_a_file_by_its_content(
    office: Office, do: Do, put: Put, data: bytes, code: str
) -> None:
    deal = do(lambda s: make_sale(s, office).deal)

    with pytest.raises(InvalidInput) as refusal:
        do(lambda s: put(s, deal, AttachmentKind.OTHER, data))

    assert refusal.value.code == code


def test_papers_with_personal_numbers_open_only_for_who_may_see_them(
    office: Office, do: Do, paper: DealAttachment
) -> None:
    def may_open(session: Session) -> list[bool]:
        people = (office.assistant, office.manager, office.finance, office.executive, office.rep)
        deal = session.get_one(Deal, paper.deal_id)
        found = [load_papers(session, deal, actor=office.actor(user)) for user in people]
        return [papers.rows[0].may_open for papers in found]

    assert do(may_open) == [True, True, False, False, False]


def test_database_refuses_a_paper_taken_out_by_nobody(app: Flask, paper: DealAttachment) -> None:
    with app.app_context(), pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(
            text("UPDATE deal_attachments SET removed_at = attached_at WHERE id = :id"), {"id": paper.id}
        )
