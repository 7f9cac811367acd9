"""The blueprint that the pages of this package share, and how a paper's file is given out."""

from flask import Blueprint, Response, make_response

from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra.db import db
from salesoffice.infra.files import get_file, read_file
from salesoffice.papers.documents import draw_paper, superseded_mark
from salesoffice.papers.enums import PaperFormat
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import restore_data

bp = Blueprint("papers", __name__)

PDF = "application/pdf"


def answer_file(paper: Paper, *, actor: Actor, code: str = "") -> Response:
    """Give out the file as it was issued, or a masked copy to those who may not see certificate numbers."""
    name = f"{code}-{paper.number}-{paper.kind.value}-{paper.edition}".removeprefix("-")
    if not actor.can(Permission.CUSTOMER_REVEAL, paper.project_id):
        return answer_pdf(_draw_copy(paper), f"{name}-copy.pdf")
    stored = get_file(db.session(), paper.file_id)
    if paper.format is PaperFormat.PDF:
        return answer_pdf(read_file(stored), f"{name}.pdf")
    response = make_response(read_file(stored))
    response.content_type = stored.media_type
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{paper.format.value}")
    return response


def answer_pdf(data: bytes, name: str) -> Response:
    """Answer with a PDF that the browser shows."""
    response = make_response(data)
    response.content_type = PDF
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response


def _draw_copy(paper: Paper) -> bytes:
    at = paper.superseded_at
    mark = superseded_mark(paper.superseded_reason, clock.business_day_of(at)) if at else None
    return draw_paper(restore_data(paper), is_masked=True, mark=mark)
