"""The pages of approvals: inbox, request, decision, chains, absences."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest, Delegation
from salesoffice.approvals.queries import find_rule
from salesoffice.core import clock
from salesoffice.core.permissions import Role
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import PASSWORD, Office
from tests.factories.approvals import (
    DAYS,
    FAVOUR,
    FINGERPRINT,
    MANAGER,
    MONEY,
    OVERTAKEN,
    make_chain,
    make_request,
)

SignIn = Callable[[User], FlaskClient]
Ask = Callable[..., str]


@pytest.fixture
def ask(do: Do, office: Office) -> Ask:
    """Let the assistant ask the manager; returns the address of the request."""

    def run(number: int = 1, title: str = "A favour for the buyer") -> str:
        def work(session: Session) -> int:
            make_chain(session, office.project.id, MANAGER)
            applicant = office.actor(office.assistant)
            return make_request(session, office.project.id, applicant, number=number, title=title).id

        return f"/p/P1/approvals/{do(work)}"

    return run


def state_of(do: Do, address: str) -> RequestState:
    return do(lambda session: session.get_one(ApprovalRequest, int(address.rpartition("/")[2])).state)


def nonce_in(page: str) -> str:
    found = re.search(r'name="nonce"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_inbox_lists_what_waits_for_the_person(office: Office, sign_in: SignIn, ask: Ask) -> None:
    address = ask()

    pages = [
        sign_in(user).get("/p/P1/approvals?tab=mine").text for user in (office.manager, office.executive)
    ]

    assert [address in page for page in pages] == [True, False]


def test_applicant_finds_the_own_request(office: Office, sign_in: SignIn, ask: Ask) -> None:
    address = ask()

    pages = [sign_in(user).get("/p/P1/approvals?tab=own").text for user in (office.assistant, office.manager)]

    assert [address in page for page in pages] == [True, False]


def test_search_finds_by_title_and_applicant(office: Office, sign_in: SignIn, ask: Ask) -> None:
    address = ask(title="Extension of 101")
    browser = sign_in(office.manager)

    found = [
        address in browser.get(f"/p/P1/approvals?tab=all&q={q}").text for q in ("101", "assistant", "nobody")
    ]

    assert found == [True, True, False]


def test_navigation_counts_what_waits(office: Office, sign_in: SignIn, ask: Ask) -> None:
    ask()

    page = sign_in(office.manager).get("/p/P1/board").text

    assert re.search(r'href="/p/P1/approvals"[^>]*>.*?<span class="count">1</span>', page, re.DOTALL)


def test_request_shows_everything_that_a_decision_needs(office: Office, sign_in: SignIn, ask: Ask) -> None:
    page = sign_in(office.manager).get(ask()).text

    shown = (
        "2026-05-15",
        "-20,000.00",
        "-5,000.00",
        "The buyer wishes it",
        "Extended by 7 days",
        "application.pdf",
        FINGERPRINT,
    )
    assert [words for words in shown if words not in page] == []


def test_mail_link_leads_to_the_request_after_signing_in(
    office: Office, client: FlaskClient, ask: Ask
) -> None:
    address = ask()

    asked = client.get(address, follow_redirects=True)
    answer = client.post(
        "/login",
        data={"email": office.manager.email, "password": PASSWORD, "next": address},
        follow_redirects=True,
    )

    assert (f'value="{address}"' in asked.text, answer.request.path, FINGERPRINT in answer.text) == (
        True,
        address,
        True,
    )


def test_approval_by_page_decides_and_a_double_click_is_harmless(
    office: Office, sign_in: SignIn, ask: Ask, do: Do
) -> None:
    address, browser = ask(), sign_in(office.manager)
    body = {"fingerprint": FINGERPRINT, "comment": "", "nonce": nonce_in(browser.get(address).text)}

    answers = [browser.post(f"{address}/approve", data=body) for _click in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(302, address)] * 2
    assert state_of(do, address) is RequestState.APPROVED


def test_rejection_by_page_keeps_what_was_typed_until_there_is_a_comment(
    office: Office, sign_in: SignIn, ask: Ask, do: Do
) -> None:
    address, browser = ask(), sign_in(office.manager)

    empty = browser.post(f"{address}/reject", data={"fingerprint": FINGERPRINT, "comment": " "})
    answer = browser.post(f"{address}/reject", data={"fingerprint": FINGERPRINT, "comment": "Too late"})

    assert (empty.status_code, answer.status_code) == (422, 302)
    assert state_of(do, address) is RequestState.REJECTED


def test_applicant_cannot_approve_by_page(office: Office, sign_in: SignIn, do: Do, ask: Ask) -> None:
    def work(session: Session) -> int:
        make_chain(session, office.project.id, MANAGER, kind=MONEY)
        session.merge(office.executive).memberships[0].role = Role.MANAGER
        session.flush()
        return make_request(session, office.project.id, office.actor(office.manager), number=2, kind=MONEY).id

    address = f"/p/P1/approvals/{do(work)}"

    answer = sign_in(office.manager).post(f"{address}/approve", data={"fingerprint": FINGERPRINT})

    assert (answer.status_code, state_of(do, address)) == (409, RequestState.PENDING)


def test_decision_about_something_else_keeps_the_comment(
    office: Office, sign_in: SignIn, ask: Ask, do: Do
) -> None:
    address = ask()

    answer = sign_in(office.manager).post(
        f"{address}/approve", data={"fingerprint": "0" * 64, "comment": "my words"}
    )

    assert (answer.status_code, "my words" in answer.text) == (409, True)
    assert state_of(do, address) is RequestState.PENDING


def test_role_that_decides_nothing_is_refused(office: Office, sign_in: SignIn, ask: Ask) -> None:
    address = ask()

    answer = sign_in(office.assistant).post(f"{address}/approve", data={"fingerprint": FINGERPRINT})

    assert answer.status_code == 403


def test_request_of_another_project_does_not_exist(office: Office, sign_in: SignIn, ask: Ask) -> None:
    address = ask().replace("/P1/", "/P1-OTHER/")

    answer = sign_in(office.stranger).get(address)

    assert answer.status_code == 404


def test_approval_that_came_too_late_says_so(office: Office, sign_in: SignIn, ask: Ask, do: Do) -> None:
    address, browser = ask(number=OVERTAKEN), sign_in(office.manager)

    answer = browser.post(f"{address}/approve", data={"fingerprint": FINGERPRINT}, follow_redirects=True)

    assert "未作任何变更：所申请的内容已被其他变更取代" in answer.text
    assert state_of(do, address) is RequestState.STALE


def test_usual_chains_by_page(office: Office, sign_in: SignIn, do: Do) -> None:
    browser = sign_in(office.executive)

    answer = browser.post("/p/P1/approvals/chains")

    rules = do(
        lambda session: [find_rule(session, office.project.id, kind) for kind in (FAVOUR, DAYS, MONEY)]
    )
    assert (answer.status_code, [rule is not None for rule in rules]) == (302, [True] * 3)
    assert "8天起" in browser.get("/p/P1/approvals/chains").text


def test_chain_is_changed_by_page(office: Office, sign_in: SignIn, do: Do) -> None:
    body = {
        "switch": "approve", "decide_hours": "48",
        "steps-0-position": "1", "steps-0-role": "manager", "steps-0-title": "Sales",
        "steps-1-position": "2", "steps-1-role": "executive", "steps-1-user_id": str(office.executive.id),
        "steps-1-from_measure": "10,000.50", "steps-2-role": "",
    }  # fmt: skip

    answer = sign_in(office.executive).post(f"/p/P1/approvals/chains/{MONEY}", data=body)

    def read(session: Session) -> list[tuple[object, ...]]:
        rule = find_rule(session, office.project.id, MONEY)
        assert rule is not None
        return [
            (step.position, step.role, step.user_id, step.title, step.from_measure) for step in rule.steps
        ]

    assert answer.status_code == 302
    assert do(read) == [
        (1, Role.MANAGER, None, "Sales", None), (2, Role.EXECUTIVE, office.executive.id, "", 10_000_50),
    ]  # fmt: skip


def test_chain_with_the_wrong_person_is_refused_at_its_field(office: Office, sign_in: SignIn) -> None:
    body = {
        "switch": "approve", "decide_hours": "48", "steps-0-role": "", "steps-1-role": "executive",
        "steps-1-user_id": str(office.manager.id), "steps-1-title": "Typed",
    }  # fmt: skip

    answer = sign_in(office.executive).post(f"/p/P1/approvals/chains/{FAVOUR}", data=body)

    assert answer.status_code == 422
    assert ("Typed" in answer.text, 'id="steps-1-user_id-error"' in answer.text) == (True, True)


def test_chains_are_changed_by_executives_only(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)

    codes = [
        browser.get("/p/P1/approvals/chains").status_code,
        browser.get(f"/p/P1/approvals/chains/{FAVOUR}").status_code,
        browser.post("/p/P1/approvals/chains").status_code,
    ]

    assert codes == [200, 403, 403]


def test_absence_is_entered_and_ended_by_page(office: Office, sign_in: SignIn, do: Do) -> None:
    browser, today = sign_in(office.manager), clock.business_today().isoformat()
    body = {
        "from_user_id": str(office.manager.id), "to_user_id": str(office.finance.id),
        "starts_on": today, "ends_on": today, "reason": "Leave",
        "nonce": nonce_in(browser.get("/p/P1/approvals/absences").text),
    }  # fmt: skip

    answers = [browser.post("/p/P1/approvals/absences", data=body) for _click in range(2)]
    ended = browser.post("/p/P1/approvals/absences/1/end")

    rows = do(lambda session: len(session.scalars(select(Delegation)).all()))
    assert ([answer.status_code for answer in answers], ended.status_code, rows) == ([302, 302], 302, 1)
