"""A sale of one unit, its changes, and reading papers back as text."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from salesoffice.papers.models import Paper
from salesoffice.papers.queries import find_breaches
from salesoffice.reservations.models import Subscription
from tests.conftest import Do
from tests.factories import Office
from tests.factories.papers import make_paper
from tests.factories.sales import make_sale

SignIn = Callable[..., FlaskClient]
Lower = Callable[[Subscription], None]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def sale(do: Do, office: Office) -> Subscription:
    """A subscription agreement of today over unit 101 with one buyer, 900,000.00 yuan, mortgage."""
    return do(lambda session: make_sale(session, office))


@pytest.fixture
def paper(do: Do, office: Office, sale: Subscription) -> Paper:
    """Its agreement, issued."""
    return do(lambda session: make_paper(session, office, session.get_one(Subscription, sale.id)))


@pytest.fixture
def breaches(session: Session) -> Callable[[], list[str]]:
    """Everything that `verify` would find about papers."""
    return lambda: list(find_breaches(session))


@pytest.fixture
def lower_price(do: Do) -> Lower:
    """Agree on 880,000.00 yuan, as a change of the price does."""

    def lower(sale: Subscription) -> None:
        def change(session: Session) -> None:
            found = session.get_one(Subscription, sale.id)
            found.total_amount = 880_000_00

        do(change)

    return lower


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF without any spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def count_pages(pdf: bytes) -> int:
    """Return the number of pages of a PDF."""
    return len(PdfReader(io.BytesIO(pdf)).pages)
