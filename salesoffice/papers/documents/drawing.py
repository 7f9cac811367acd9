"""Papers drawn as PDF, and shown on the screen before."""

from datetime import date

from flask import render_template

from salesoffice.core import clock
from salesoffice.core.errors import Text
from salesoffice.infra.i18n import _, speak
from salesoffice.infra.pdf import render_pdf
from salesoffice.papers.documents.printing import day_in_words, list_printed
from salesoffice.papers.queries import PAPER_LANGUAGE
from salesoffice.papers.rules import PaperData
from salesoffice.papers.signals import body_of

_TEMPLATE = "papers/print.html"


def draw_paper(
    data: PaperData, *, operator: str = "", is_masked: bool = False, mark: Text | None = None
) -> bytes:
    """Draw a paper in Chinese as a PDF on A4; `mark` is a warning on top of it (a copy that is no longer in force).

    Takes about a second: call it outside of a transaction. Masked copies hide personal numbers.
    """
    with speak(PAPER_LANGUAGE):
        return render_pdf(
            _TEMPLATE,
            body=body_of(data.kind),
            p=list_printed(data, is_masked=is_masked),
            operator=operator,
            printed_at=clock.now(),
            is_masked=is_masked,
            mark=mark,
            letter_day=_letter_day(),
        )


def build_preview(data: PaperData) -> str:
    """Return a paper as escaped HTML for the screen, in Chinese as it is printed, personal numbers hidden."""
    with speak(PAPER_LANGUAGE):
        return render_template(
            "papers/_sheet.html",
            body=body_of(data.kind),
            p=list_printed(data, is_masked=True),
            letter_day=_letter_day(),
        )


def superseded_mark(number: str, day: date) -> str:
    """Return the warning on a copy of a paper that is no longer in force."""
    with speak(PAPER_LANGUAGE):
        return _("Superseded on %(day)s (%(number)s).", day=day.isoformat(), number=number)


def _letter_day() -> str:
    return day_in_words(clock.business_today().isoformat())
