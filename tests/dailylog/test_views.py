"""Pages, API and commands of the daily log, each asked by the right and the wrong people."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from salesoffice.customers.enums import VisitKind
from salesoffice.dailylog.cli import group
from salesoffice.staff.models import User
from tests.dailylog.conftest import CloseDay
from tests.factories.day import DAY, RECIPIENTS, Days, clock_at

SignIn = Callable[[User], FlaskClient]
PAGE = f"/p/P1/log/{DAY}"
API = f"/api/v1/projects/P1/daily-logs/{DAY}"


def test_review_page_shows_live_figures(friday: Days, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        page = sign_in(friday.office.assistant).get(PAGE, headers={"Accept-Language": "zh-CN"})

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert [
        part for part in ("180.00 万元", "115.00 万元", "核对无误", "关账并发送") if part not in text
    ] == []


def test_executive_reads_but_does_not_close(friday: Days, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        browser = sign_in(friday.office.executive)
        page, closing = browser.get(PAGE), browser.post(f"{PAGE}/close")

    assert (page.status_code, closing.status_code) == (200, 403)
    assert "/close" not in page.get_data(as_text=True)


def test_closing_freezes_and_sends_and_twice_is_harmless(friday: Days, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        browser = sign_in(friday.office.assistant)
        first, second = browser.post(f"{PAGE}/close"), browser.post(f"{PAGE}/close")
        page = browser.get(PAGE).get_data(as_text=True)

    assert (first.status_code, second.status_code) == (302, 302)
    assert [email for email in RECIPIENTS if page.count(email) != 1] == []
    assert "180.00 万元" in page


def test_notes_are_kept_and_refused_once_closed(friday: Days, close: CloseDay, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        browser = sign_in(friday.office.assistant)
        saved = browser.post(f"{PAGE}/notes", data={"weather": "小雨", "plan": "开会"})
        text = browser.get(PAGE).get_data(as_text=True)
    close(DAY)
    with clock_at(DAY, 18, 40):
        late = browser.post(f"{PAGE}/notes", data={"weather": "晴"})
        frozen = browser.get(PAGE).get_data(as_text=True)

    assert (saved.status_code, late.status_code) == (302, 302)
    assert "小雨" in text
    assert "小雨" in frozen


def test_too_long_weather_is_shown_with_what_was_typed(friday: Days, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        browser = sign_in(friday.office.assistant)
        page = browser.post(f"{PAGE}/notes", data={"weather": "x" * 61, "plan": "kept words"})

    assert page.status_code == 422
    assert "kept words" in page.get_data(as_text=True)


def test_added_recipient_is_sent_the_log(friday: Days, close: CloseDay, sign_in: SignIn) -> None:
    close(DAY)
    with clock_at(DAY, 18, 40):
        browser = sign_in(friday.office.assistant)
        sent = browser.post(f"{PAGE}/send", data={"to": "new@example.test"})
        wrong = browser.post(f"{PAGE}/send", data={"to": "nobody"})
        pdf = browser.get(f"{PAGE}/daily-log.pdf")

    assert (sent.status_code, wrong.status_code) == (302, 422)
    assert pdf.data.startswith(b"%PDF")


def test_month_lists_the_days(friday: Days, close: CloseDay, sign_in: SignIn) -> None:
    close(DAY)
    with clock_at(DAY, 18, 40):
        page = sign_in(friday.office.executive).get("/p/P1/log?month=2026-11")

    assert page.status_code == 200
    assert page.get_data(as_text=True).count("/p/P1/log/2026-11-") >= 20


@pytest.mark.parametrize("address", ["/p/P1/log/2026-13-01", "/p/P1/log/x", "/p/P1/log/2030-01-01"])
def test_day_that_is_none_or_not_yet_is_not_found(friday: Days, sign_in: SignIn, address: str) -> None:
    with clock_at(DAY, 18, 20):
        assert sign_in(friday.office.assistant).get(address).status_code == 404


def test_rep_writes_and_changes_an_own_opinion(friday: Days, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        browser = sign_in(friday.office.other_rep)
        saved = [browser.post("/p/P1/opinions", data={"kind": "asked", "text": "学区"}) for _ in range(2)]
        changed = browser.post("/p/P1/opinions/2", data={"kind": "asked", "text": "学区与地铁"})
        foreign = browser.post("/p/P1/opinions/1", data={"kind": "asked", "text": "改"})
        page = browser.get("/p/P1/opinions").get_data(as_text=True)

    assert [answer.status_code for answer in (*saved, changed, foreign)] == [302, 302, 302, 403]
    assert page.count("学区与地铁") == 1
    assert "南北通透" not in page


def test_empty_opinion_is_refused(friday: Days, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        assert sign_in(friday.office.rep).post("/p/P1/opinions", data={"kind": "asked"}).status_code == 422


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 403), ("stranger", 404), ("finance", 200), ("executive", 200)]
)
def test_api_gives_the_snapshot_to_those_who_may_read(
    friday: Days, close: CloseDay, sign_in: SignIn, who: str, status: int
) -> None:
    close(DAY)
    with clock_at(DAY, 18, 40):
        assert sign_in(getattr(friday.office, who)).get(API).status_code == status


def test_api_has_the_snapshot_as_sent_and_what_was_restated(
    friday: Days, close: CloseDay, sign_in: SignIn
) -> None:
    log = close(DAY)
    friday.visit(DAY, 19, VisitKind.VISIT, is_first=True)
    with clock_at(DAY, 19, 30):
        body = sign_in(friday.office.finance).get(API).get_json()

    assert body["snapshot"] == json.loads(log.snapshot)
    assert body["snapshot_sha256"] == log.snapshot_sha256
    assert [(row["metric"], row["old"]["count"], row["new"]["count"]) for row in body["restated"]] == [
        ("visits_first", 2, 3)
    ]


def test_api_knows_no_open_day(friday: Days, sign_in: SignIn) -> None:
    with clock_at(DAY, 18, 20):
        answer = sign_in(friday.office.finance).get(API)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_commands_close_show_and_send(friday: Days) -> None:
    runner, options = friday.app.test_cli_runner(), ["--project", "P1", "--date", str(DAY), "--json"]

    with clock_at(DAY, 18, 30), friday.app.app_context():
        closed, shown, sent, again = (
            runner.invoke(group, [verb, *options]) for verb in ("close", "show", "send", "send")
        )

    assert [result.exit_code for result in (closed, shown, sent, again)] == [0, 0, 0, 0]
    assert json.loads(shown.output)["snapshot_sha256"] == json.loads(closed.output)["snapshot_sha256"]
    assert [json.loads(result.output)["queued"] for result in (sent, again)] == [list(RECIPIENTS), []]


def test_command_refuses_an_unknown_project(days: Days) -> None:
    with days.app.app_context():
        options = ["close", "--project", "X", "--date", str(DAY), "--json"]
        result = days.app.test_cli_runner().invoke(group, options)

    assert result.exit_code == 2
