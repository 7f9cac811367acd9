"""Changing all units of a list: preview, confirmation, who and what is left out, taking it back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Floor, Unit
from salesoffice.inventory.services import withhold_unit
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}
PAGE = "/p/P1/units/bulk"
SECOND = {"floor_from": "2", "floor_to": "2"}
FACTS = {**SECOND, "set_unit_type": "B2", "set_view": "江景", "set_storey_height": "2.95"}


def confirmed(browser: FlaskClient, data: dict[str, str]) -> dict[str, str]:
    """Return the form as it is sent after its preview."""
    page = browser.post(PAGE, data=data).text
    hidden = {name: re.search(rf'name="{name}" value="([0-9a-f]+)"', page) for name in ("shown", "since")}
    found = {name: match[1] for name, match in hidden.items() if match is not None}
    assert found.keys() == hidden.keys(), page
    return {**data, **found, "do": "change"}


def facts_of(app: Flask, code: str) -> tuple[str, str, str]:
    """Return type, view and product of a unit."""
    with app.app_context():
        unit = db.session.scalars(select(Unit).where(Unit.code == code)).one()
        return (unit.unit_type.name if unit.unit_type else "", unit.view, unit.product.value)


def test_list_is_filtered_by_floor_product_and_orientation(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)

    pages = [
        browser.get(f"/p/P1/units?{query}", headers=ENGLISH).text
        for query in ("floor_from=2&floor_to=3", "product=parking", "orientation=x", "type=1", "floor_to=zz")
    ]

    assert [page.count('name="unit_ids"') for page in pages] == [8, 0, 0, 0, 20]
    assert 'href="/p/P1/units/bulk?floor_from=2&amp;floor_to=3"' in pages[0]


def test_preview_shows_old_and_new_and_writes_nothing(app: Flask, office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.planner).post(PAGE, data=FACTS, headers=ENGLISH)

    assert answer.status_code == 200
    assert "4 units would change" in answer.text
    assert answer.text.count("<ins>江景</ins>") == 4
    assert facts_of(app, "1-A-201") == ("", "", "residential")


def test_units_are_changed_as_shown_with_an_entry_each(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)

    changed = browser.post(PAGE, data=confirmed(browser, FACTS))
    page = browser.get(changed.headers["Location"], headers=ENGLISH).text

    assert changed.status_code == 302
    assert [facts_of(app, code) for code in ("1-A-201", "1-A-301")] == [
        ("B2", "江景", "residential"),
        ("", "", "residential"),
    ]
    assert "4 units were changed" in page
    with app.app_context():
        entries = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "unit.edited_in_bulk")
        ).all()
    assert len(entries) == 4
    assert '"unit_type":"B2"' in entries[0].after


def test_same_values_again_change_nothing(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    browser.post(PAGE, data=confirmed(browser, FACTS))

    again = browser.post(PAGE, data=FACTS, headers=ENGLISH)

    assert "Nothing would change" in again.text


def test_unit_that_changed_meanwhile_is_named_and_nothing_is_written(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.planner)
    data = confirmed(browser, FACTS)
    other = {**SECOND, "q": "1-A-202", "set_view": "园景"}
    browser.post(PAGE, data=confirmed(browser, other))

    late = browser.post(PAGE, data=data, headers=ENGLISH)

    assert late.status_code == 409
    assert "these units have changed since the preview: 1-A-202." in late.text
    assert "<del>园景</del>" in late.text
    assert facts_of(app, "1-A-201") == ("", "", "residential")


def test_claimed_unit_keeps_its_product_and_is_named(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[4], actor=office.actor(office.rep), minutes=30)
    browser = sign_in(office.planner)
    data = {**SECOND, "set_product": "office"}

    shown = browser.post(PAGE, data=data, headers=ENGLISH).text
    browser.post(PAGE, data=confirmed(browser, data))

    assert "1 units are left out:" in shown
    assert "<li>1-A-201: " in shown
    assert [facts_of(app, code)[2] for code in ("1-A-201", "1-A-202")] == ["residential", "office"]


def test_dash_empties_a_field(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    browser.post(PAGE, data=confirmed(browser, FACTS))

    browser.post(PAGE, data=confirmed(browser, {**SECOND, "set_view": "-"}))

    assert facts_of(app, "1-A-201") == ("B2", "", "residential")


def test_whole_floor_gets_another_label(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)

    part = browser.post(PAGE, data={**SECOND, "q": "1-A-201", "set_floor": "2A"}, headers=ENGLISH)
    taken = browser.post(PAGE, data={**SECOND, "set_floor": "3"}, headers=ENGLISH)
    done = browser.post(PAGE, data=confirmed(browser, {**SECOND, "set_floor": "2A"}))

    assert [answer.status_code for answer in (part, taken, done)] == [422, 422, 302]
    assert "A floor label is set for one whole floor" in part.text
    assert "Another floor of the section is shown as 3 already." in taken.text
    with app.app_context():
        assert db.session.scalars(select(Floor.label).where(Floor.number == 2)).all() == ["2A"]


def test_change_is_taken_back_once(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    browser.post(PAGE, data=confirmed(browser, {**SECOND, "q": "1-A-201", "set_view": "园景"}))
    done = browser.post(PAGE, data=confirmed(browser, FACTS)).headers["Location"]

    undone = browser.post(f"{done}/undo")
    twice = browser.post(f"{done}/undo", headers=ENGLISH)

    assert (undone.status_code, twice.status_code) == (302, 409)
    assert "This change has been taken back already." in twice.text
    assert [facts_of(app, code) for code in ("1-A-201", "1-A-202")] == [
        ("", "园景", "residential"),
        ("", "", "residential"),
    ]


def test_change_is_not_taken_back_after_ten_minutes(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    done = browser.post(PAGE, data=confirmed(browser, FACTS)).headers["Location"]

    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=5)):
        late = browser.post(f"{done}/undo", headers=ENGLISH)

    assert late.status_code == 409
    assert "for ten minutes only" in late.text
    assert facts_of(app, "1-A-201") == ("B2", "江景", "residential")


def test_change_is_not_taken_back_when_a_unit_changed_since(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.planner)
    done = browser.post(PAGE, data=confirmed(browser, FACTS)).headers["Location"]
    with app.test_request_context(), transaction() as session:
        withhold_unit(
            session, session.get_one(Unit, office.units[5].id), actor=office.actor(office.manager), reason="x"
        )

    refused = browser.post(f"{done}/undo", headers=ENGLISH)

    assert refused.status_code == 409
    assert "nothing was taken back: 1-A-202." in refused.text
    assert facts_of(app, "1-A-201") == ("B2", "江景", "residential")


def test_only_who_changed_takes_it_back(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    done = browser.post(PAGE, data=confirmed(browser, FACTS)).headers["Location"]
    other = sign_in(office.manager)

    answers = [
        other.get(done).status_code,
        other.post(f"{done}/undo").status_code,
        other.post(f"{PAGE}/none/undo").status_code,
    ]

    assert answers == [200, 403, 404]
    assert f"{done}/undo" not in other.get(done).text
    assert facts_of(app, "1-A-201") == ("B2", "江景", "residential")


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"set_view": "x" * 41},
        {"set_product": "castle", "set_view": "x"},
        {"set_storey_height": "high"},
        {"q": "no such unit", "set_view": "x"},
    ],
)
def test_bad_input_is_refused(app: Flask, office: Office, sign_in: SignIn, data: dict[str, str]) -> None:
    answer = sign_in(office.planner).post(PAGE, data={**data, "do": "change"})

    assert answer.status_code == 422
    assert facts_of(app, "1-A-101") == ("", "", "residential")


def test_bulk_is_for_those_who_edit_units(office: Office, client: FlaskClient, sign_in: SignIn) -> None:
    answers = [
        browser.post(PAGE, data=FACTS).status_code
        for browser in (client, sign_in(office.rep), sign_in(office.finance), sign_in(office.stranger))
    ]

    assert answers == [302, 403, 403, 404]
