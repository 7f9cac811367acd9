"""The search page, the list below the box, what was opened last, and the API."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.customers.models import Customer
from salesoffice.infra.db import transaction
from salesoffice.search.models import RecentFind
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_sale

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def sold(app: Flask, office: Office) -> None:
    """张甲 of the first rep has bought 101."""
    with app.test_request_context(), transaction() as session:
        make_sale(session, office)


def customer_id(do: Do) -> int:
    return do(lambda session: session.scalars(select(Customer.id)).one())


def test_page_shows_what_was_found_with_links(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get("/p/P1/search?q=张甲").text

    assert 'href="/p/P1/customers/1"' in page
    assert 'href="/p/P1/deals/D000001"' in page


def test_page_without_a_find_says_what_to_type(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.rep).get("/p/P1/search?q=nobody", headers=ENGLISH).text

    assert "Nothing found for “nobody”." in page
    assert "part of a name or its pinyin" in page


def test_show_all_gives_one_kind_only(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    short, whole = (browser.get(f"/p/P1/search?q=1-A{kind}").text for kind in ("", "&kind=units"))

    assert (short.count('data-kind="units"'), whole.count('data-kind="units"')) == (8, 20)
    assert "kind=units" in short


def test_every_page_has_the_box(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.rep).get("/p/P1/board").text

    assert 'role="combobox"' in page
    assert 'action="/p/P1/search"' in page


def test_box_answers_with_options_only(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.rep).get("/p/P1/search/box?q=101")

    assert "<html" not in answer.text
    assert answer.text.count('role="option"') == 1


def test_other_reps_customer_is_not_shown(office: Office, sign_in: SignIn) -> None:
    assert "张甲" not in sign_in(office.other_rep).get("/p/P1/search/box?q=zj").text.replace("“zj”", "")


def test_opened_finds_come_first_and_the_last_eight_are_kept(do: Do, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)
    for unit in office.units[:10]:
        browser.post("/p/P1/search/opened", data={"kind": "units", "subject_id": unit.id})
    browser.post("/p/P1/search/opened", data={"kind": "units", "subject_id": office.units[5].id})
    browser.post("/p/P1/search/opened", data={"kind": "customers", "subject_id": customer_id(do)})

    page = browser.get("/p/P1/search/box").text

    assert page.index("张甲") < page.index("1-A-202") < page.index("1-A-302")
    assert page.count('role="option"') == 8
    assert do(lambda session: len(session.scalars(select(RecentFind.id)).all())) == 8


def test_opened_twice_is_remembered_once(do: Do, office: Office, sign_in: SignIn) -> None:
    browser, data = sign_in(office.rep), {"kind": "units", "subject_id": office.units[0].id}

    statuses = [browser.post("/p/P1/search/opened", data=data).status_code for _turn in range(2)]

    assert statuses == [204, 204]
    assert do(lambda session: len(session.scalars(select(RecentFind.id)).all())) == 1


def test_what_the_person_may_not_see_is_not_remembered(do: Do, office: Office, sign_in: SignIn) -> None:
    data = {"kind": "customers", "subject_id": customer_id(do)}

    assert sign_in(office.other_rep).post("/p/P1/search/opened", data=data).status_code == 404


@pytest.mark.parametrize(
    "data", [{}, {"kind": "users", "subject_id": "1"}, {"kind": "units", "subject_id": "x"}]
)
def test_nonsense_is_refused(office: Office, sign_in: SignIn, data: dict[str, str]) -> None:
    assert sign_in(office.rep).post("/p/P1/search/opened", data=data).status_code == 422


@pytest.mark.parametrize("address", ["/p/P1/search", "/p/P1/search/box", "/p/P1/search/opened"])
def test_signed_out_and_strangers_are_kept_out(
    office: Office, client: FlaskClient, sign_in: SignIn, address: str
) -> None:
    method = "POST" if address.endswith("opened") else "GET"

    found = [
        browser.open(address, method=method).status_code for browser in (client, sign_in(office.stranger))
    ]

    assert found == [302, 404]


def test_api_gives_groups(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.rep).get("/api/v1/projects/P1/search?q=zj&limit=5").get_json()

    assert [(group["kind"], [item["title"] for item in group["items"]]) for group in answer["groups"]] == [
        ("customers", ["张甲"])
    ]
    assert answer["groups"][0]["items"][0]["related"][0]["title"] == "D000001"


@pytest.mark.parametrize("query", ["", "q=zj&limit=0", "q=zj&limit=51", "q=zj&limit=x", f"q={'x' * 101}"])
def test_api_refuses_bad_input(office: Office, sign_in: SignIn, query: str) -> None:
    assert sign_in(office.rep).get(f"/api/v1/projects/P1/search?{query}").status_code == 422
