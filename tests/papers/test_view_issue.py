"""Issuing papers by page: typed words, preview, second editions, and who may."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.papers.models import Paper
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import cancel_subscription
from tests.conftest import Do
from tests.factories import Office
from tests.papers.conftest import ENGLISH, Lower, SignIn, text_of

NEW = "/p/P1/deals/D000001/papers/new"
WORDS = "精装标准见附件。\n车位另行签约。"


def address(sale: Subscription, kind: str = "supplement") -> str:
    """Return the address of the form for a paper about the agreement."""
    return f"{NEW}?what={kind}:subscriptions:{sale.id}"


def rows(session: Session) -> list[tuple[str, int, str]]:
    """Return number, edition and words of every paper."""
    found = session.execute(select(Paper.number, Paper.edition, Paper.clauses).order_by(Paper.id))
    return [(number, edition, clauses) for number, edition, clauses in found]


def shown_in(page: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    return page.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]


def test_words_are_previewed_with_numbers_and_kept(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    page = browser.post(address(sale), data={"clauses": WORDS, "action": "preview"}, headers=ENGLISH)

    assert page.status_code == 200
    assert "<li>精装标准见附件。</li><li>车位另行签约。</li>" in page.text
    assert (WORDS in page.text.replace("\r\n", "\n"), "Issue as PDF, edition 1" in page.text) == (True, True)
    assert rows(session) == []


def test_supplement_is_issued_drawn_and_opened(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    page = browser.post(address(sale), data={"clauses": WORDS, "action": "preview"})
    data = {"clauses": WORDS, "action": "issue"}
    data |= {name: shown_in(page.text, name) for name in ("shown", "nonce")}

    first = browser.post(address(sale), data=data)
    second = browser.post(address(sale), data=data)

    assert (first.status_code, first.location, second.location) == (302, "/p/P1/papers/1", "/p/P1/papers/1")
    assert rows(session) == [("RG000001-补1", 1, WORDS)]
    assert "车位另行签约。" in text_of(browser.get("/p/P1/papers/1/file").data)


def test_supplement_without_words_keeps_the_page(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    answer = sign_in(office.assistant).post(address(sale), data={"action": "issue"}, headers=ENGLISH)

    assert (answer.status_code, "Type what was agreed, one clause on each line." in answer.text) == (
        422,
        True,
    )
    assert rows(session) == []


def test_what_changed_since_the_preview_is_shown_again(
    session: Session, office: Office, sale: Subscription, lower_price: Lower, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    page = browser.get(address(sale, "subscription"))
    lower_price(sale)

    answer = browser.post(
        address(sale, "subscription"),
        data={"action": "issue", "shown": shown_in(page.text, "shown")},
        headers=ENGLISH,
    )

    assert (answer.status_code, "was changed at this moment" in answer.text, "880,000.00" in answer.text) == (
        409, True, True,
    )  # fmt: skip
    assert rows(session) == []


def test_paper_is_issued_again_once(
    session: Session, office: Office, sale: Subscription, paper: Paper, lower_price: Lower, sign_in: SignIn
) -> None:
    lower_price(sale)
    browser = sign_in(office.assistant)

    answers = [browser.post(f"/p/P1/papers/{paper.id}/again") for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert rows(session) == [("RG000001", 1, ""), ("RG000001", 2, "")]


def test_letter_is_issued_again_with_other_words(
    session: Session, office: Office, sale: Subscription, sign_in: SignIn, do: Do
) -> None:
    browser = sign_in(office.assistant)
    browser.post(address(sale), data={"clauses": WORDS, "action": "issue"})
    again = browser.get(f"{address(sale)}&again=1").text

    answer = browser.post(
        address(sale), data={"clauses": "改写的约定。", "action": "issue", "again": "1", "nonce": "n2"}
    )

    assert (WORDS.partition("\n")[0] in again, answer.location) == (True, "/p/P1/papers/2")
    stored = session.execute(select(Paper.superseded_reason).order_by(Paper.id)).scalars().all()
    assert stored == ["RG000001-补2", ""]


def test_paper_of_an_ended_sale_is_refused(
    session: Session, office: Office, sale: Subscription, paper: Paper, do: Do, sign_in: SignIn
) -> None:
    def cancel(session: Session) -> Any:
        found = session.get_one(Subscription, sale.id)
        return cancel_subscription(session, found, actor=office.actor(office.manager), reason="客户要求")

    do(cancel)
    browser = sign_in(office.assistant)

    again = browser.post(f"/p/P1/papers/{paper.id}/again", headers=ENGLISH)
    new = browser.get(address(sale, "subscription"))

    assert (again.status_code, "has ended" in again.text, new.status_code) == (409, True, 422)
    assert len(rows(session)) == 1


@pytest.mark.parametrize("what", ["", "nonsense", "approval", "supplement:contracts:9", "supplement:x:y"])
def test_paper_that_there_is_not_is_refused(
    office: Office, sale: Subscription, sign_in: SignIn, what: str
) -> None:
    assert sign_in(office.assistant).get(f"{NEW}?what={what}").status_code == 422


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("finance", 403), ("stranger", 404)])
def test_issuing_is_for_the_office(
    session: Session, office: Office, sale: Subscription, paper: Paper, sign_in: SignIn, who: str, status: int
) -> None:
    browser = sign_in(getattr(office, who))

    codes = {
        browser.post(address(sale), data={"clauses": WORDS, "action": "issue"}).status_code,
        browser.post(f"/p/P1/papers/{paper.id}/again").status_code,
    }

    assert codes == {status}
    assert len(rows(session)) == 1
