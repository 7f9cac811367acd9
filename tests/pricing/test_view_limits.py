"""The pages of filed and floor prices and of the rules."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from salesoffice.infra.db import db
from salesoffice.pricing.models import PriceLimit
from salesoffice.pricing.queries import find_limits, find_rules
from salesoffice.pricing.rules import Limits
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/prices/limits"
ENTERED = {"layer": "project_floor", "effective_on": "2026-01-01", "source": "letter 7", "nonce": "n"}


@pytest.fixture(name="sign_in")
def sign_in_in_english(sign_in: SignIn) -> SignIn:
    """Open a browser whose reader wants English."""

    def open_browser(user: User) -> FlaskClient:
        browser = sign_in(user)
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return browser

    return open_browser


def count_limits(app: Flask) -> int:
    with app.test_request_context():
        return db.session.scalar(select(func.count(PriceLimit.id))) or 0


def limits_of(app: Flask, unit_id: int) -> Limits:
    with app.test_request_context():
        return find_limits(db.session(), [unit_id])[unit_id]


def test_list_is_previewed_then_saved_once(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    listing = f"房号\t底价\n{office.units[0].code}\t880,000\n{office.units[1].code},870000.50\n"
    sent = ENTERED | {"listing": listing}

    preview = browser.post(f"{PAGE}/set", data=sent)
    between = count_limits(app)
    saved = [browser.post(f"{PAGE}/set", data=sent | {"save": "1"}).status_code for _ in range(2)]

    assert preview.status_code == 200
    assert "2 limits change, 0 stay as they are" in preview.text
    assert (between, saved) == (0, [302, 302])
    assert limits_of(app, office.units[0].id) == Limits(project_floor=880_000_00)
    assert limits_of(app, office.units[1].id) == Limits(project_floor=870_000_50)
    assert "880,000.00" in browser.get(f"{PAGE}?set=1").text
    assert "letter 7" in browser.get(f"{PAGE}/units/{office.units[0].code}").text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_list_comes_from_a_file(app: Flask, office: Office, sign_in: SignIn, encoding: str) -> None:
    content = f"房号,备案价\r\n{office.units[0].code},990000\r\n".encode(encoding)
    sent = ENTERED | {"layer": "filed", "save": "1", "file": (BytesIO(content), "list.csv")}

    answer = sign_in(office.manager).post(f"{PAGE}/set", data=sent)

    assert answer.status_code == 302
    assert limits_of(app, office.units[0].id) == Limits(filed=990_000_00)


def test_share_of_the_list_price_is_shown_and_saved_as_shown(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)

    preview = browser.post(f"{PAGE}/set", data=ENTERED | {"rate": "92.5"})
    listing = f"{office.units[0].code}\t832,500.00"

    assert "20 limits change" in preview.text
    assert listing in preview.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"listing": "1-A-101\t880000\n1-A-101\t870000"}, "This unit stands in the list before."),
        ({"listing": "9-Z-999\t880000"}, "There is no such unit in this project."),
        ({"listing": "1-A-101\t880000\nabc"}, "No unit and amount in yuan can be read."),
        ({"listing": "1-A-101\t0"}, "A price must be more than zero."),
        ({"listing": ""}, "Paste a list, choose a file"),
        ({"listing": "1-A-101\t880000", "source": ""}, "Paper it comes from"),
        ({"listing": "1-A-101\t880000", "effective_on": "soon"}, "Please enter a day"),
        ({"listing": "1-A-101\t880000", "layer": "roof"}, "Please choose one of the entries"),
    ],
)
def test_bad_list_is_refused_with_what_was_typed(
    app: Flask, office: Office, sign_in: SignIn, change: dict[str, str], words: str
) -> None:
    answer = sign_in(office.manager).post(f"{PAGE}/set", data=ENTERED | {"save": "1"} | change)

    assert answer.status_code == 422
    assert words in answer.text
    assert change["listing"].splitlines()[:1] == [] or change["listing"].splitlines()[0] in answer.text
    assert count_limits(app) == 0


def test_filing_against_the_rules_is_saved_only_when_accepted(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser, unit = sign_in(office.manager), office.units[0]
    first = ENTERED | {"layer": "filed", "listing": f"{unit.code}\t990000", "save": "1"}
    second = first | {"listing": f"{unit.code}\t800000", "effective_on": "2026-01-20", "nonce": "o"}
    browser.post(f"{PAGE}/set", data=first)

    preview = browser.post(f"{PAGE}/set", data={**second, "save": ""})
    refused = browser.post(f"{PAGE}/set", data=second)
    accepted = browser.post(f"{PAGE}/set", data=second | {"is_accepted": "y"})

    assert "Too soon after the last filing" in preview.text
    assert "Lowered by too much" in preview.text
    assert (refused.status_code, accepted.status_code) == (409, 302)
    assert f"{unit.code}: Too soon after the last filing" in refused.text
    assert limits_of(app, unit.id) == Limits(filed=800_000_00)


def test_limits_are_not_for_everybody(office: Office, sign_in: SignIn, client: FlaskClient) -> None:
    unit = office.units[0].code
    addresses = (PAGE, f"{PAGE}/units/{unit}", f"{PAGE}/set", "/p/P1/prices/rules")
    people = (office.manager, office.planner, office.executive, office.rep, office.assistant, office.stranger)

    found = [[sign_in(person).get(address).status_code for address in addresses] for person in people]

    assert [client.get(address).status_code for address in addresses] == [302, 302, 302, 302]
    assert found == [
        [200, 200, 200, 200],
        [200, 200, 403, 403],
        [200, 200, 403, 403],
        [403, 403, 403, 403],
        [403, 403, 403, 403],
        [404, 404, 404, 404],
    ]


def test_rules_are_changed_on_their_page(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    sent = {
        "refile_rate": "10", "refile_interval_days": "60", "max_cut_rate": "12", "large_move_rate": "4",
        "total_delta_rate": "2", "manager_move_rate": "3",
    }  # fmt: skip

    good = browser.post("/p/P1/prices/rules", data=sent)
    bad = browser.post("/p/P1/prices/rules", data=sent | {"max_cut_rate": "0"})

    assert (good.status_code, bad.status_code) == (302, 422)
    assert "Enter a share above 0" in bad.text
    with app.test_request_context():
        rules = find_rules(db.session(), office.project.id)
    assert (str(rules.refile_rate), rules.refile_interval_days, str(rules.manager_move_rate)) == (
        "0.100000", 60, "0.030000",
    )  # fmt: skip
