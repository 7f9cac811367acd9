"""The file of a paper as it is given out: whole, or a masked copy."""

from dataclasses import dataclass

from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra.files import read_file
from salesoffice.papers.documents.drawing import draw_paper, superseded_mark
from salesoffice.papers.enums import PaperFormat
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import restore_data

PDF = "application/pdf"


@dataclass(frozen=True)
class PaperFile:
    """What is sent: content, media type, name; `disposition` shows it in the browser or saves it."""

    data: bytes
    name: str
    media_type: str = PDF
    disposition: str = "inline"


def build_file(paper: Paper, *, actor: Actor, code: str = "") -> PaperFile:
    """Return the file as it was issued, or a masked copy to those who may not see certificate numbers."""
    name = f"{code}-{paper.number}-{paper.kind.value}-{paper.edition}".removeprefix("-")
    if not actor.can(Permission.CUSTOMER_REVEAL, paper.project_id):
        return PaperFile(_draw_copy(paper), f"{name}-copy.pdf")
    if paper.format is PaperFormat.PDF:
        return PaperFile(read_file(paper.file), f"{name}.pdf")
    return PaperFile(
        read_file(paper.file), f"{name}.{paper.format.value}", paper.file.media_type, "attachment"
    )


def _draw_copy(paper: Paper) -> bytes:
    at = paper.superseded_at
    mark = superseded_mark(paper.superseded_reason, clock.business_day_of(at)) if at else None
    return draw_paper(restore_data(paper), is_masked=True, mark=mark)
