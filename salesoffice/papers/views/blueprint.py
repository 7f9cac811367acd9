"""The blueprint that the pages of this package share, and how a file is given out."""

from flask import Blueprint, Response, make_response

from salesoffice.core.permissions import Actor
from salesoffice.papers.documents import PaperFile, build_file
from salesoffice.papers.models import Paper

bp = Blueprint("papers", __name__)


def answer_file(paper: Paper, *, actor: Actor, code: str = "") -> Response:
    """Give out the file as it was issued, or a masked copy to those who may not see certificate numbers."""
    return _answer(build_file(paper, actor=actor, code=code))


def answer_pdf(data: bytes, name: str) -> Response:
    """Answer with a PDF that the browser shows."""
    return _answer(PaperFile(data, name))


def _answer(file: PaperFile) -> Response:
    response = make_response(file.data)
    response.content_type = file.media_type
    response.headers.set("Content-Disposition", file.disposition, filename=file.name)
    return response
