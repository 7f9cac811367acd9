"""The papers of a project and of a sale, one paper, its file: what they show, and to whom."""

import pytest
from sqlalchemy.orm import Session

from salesoffice.papers.enums import PaperKind
from salesoffice.papers.models import Paper
from salesoffice.reservations.models import Subscription
from tests.conftest import Do
from tests.factories import Office
from tests.factories.papers import make_paper
from tests.factories.sales import CERTIFICATE
from tests.papers.conftest import ENGLISH, Lower, SignIn, text_of

LIST = "/p/P1/papers"
SALE = "/p/P1/deals/D000001/papers"
AGREEMENT = "/p/P1/subscriptions/RG000001.pdf"
MAKE = "/p/P1/subscriptions/RG000001/agreement"


@pytest.fixture
def letter(do: Do, office: Office, sale: Subscription) -> Paper:
    """A letter to the buyers of the sale."""

    def write(session: Session) -> Paper:
        found = session.get_one(Subscription, sale.id)
        return make_paper(session, office, found, kind=PaperKind.NOTICE, clauses="请尽快补齐材料。")

    return do(write)


def test_empty_lists_say_what_to_do(office: Office, sale: Subscription, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    pages = [browser.get(address, headers=ENGLISH).text for address in (LIST, SALE)]

    assert "Open a deal and issue the first paper there." in pages[0]
    assert "Choose below what to issue." in pages[1]


def test_paper_in_force_stands_on_every_page(office: Office, paper: Paper, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    for address in (LIST, SALE, "/p/P1/deals/D000001"):
        page = browser.get(address, headers=ENGLISH).text
        assert ("RG000001" in page, "Paper in force" in page, "Issue again" in page) == (True, True, False), (
            address
        )


def test_changed_price_is_shown_old_and_new_with_a_button(
    office: Office, sale: Subscription, paper: Paper, lower_price: Lower, sign_in: SignIn
) -> None:
    lower_price(sale)
    browser = sign_in(office.assistant)

    for address in (SALE, "/p/P1/deals/D000001"):
        page = browser.get(address, headers=ENGLISH).text
        assert "Deal price: 900,000.00 → 880,000.00" in page, address
        assert f'action="/p/P1/papers/{paper.id}/again"' in page
    page = browser.get(f"/p/P1/papers/{paper.id}", headers=ENGLISH).text
    assert ("Needs issuing again" in page, "On this paper" in page, "商品房认购书" in page) == (
        True,
        True,
        True,
    )


def test_list_is_searched_and_filtered(
    office: Office, paper: Paper, letter: Paper, do: Do, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    def mark(session: Session) -> None:
        found = session.get_one(Paper, paper.id)
        found.superseded_at, found.superseded_reason = found.issued_at, "BG000001"

    do(mark)

    def count(query: str) -> int:
        return browser.get(f"{LIST}?{query}").text.count("/p/P1/papers/")

    assert [count(query) for query in ("", "kind=notice", "state=outdated", "q=d0000", "q=1-a-101", "q=xyz")] == [
        2, 1, 1, 2, 2, 0,
    ]  # fmt: skip


def test_preview_on_the_page_hides_personal_numbers(office: Office, paper: Paper, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get(f"/p/P1/papers/{paper.id}").text

    assert ("张甲" in page, CERTIFICATE in page, "138****1234" in page) == (True, False, True)


def test_file_is_the_one_that_was_issued(office: Office, paper: Paper, sign_in: SignIn) -> None:
    answers = [sign_in(office.assistant).get(address) for address in (f"{LIST}/{paper.id}/file", AGREEMENT)]

    assert [(answer.status_code, answer.content_type, answer.data) for answer in answers] == [
        (200, "application/pdf", b"%PDF-1.7 subscription 1")
    ] * 2


@pytest.mark.parametrize("who", ["rep", "finance", "executive"])
def test_copy_of_a_superseded_paper_is_masked_and_marked(
    office: Office, sale: Subscription, paper: Paper, lower_price: Lower, sign_in: SignIn, who: str
) -> None:
    lower_price(sale)
    sign_in(office.assistant).post(f"{LIST}/{paper.id}/again")

    text = text_of(sign_in(getattr(office, who)).get(f"{LIST}/{paper.id}/file").data)

    assert (CERTIFICATE in text, "138****1234" in text, "900,000.00" in text) == (False, True, True)
    assert "失效（RG000001(2)）。" in text


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 200), ("other_rep", 404), ("planner", 403), ("stranger", 404)]
)
def test_papers_of_others_are_not_shown(
    office: Office, paper: Paper, sign_in: SignIn, who: str, status: int
) -> None:
    browser = sign_in(getattr(office, who))

    codes = {
        browser.get(address).status_code
        for address in (SALE, f"{LIST}/{paper.id}", f"{LIST}/{paper.id}/file")
    }

    assert codes == {status}


def test_list_of_a_rep_has_only_own_sales(office: Office, paper: Paper, sign_in: SignIn) -> None:
    found = [
        f"/p/P1/papers/{paper.id}" in sign_in(who).get(LIST).text for who in (office.rep, office.other_rep)
    ]

    assert found == [True, False]


def test_paper_of_another_project_is_not_found(office: Office, paper: Paper, sign_in: SignIn) -> None:
    answer = sign_in(office.admin).get(f"/p/P1-OTHER/papers/{paper.id}")

    assert answer.status_code == 404


def test_agreement_is_made_again_only_when_it_says_something_else(
    office: Office, sale: Subscription, paper: Paper, lower_price: Lower, session: Session, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    browser.post(MAKE)
    first = session.query(Paper).count()
    lower_price(sale)

    browser.post(MAKE)
    browser.post(MAKE)

    assert (first, session.query(Paper).count()) == (1, 2)
    assert "880,000.00" in text_of(browser.get(AGREEMENT).data)
