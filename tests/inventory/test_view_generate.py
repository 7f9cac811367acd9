"""Making a building by rule from the page: preview, confirmation, what is refused and kept."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from salesoffice.infra.db import db
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import AreaEdition, ReleaseState
from salesoffice.inventory.models import Building, Floor, Section, Unit
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}
PAGE = "/p/P1/buildings/new"
HOUSE = {
    "building": "6栋",
    "sections": "1单元, 2单元",
    "first_floor": "1",
    "last_floor": "5",
    "basements": "1",
    "skipped": "4",
    "skipped_way": "relabel",
    "shape": "floor_line",
    "area_edition": "estimated",
    "lines-0-lines": "01-02",
    "lines-0-unit_type": "A",
    "lines-0-orientation": "南",
    "lines-0-view": "江景",
    "lines-0-gross_area": "90.00",
    "lines-0-inner_area": "72.00",
    "lines-0-storey_height": "2.95",
    "lines-1-lines": "001-003",
    "lines-1-floors": "-1",
    "lines-1-section": "1单元",
    "lines-1-product": "parking",
    "lines-2-lines": "001",
    "lines-2-floors": "-1",
    "lines-2-section": "2单元",
    "exceptions-0-floors": "1",
    "exceptions-0-lines": "02",
    "exceptions-0-is_left_out": "y",
    "exceptions-1-floors": "5",
    "exceptions-1-unit_type": "复式",
}


def count_units(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Unit.id))) or 0


def seal_of(page: str) -> str:
    """Return the seal of the preview on the page."""
    found = re.search(r'name="shown" value="([0-9a-f]*)"', page)
    assert found is not None
    return found[1]


def test_preview_shows_the_grid_and_writes_nothing(app: Flask, office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.planner).post(PAGE, data=HOUSE, headers=ENGLISH)

    assert answer.status_code == 200
    assert "22 units would be made" in answer.text
    assert "A 14 · 复式 4 · without a type 4" in re.sub(r"\s+", " ", answer.text)
    assert re.findall(r'<th scope="row">(\w+)<small>', answer.text) == ["3A", "3A"]
    assert "physically 4" in answer.text
    assert count_units(app) == 20


def test_units_are_made_exactly_as_shown(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    shown = seal_of(browser.post(PAGE, data=HOUSE).text)

    made = browser.post(PAGE, data={**HOUSE, "do": "make", "shown": shown})

    assert made.status_code == 302
    assert made.headers["Location"].startswith("/p/P1/units?building=")
    with app.app_context():
        statement = (
            select(Unit, Section.name, Floor.label, Floor.number)
            .join(Section, Section.id == Unit.section_id)
            .join(Floor, Floor.id == Unit.floor_id)
            .join(Building, Building.id == Unit.building_id)
            .where(Building.name == "6栋")
        )
        rows = {row[0].code: row for row in db.session.execute(statement)}
        unit, section, label, number = rows["6-1-3A01"]
        entries = db.session.scalars(select(AuditEntry.action).where(AuditEntry.unit_id == unit.id)).all()
    assert len(rows) == 22
    assert (section, label, number, unit.room_no, unit.line) == ("1单元", "3A", 4, "3A01", "01")
    assert (str(unit.gross_area), str(unit.inner_area), str(unit.shared_area)) == ("90.00", "72.00", "18.00")
    assert (unit.orientation, unit.view, str(unit.storey_height)) == ("南", "江景", "2.95")
    assert (unit.area_edition, unit.release_state) == (AreaEdition.ESTIMATED, ReleaseState.UNRELEASED)
    assert entries == ["unit.added"]
    parking = [row[0] for row in rows.values() if row[3] == -1 and row[1] == "1单元"]
    assert sorted(unit.room_no for unit in parking) == ["-1001", "-1002", "-1003"]
    assert {unit.product.value for unit in parking} == {"parking"}


def test_making_twice_is_refused_by_the_names_of_the_rooms(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.planner)
    data = {**HOUSE, "do": "make", "shown": seal_of(browser.post(PAGE, data=HOUSE).text)}
    browser.post(PAGE, data=data)

    twice = browser.post(PAGE, data=data, headers=ENGLISH)

    assert twice.status_code == 409
    assert "22 of these rooms are there already: 6-1-501" in twice.text
    assert 'value="江景"' in twice.text
    assert count_units(app) == 42


def test_other_entries_than_those_shown_are_not_made(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    shown = seal_of(browser.post(PAGE, data=HOUSE).text)

    other = browser.post(
        PAGE, data={**HOUSE, "do": "make", "shown": shown, "last_floor": "6"}, headers=ENGLISH
    )

    assert other.status_code == 409
    assert "Look at the new preview" in other.text
    assert seal_of(other.text) not in {shown, ""}
    assert count_units(app) == 20


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("lines-0-floors", "99", "The building has no floor 99."),
        ("lines-0-gross_area", "abc", "Please enter an area"),
        ("lines-0-storey_height", "295", "in metres, for example 2.95"),
        ("exceptions-0-section", "9单元", "This section is not among those of the building."),
        ("last_floor", "999", "Please enter a number from 1 to 200."),
        ("building", "", "Please fill this in."),
    ],
)
def test_wrong_entry_is_named_and_all_is_kept(
    app: Flask, office: Office, sign_in: SignIn, name: str, value: str, words: str
) -> None:
    answer = sign_in(office.planner).post(PAGE, data={**HOUSE, name: value}, headers=ENGLISH)

    assert answer.status_code == 422
    assert words in answer.text
    assert f'name="{name}"' in answer.text
    assert f'value="{value}"' in answer.text
    assert 'value="江景"' in answer.text
    assert count_units(app) == 20


def test_more_rows_are_offered_without_checking(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)

    before, after = browser.get(PAGE).text, browser.post(PAGE, data={**HOUSE, "do": "rows"}).text

    assert (before.count('-lines"'), after.count('-lines"') > before.count('-lines"')) == (
        before.count('-lines"'),
        True,
    )
    assert 'value="江景"' in after


def test_making_is_for_those_who_edit_units(
    app: Flask, office: Office, client: FlaskClient, sign_in: SignIn
) -> None:
    data = {**HOUSE, "do": "make"}

    answers = [
        browser.post(PAGE, data=data).status_code
        for browser in (client, sign_in(office.rep), sign_in(office.executive), sign_in(office.stranger))
    ]

    assert answers == [302, 403, 403, 404]
    assert count_units(app) == 20


def test_floor_that_exists_with_another_number_is_refused(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    data = {
        "building": "1栋", "sections": "A座", "first_floor": "6", "last_floor": "6", "skipped": "6=5",
        "skipped_way": "relabel", "shape": "floor_line", "area_edition": "presale", "lines-0-lines": "09",
    }  # fmt: skip

    answer = sign_in(office.planner).post(PAGE, data=data, headers=ENGLISH)

    assert answer.status_code == 422
    assert "Floor 5 is there already as the floor number 5." in answer.text
