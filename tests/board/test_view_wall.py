"""The wall display and the prints."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from salesoffice.board.cli import group
from salesoffice.board.queries.past import list_rows_at
from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.services import release_unit, withhold_unit
from salesoffice.projects.models import Project
from salesoffice.reservations.services import place_hold, release_hold
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
TOKEN = "a-secret-of-the-wall"


@pytest.fixture
def wall(app: Flask, office: Office) -> Office:
    with app.test_request_context(), transaction() as session:
        project = session.get_one(Project, office.project.id)
        project.wall_token_hash = hashlib.sha256(TOKEN.encode()).hexdigest()
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)
    return office


def test_wall_shows_states_without_sign_in_and_without_people(client: FlaskClient, wall: Office) -> None:
    page = client.get(f"/wall/{TOKEN}", headers={"Accept-Language": "en"}).text

    assert "<span id=u1 class=held data-s=H>101\n</span>" in page
    assert wall.rep.name not in page
    assert "units/1-A-101" not in page
    assert "900,000" not in page


def test_wall_is_told_what_changed(app: Flask, client: FlaskClient, wall: Office) -> None:
    first = client.get(f"/wall/{TOKEN}/state?since=0")
    same = client.get(f"/wall/{TOKEN}/state", headers={"If-None-Match": first.headers["ETag"]})
    with app.test_request_context(), transaction() as session:
        withhold_unit(session, wall.units[1], actor=wall.actor(wall.manager), reason="领导预留")

    changed = client.get(f"/wall/{TOKEN}/state?since={first.json['version']}")

    assert same.status_code == 304
    assert [(cell["id"], cell["state"]) for cell in changed.json["changed"]] == [(2, "withheld")]
    assert "领导" not in changed.text


@pytest.mark.parametrize("path", ["/wall/wrong", "/wall/wrong/state"])
def test_unknown_wall_is_not_found(client: FlaskClient, wall: Office, path: str) -> None:
    assert client.get(path).status_code == 404


def test_print_is_one_a3_sheet_with_version_and_page_of_pages(sign_in: SignIn, wall: Office) -> None:
    answer = sign_in(wall.rep).get("/p/P1/board/print", headers={"Accept-Language": "en"})

    pdf = PdfReader(BytesIO(answer.data))
    text = pdf.pages[0].extract_text()
    assert (answer.content_type, len(pdf.pages)) == ("application/pdf", 1)
    assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].mediabox[2:]] == [420, 297]
    assert "H 101" in text
    assert "504" in text
    assert "Page 1 of 1" in text
    assert "Valid at" in text


def test_print_of_another_project_does_not_exist(sign_in: SignIn, wall: Office) -> None:
    assert sign_in(wall.stranger).get("/p/P1/board/print").status_code == 404


def test_board_of_a_past_moment_is_put_together_again(app: Flask, office: Office) -> None:
    start = clock.now() + timedelta(minutes=1)
    with time_machine.travel(start, tick=False) as travel, app.test_request_context():
        with transaction() as session:
            hold = place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)
            withhold_unit(session, office.units[1], actor=office.actor(office.manager), reason="领导预留")
        travel.shift(timedelta(minutes=10))
        with transaction() as session:
            release_hold(session, hold, actor=office.actor(office.rep))
            release_unit(session, office.units[1], actor=office.actor(office.manager))
        travel.shift(timedelta(minutes=10))
        moments = [start - timedelta(seconds=1), start + timedelta(minutes=5), clock.now()]
        states = [
            [
                row.state
                for row in sorted(
                    list_rows_at(db.session(), office.project.id, at=at), key=lambda row: row.id
                )
            ][:3]
            for at in moments
        ]

    assert states == [
        ["available", "available", "available"],
        ["held", "withheld", "available"],
        ["available", "available", "available"],
    ]


def test_command_prints_a_workbook(app: Flask, office: Office, tmp_path: Path) -> None:
    out = tmp_path / "board.xlsx"

    with app.test_request_context():
        result = CliRunner().invoke(group, ["print", "--project", "P1", "--out", str(out), "--json"])

    rows = CalamineWorkbook.from_path(out).get_sheet_by_name("1栋").to_python()
    assert (result.exit_code, rows[0][0]) == (0, "Project P1 · 1栋")
    assert rows[6][:2] == ["5", "待 501\n90.00"]
    assert rows[6][5] == 10000


@pytest.mark.parametrize("arguments", [["--out", "board.txt"], ["--out", "b.pdf", "--at", "yesterday"]])
def test_command_refuses_what_it_cannot_print(app: Flask, office: Office, arguments: list[str]) -> None:
    with app.test_request_context():
        result = CliRunner().invoke(group, ["print", "--project", "P1", *arguments])

    assert result.exit_code == 2
