"""The page on which a track of a sale is moved on, and the list of what is open."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.contracts.models import Contract
from salesoffice.infra.db import db, transaction
from salesoffice.staff.models import User
from salesoffice.tracks.enums import TrackState
from salesoffice.tracks.queries import list_tracks
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale, make_verified

SignIn = Callable[[User], FlaskClient]
ADDRESS = "/p/P1/deals/D000001/tracks/title"


@pytest.fixture
def contract(app: Flask, office: Office) -> Contract:
    """A verified contract with a mortgage."""
    with app.test_request_context(), transaction() as session:
        return make_verified(session, office, make_draft(session, office, make_sale(session, office)))


def title_state(app: Flask, contract: Contract) -> TrackState:
    with app.test_request_context():
        return list_tracks(db.session(), contract.deal_id)[-1].state


def test_progress_is_noted_and_shown_on_the_deal(
    app: Flask, office: Office, contract: Contract, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    saved = browser.post(
        ADDRESS, data={"state": "under_way", "on": contract.signed_on.isoformat(), "note": "递件"}
    )

    assert (saved.status_code, saved.headers["Location"]) == (302, "/p/P1/deals/D000001#tracks")
    assert title_state(app, contract) is TrackState.UNDER_WAY
    page = browser.get("/p/P1/deals/D000001").get_data(as_text=True)
    assert "递件" in page
    assert "签约后手续" in page


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"state": ""}, 422),
        ({"state": "sold"}, 422),
        ({"on": ""}, 422),
        ({"on": "2099-01-01"}, 422),
        ({"state": "stopped", "note": ""}, 422),
        ({"note": "长" * 201}, 422),
    ],
)
def test_bad_input_is_refused_and_kept(
    app: Flask, office: Office, contract: Contract, sign_in: SignIn, changes: dict[str, str], status: int
) -> None:
    typed = {"state": "done", "on": contract.signed_on.isoformat(), "note": "证已出"} | changes

    answer = sign_in(office.assistant).post(ADDRESS, data=typed)

    assert answer.status_code == status
    assert typed["note"] in answer.get_data(as_text=True)
    assert title_state(app, contract) is TrackState.NOT_STARTED


def test_same_step_twice_is_refused_by_name(
    app: Flask, office: Office, contract: Contract, sign_in: SignIn
) -> None:
    browser, typed = sign_in(office.assistant), {"state": "done", "on": contract.signed_on.isoformat()}
    browser.post(ADDRESS, data=typed)

    again = browser.post(ADDRESS, data=typed)

    assert again.status_code == 422
    assert title_state(app, contract) is TrackState.DONE


@pytest.mark.parametrize(
    ("role", "status"), [("rep", 403), ("planner", 403), ("finance", 200), ("manager", 200)]
)
def test_role_decides_who_may_note_progress(
    office: Office, contract: Contract, sign_in: SignIn, role: str, status: int
) -> None:
    answer = sign_in(getattr(office, role)).get(ADDRESS)

    assert answer.status_code == status


def test_list_shows_what_is_open_and_finds_a_unit(
    office: Office, contract: Contract, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    everything = browser.get("/p/P1/tracks").get_data(as_text=True)
    mortgage = browser.get("/p/P1/tracks?kind=mortgage&q=1-A-101").get_data(as_text=True)
    nothing = browser.get("/p/P1/tracks?q=9-9-999").get_data(as_text=True)

    assert everything.count('href="/p/P1/deals/D000001#tracks"') == 5
    assert mortgage.count('href="/p/P1/deals/D000001#tracks"') == 1
    assert "没有符合条件的记录" in nothing


def test_list_without_contracts_says_when_something_appears(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get("/p/P1/tracks").get_data(as_text=True)

    assert "暂无签约后待办手续" in page
