"""The pages of price versions: each decision works, and is refused to whom it does not belong."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.pricing.enums import PriceLayer, PriceVersionState
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.services import put_in_force, set_limits
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.prices import make_approved, make_submitted, make_version

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/prices/versions"
STATES = {"draft": make_version, "submitted": make_submitted, "approved": make_approved}
DECISIONS = ("submit", "approve", "return", "withdraw", "activate", "activate-rest", "revert")


@pytest.fixture(name="sign_in")
def sign_in_in_english(sign_in: SignIn) -> SignIn:
    """Open a browser whose reader wants English."""

    def open_browser(user: User) -> FlaskClient:
        browser = sign_in(user)
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return browser

    return open_browser


def prepare(app: Flask, office: Office, state: str, totals: Mapping[int, int] | None = None) -> int:
    """Make version 2 in a state; return its number."""
    with app.test_request_context(), transaction() as session:
        return STATES[state](session, office, totals or {0: 909_000, 1: 891_000}).number


def states(app: Flask) -> list[str]:
    """Return the states of all versions of the project, the oldest first."""
    with app.test_request_context():
        return [
            state.value
            for state in db.session.scalars(
                select(PriceVersion.state).where(PriceVersion.project_id == 1).order_by(PriceVersion.number)
            )
        ]


def test_version_goes_from_draft_into_force(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "draft")

    submitted = sign_in(office.planner).post(f"{PAGE}/2/submit", data={"nonce": "a"})
    approved = sign_in(office.manager).post(
        f"{PAGE}/2/approve", data={"nonce": "b", "when": "now", "comment": "fine"}
    )

    assert [answer.headers["Location"] for answer in (submitted, approved)] == [f"{PAGE}/2", f"{PAGE}/2"]
    assert states(app) == ["superseded", "in_force"]


def test_approved_version_waits_for_somebody(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "submitted")
    browser = sign_in(office.manager)

    browser.post(f"{PAGE}/2/approve", data={"nonce": "b", "when": "by_hand"})
    between = states(app)
    browser.post(f"{PAGE}/2/activate", data={"nonce": "c"})

    assert between == ["in_force", "approved"]
    assert states(app) == ["superseded", "in_force"]


def test_moment_needs_day_and_time(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "submitted")
    browser = sign_in(office.manager)

    missing = browser.post(f"{PAGE}/2/approve", data={"when": "at", "day": "2099-01-02"})
    past = browser.post(f"{PAGE}/2/approve", data={"when": "at", "day": "2020-01-02", "time": "09:00"})
    good = browser.post(f"{PAGE}/2/approve", data={"when": "at", "day": "2099-01-02", "time": "09:00"})

    assert [answer.status_code for answer in (missing, past, good)] == [422, 422, 302]
    assert "2099-01-02" in missing.text
    assert "2099-01-02 09:00" in browser.get(f"{PAGE}/2").text
    assert states(app) == ["in_force", "approved"]


def test_double_click_decides_once(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "draft")
    browser = sign_in(office.planner)

    answers = [browser.post(f"{PAGE}/2/submit", data={"nonce": "same"}).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert states(app) == ["in_force", "submitted"]


def test_second_decision_is_refused_with_the_state(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "submitted")
    browser = sign_in(office.planner)

    answer = browser.post(f"{PAGE}/2/submit", data={"nonce": "x"})

    assert answer.status_code == 409
    assert "Price version 2 is in the state" in answer.text


def test_returned_version_shows_the_comment(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "submitted")
    manager = sign_in(office.manager)

    empty = manager.post(f"{PAGE}/2/return", data={"comment": " "})
    manager.post(f"{PAGE}/2/return", data={"comment": "top floor too low"})

    assert empty.status_code == 422
    assert states(app) == ["in_force", "draft"]
    assert "Returned: top floor too low" in sign_in(office.planner).get(f"{PAGE}/2").text


def test_withdrawn_version_stays_withdrawn(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "submitted")
    browser = sign_in(office.planner)

    answers = [browser.post(f"{PAGE}/2/withdraw", data={"nonce": nonce}).status_code for nonce in ("a", "b")]

    assert answers == [302, 302]
    assert states(app) == ["in_force", "withdrawn"]


def test_own_version_is_not_approved(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        make_version(session, office, {0: 909_000}, actor=office.actor(office.manager))
    browser = sign_in(office.manager)
    browser.post(f"{PAGE}/2/submit", data={"nonce": "a"})

    answer = browser.post(f"{PAGE}/2/approve", data={"when": "now", "comment": "mine"})

    assert answer.status_code == 409
    assert "somebody else has to approve them" in answer.text
    assert 'value="mine"' in answer.text


def test_large_move_names_the_executive(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "submitted", {0: 1_000_000})

    answer = sign_in(office.manager).post(f"{PAGE}/2/approve", data={"when": "now"})

    assert answer.status_code == 403
    assert office.executive.name in answer.text
    assert states(app) == ["in_force", "submitted"]


def test_held_unit_is_named_and_the_rest_goes_on(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "approved")
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep))
    browser = sign_in(office.manager)

    page = browser.get(f"{PAGE}/2")
    refused = browser.post(f"{PAGE}/2/activate", data={"nonce": "a"})
    rest = browser.post(f"{PAGE}/2/activate-rest", data={"nonce": "b"})

    assert f"{office.units[0].code}</a>: held or sold meanwhile" in page.text
    assert refused.status_code == 409
    assert f"{office.units[0].code}: held or sold meanwhile" in refused.text
    assert rest.headers["Location"] == f"{PAGE}/3"
    assert states(app) == ["superseded", "withdrawn", "in_force"]


def test_approval_at_once_stands_when_a_unit_was_held(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "submitted")
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep))

    answer = sign_in(office.manager).post(f"{PAGE}/2/approve", data={"when": "now"}, follow_redirects=True)

    assert "1 units changed since these prices were made" in answer.text
    assert states(app) == ["in_force", "approved"]


def test_old_prices_come_back_as_a_draft(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        put_in_force(
            session, make_approved(session, office, {0: 909_000}), actor=office.actor(office.manager)
        )

    answer = sign_in(office.planner).post(f"{PAGE}/1/revert", data={"nonce": "a"})

    assert answer.headers["Location"] == f"{PAGE}/3"
    assert states(app) == ["superseded", "in_force", "draft"]


def test_page_shows_differences_by_filter(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "draft")
    browser = sign_in(office.planner)

    every = browser.get(f"{PAGE}/2").text
    changed = browser.get(f"{PAGE}/2?changed=1").text
    found = browser.get(f"{PAGE}/2?q={office.units[1].code}&against=1").text
    nothing = browser.get(f"{PAGE}/2?q=nowhere").text

    assert [page.count('<th scope="row">') for page in (every, changed, found, nothing)] == [20, 2, 1, 0]
    assert "+9,000.00" in every
    assert "+1.00%" in every
    assert "-9,000.00" in found
    assert "No unit matches" in nothing


def test_page_leads_from_a_finding_to_its_units(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        set_limits(
            session, office.project.id, actor=office.actor(office.manager), layer=PriceLayer.GROUP_FLOOR,
            totals={office.units[1].id: 895_000_00}, effective_on=clock.business_today(), source="letter",
        )  # fmt: skip
    prepare(app, office, "draft")

    planner = sign_in(office.planner).get(f"{PAGE}/2").text
    assistant = sign_in(office.assistant).get(f"{PAGE}/2").text
    filtered = sign_in(office.planner).get(f"{PAGE}/2?finding=below_group_floor").text
    refused = sign_in(office.planner).post(f"{PAGE}/2/submit", data={"nonce": "a"})

    assert "891,000.00 yuan, floor price 895,000.00 yuan" in planner
    assert "895,000.00" not in assistant
    assert filtered.count('<th scope="row">') == 1
    assert refused.status_code == 422
    assert f"{office.units[1].code}: Below the group&#39;s floor price" in refused.text


def test_rep_sees_only_prices_that_were_in_force(app: Flask, office: Office, sign_in: SignIn) -> None:
    prepare(app, office, "approved")
    browser = sign_in(office.rep)

    listed = browser.get(PAGE).text

    assert "Version 1" in listed
    assert "Version 2" not in listed
    assert [browser.get(f"{PAGE}/{number}").status_code for number in (1, 2, 9)] == [200, 404, 404]


@pytest.mark.parametrize("decision", DECISIONS)
def test_decision_is_not_for_everybody(
    app: Flask, office: Office, sign_in: SignIn, client: FlaskClient, decision: str
) -> None:
    prepare(app, office, "submitted")
    address = f"{PAGE}/2/{decision}"

    answers = [
        client.post(address).status_code,
        sign_in(office.rep).post(address).status_code,
        sign_in(office.finance).post(address).status_code,
        sign_in(office.stranger).post(address).status_code,
    ]

    assert answers == [302, 403, 403, 404]
    assert states(app) == ["in_force", "submitted"]


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        ("approve", "draft"),
        ("return", "draft"),
        ("activate", "submitted"),
        ("activate-rest", "draft"),
        ("revert", "draft"),
    ],
)
def test_decision_in_the_wrong_state_changes_nothing(
    app: Flask, office: Office, sign_in: SignIn, decision: str, state: str
) -> None:
    prepare(app, office, state)

    answer = sign_in(office.admin).post(f"{PAGE}/2/{decision}", data={"when": "now", "comment": "x"})

    assert answer.status_code == 409
    assert states(app) == ["in_force", PriceVersionState(state).value]
