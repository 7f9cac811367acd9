"""Pages and API of engineering change notices."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra.files import read_file
from salesoffice.notices.enums import BuyerAnswer
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.papers.models import Paper
from salesoffice.reservations.models import Subscription
from tests.factories import Office

SignIn = Callable[..., FlaskClient]
PAGE = "/p/P1/engineering-notices"


def form(office: Office) -> dict[str, str]:
    return {
        "title": "小区入口调整", "body": "东入口改至锦绣路。", "source": "深规函", "nonce": "a",
        "decided_on": clock.business_today().isoformat(), "notify_days": "10", "answer_days": "15",
        "buildings": str(office.units[0].building_id),
    }  # fmt: skip


def test_notice_is_entered_once_and_told_to_all_at_once(
    session: Session, office: Office, sales: tuple[Subscription, ...], sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)

    answers = [browser.post(f"{PAGE}/new", data=form(office)) for _ in range(2)]
    told = browser.post(
        f"{PAGE}/1/told",
        data={"how": "EMS 1", "on": clock.business_today().isoformat(), "delivery_ids": ["1", "2"]},
    )

    days = session.scalars(select(NoticeDelivery.notified_on)).all()
    assert [answer.location for answer in answers] == [f"{PAGE}/1"] * 2
    assert (told.status_code, days) == (302, [clock.business_today()] * 2)
    assert "小区入口调整" in browser.get(PAGE).text


def test_telling_nobody_is_refused_and_one_wrong_refuses_all(
    session: Session, office: Office, notice: EngineeringNotice, sign_in: SignIn
) -> None:
    browser, today = sign_in(office.manager), clock.business_today().isoformat()
    browser.post(f"{PAGE}/1/told", data={"how": "EMS 1", "on": today, "delivery_ids": ["1"]})

    statuses = [
        browser.post(f"{PAGE}/1/told", data={"how": "EMS 2", "on": today, "delivery_ids": ids}).status_code
        for ids in ([], ["1", "2"], ["99"])
    ]

    session.rollback()
    assert statuses == [422, 409, 404]
    assert session.get_one(NoticeDelivery, 2).notified_on is None


def test_answer_of_withdrawal_says_what_to_do_next(
    session: Session, office: Office, notice: EngineeringNotice, sign_in: SignIn
) -> None:
    browser, today = sign_in(office.manager), clock.business_today().isoformat()
    browser.set_cookie("language", "en")
    browser.post(f"{PAGE}/1/told", data={"how": "EMS 1", "on": today, "delivery_ids": ["1"]})

    answer = browser.post(
        "/p/P1/notice-deliveries/1/answer", data={"answer": "withdrew", "on": today}, follow_redirects=True
    )

    session.rollback()
    session.expire_all()
    assert "Now ask for the cancellation of deal" in answer.text
    assert session.get_one(NoticeDelivery, 1).answer is BuyerAnswer.WITHDREW


def test_paper_is_issued_once_and_says_the_change(
    session: Session,
    office: Office,
    notice: EngineeringNotice,
    sales: tuple[Subscription, ...],
    sign_in: SignIn,
) -> None:
    browser = sign_in(office.manager)

    answers = [
        browser.post("/p/P1/notice-deliveries/1/paper", data={"format": "pdf"}).status_code for _ in range(2)
    ]

    session.rollback()
    paper = session.scalars(select(Paper)).one()
    pages = PdfReader(io.BytesIO(read_file(paper.file))).pages
    words = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    assert answers == [302, 302]
    assert (paper.number, paper.deal_id) == (f"SJ000001-{sales[0].deal.number}", sales[0].deal_id)
    assert all(part in words for part in ("小区东入口改至锦绣路一侧。", "张甲", "15", "不作答复"))


def test_story_of_the_sale_tells_of_the_notice(
    office: Office, notice: EngineeringNotice, sales: tuple[Subscription, ...], sign_in: SignIn
) -> None:
    page = sign_in(office.manager).get(f"/p/P1/deals/{sales[0].deal.number}").text

    assert "工程变更通知" in page
    assert "SJ000001" in page


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/new", f"{PAGE}/1", "/p/P1/notice-deliveries/1/answer"])
def test_others_are_refused(office: Office, notice: EngineeringNotice, sign_in: SignIn, path: str) -> None:
    statuses = [sign_in(user).get(path).status_code for user in (office.rep, office.finance, office.stranger)]

    assert statuses == [403, 403, 404]


def test_nobody_signed_in_is_sent_to_sign_in(office: Office, client: FlaskClient) -> None:
    assert client.get(PAGE).status_code == 302


def test_api_enters_tells_answers_and_lists(
    office: Office, sales: tuple[Subscription, ...], sign_in: SignIn
) -> None:
    browser, today = sign_in(office.manager), clock.business_today().isoformat()
    body = {"title": "入口调整", "body": "改至锦绣路。", "decided_on": today, "codes": ["1-A-101"]}
    telling = {"how": "EMS 1", "on": today}

    made = browser.post("/api/v1/projects/P1/engineering-notices", json=body)
    told = browser.post("/api/v1/notice-deliveries/1/notify", json=telling)
    twice = browser.post("/api/v1/notice-deliveries/1/notify", json=telling)
    answer = browser.post(
        "/api/v1/notice-deliveries/1/answer", json={"answer": "accepted", "on": today, "note": "电话"}
    )
    page = browser.get("/api/v1/projects/P1/engineering-notices").json

    assert (made.status_code, made.json["number"], made.json["answer_days"]) == (201, "SJ000001", 15)
    assert (told.status_code, twice.status_code, twice.json["code"]) == (200, 409, "wrong_state")
    assert (answer.json["answer"], answer.json["note"]) == ("accepted", "电话")
    assert page["items"][0]["deliveries"] == [answer.json]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"codes": ["1-A-999"]}, "notice_code_unknown"),
        ({"codes": []}, "notice_without_deals"),
        ({"answer_days": 0}, "invalid_input"),
        ({"title": ""}, "invalid_input"),
        ({"colour": "red"}, "invalid_input"),
    ],
)
def test_api_refuses_what_cannot_be(
    office: Office,
    sales: tuple[Subscription, ...],
    sign_in: SignIn,
    change: dict[str, object],
    code: str,
) -> None:
    today = clock.business_today().isoformat()
    body = {"title": "入口调整", "body": "改至锦绣路。", "decided_on": today, "codes": ["1-A-101"], **change}

    answer = sign_in(office.manager).post("/api/v1/projects/P1/engineering-notices", json=body)

    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_api_is_closed_to_others(office: Office, notice: EngineeringNotice, sign_in: SignIn) -> None:
    telling = {"how": "EMS 1", "on": clock.business_today().isoformat()}

    statuses = [
        sign_in(user).post("/api/v1/notice-deliveries/1/notify", json=telling).status_code
        for user in (office.rep, office.finance, office.stranger)
    ]

    assert statuses == [403, 403, 404]
