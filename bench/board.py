"""What the sale-status board costs the server: CPU per full page, per unchanged poll, per change.

Each figure is a ratio against a limit measured in the same run. A full page, with nothing of the board kept from an
earlier request, and the page as kept between changes, are held against fetching the same rows with the database driver
alone and joining them to strings; a poll against a signed-in page with nothing in it. What every signed-in page costs
(session, navigation, frame) is taken off a full page before it is held against its limit; the ratio of the whole page
is printed beside it. Exit code 1 when a limit is broken.

    python -m bench.board [UNITS …] [--json]
"""

import argparse
import json
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import flask_migrate
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.app import create_app
from salesoffice.core.permissions import SYSTEM
from salesoffice.infra import audit
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import publish_prices
from salesoffice.staff.queries import SESSION_KEY
from salesoffice.staff.services import start_session
from salesoffice.webkit.access import signed_in
from tests.factories import make_office, make_units

SIZES = (500, 2_000, 10_000)
PAGE_LIMIT = 3.0
POLL_LIMIT = 2.0
ROUNDS, ROUNDS_OF_ONE = 25, 100_000
"""Rounds at least, and rounds of a board with one unit: the smaller the figure, the more of them steady it."""
FLOORS, LINES = 25, 4
EXTENSION = "salesoffice_board_fragments"
EMPTY_PAGE = '{% extends "base.html" %}{% block title %}-{% endblock %}'
FETCH = """
SELECT u.id, u.code, u.room_no, u.gross_area, u.release_state, c.kind, p.list_total_amount, f.label, b.name
FROM units u JOIN floors f ON f.id = u.floor_id JOIN buildings b ON b.id = u.building_id
LEFT JOIN unit_prices p ON p.unit_id = u.id
    AND p.version_id = (SELECT id FROM price_versions WHERE project_id = 1 AND state = 'in_force')
LEFT JOIN claims c ON c.unit_id = u.id AND c.closed_at IS NULL
WHERE u.project_id = 1 ORDER BY b.id, f.number DESC, u.line
"""


@dataclass(frozen=True)
class Result:
    """Median CPU milliseconds for one size, and the ratios."""

    units: int
    string_join_ms: float
    empty_page_ms: float
    page_ms: float
    page_kept_ms: float
    page_after_change_ms: float
    poll_unchanged_ms: float
    poll_changed_ms: float
    page_ratio: float
    page_kept_ratio: float
    whole_page_ratio: float
    whole_page_kept_ratio: float
    poll_ratio: float

    @property
    def is_within(self) -> bool:
        """Tell whether every limit is kept."""
        return max(self.page_ratio, self.page_kept_ratio) <= PAGE_LIMIT and self.poll_ratio <= POLL_LIMIT


def main() -> int:
    """Measure every size, print the ratios; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("units", nargs="*", type=int, default=SIZES)
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    results = [measure(units) for units in arguments.units]
    if arguments.as_json:
        print(json.dumps([asdict(result) for result in results]))
    else:
        print(describe(results))
    return 0 if all(result.is_within for result in results) else 1


def measure(units: int) -> Result:
    """Measure one size in a scratch SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        app, client = build_office(path, units)
        rounds = max(ROUNDS, ROUNDS_OF_ONE // units)
        limit = cpu(lambda: join_strings(path), rounds)
        empty = cpu(lambda: ask(client, "/bench/empty"), rounds)
        page = cpu(
            lambda: ask(client, "/p/P1/board"), rounds, before=lambda: app.extensions.pop(EXTENSION, None)
        )
        kept = cpu(lambda: ask(client, "/p/P1/board"), rounds)
        page_changed = cpu(lambda: ask(client, "/p/P1/board"), ROUNDS, before=lambda: change(app))
        poll, poll_changed = measure_polls(app, client, rounds)
        with app.app_context():
            db.engine.dispose()
    return Result(
        units=units,
        string_join_ms=round(limit, 2),
        empty_page_ms=round(empty, 2),
        page_ms=round(page, 2),
        page_kept_ms=round(kept, 2),
        page_after_change_ms=round(page_changed, 2),
        poll_unchanged_ms=round(poll, 2),
        poll_changed_ms=round(poll_changed, 2),
        page_ratio=round((page - empty) / limit, 2),
        page_kept_ratio=round((kept - empty) / limit, 2),
        whole_page_ratio=round(page / limit, 2),
        whole_page_kept_ratio=round(kept / limit, 2),
        poll_ratio=round(poll / empty, 2),
    )


def measure_polls(app: Flask, client: FlaskClient, rounds: int) -> tuple[float, float]:
    """Measure a poll that finds nothing new, and one that finds a change."""
    version, tag = ask_version(client)
    known = {"If-None-Match": tag}
    address = f"/api/v1/projects/P1/board?since={version}"
    poll = cpu(lambda: ask(client, address, status=304, headers=known), rounds)
    return poll, cpu(lambda: ask(client, address), ROUNDS, before=lambda: change(app))


def build_office(path: Path, units: int) -> tuple[Flask, FlaskClient]:
    """Build an office with so many units in buildings of 100, and a browser in which its rep is signed in."""
    app = create_app(
        SECRET_KEY=secrets.token_hex(32),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{path}",
        DATA_DIR=path.parent / "data",
        LOG_LEVEL="CRITICAL",
    )
    app.add_url_rule("/bench/empty", "bench_empty", signed_in(lambda: render_template_string(EMPTY_PAGE)))
    with app.app_context():
        flask_migrate.upgrade()
    with app.test_request_context(), transaction() as session:
        office = make_office(session, floors=FLOORS, lines=LINES)
        more = [
            make_units(session, office.project, building=f"{number}栋", floors=FLOORS, lines=LINES)
            for number in range(2, units // (FLOORS * LINES) + 1)
        ]
        add_prices(session, office.project.id, tuple(unit for house in more for unit in house))
        token = start_session(session, office.rep)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[SESSION_KEY] = token
    return app, client


def add_prices(session: Session, project_id: int, units: tuple[Unit, ...]) -> None:
    """Put units' prices into force beside those that the office has."""
    price = PriceDraft(PriceBasis.GROSS, 10_000_00, 12_500_00, 900_000_00)
    prices = {unit.id: price for unit in units}
    publish_prices(session, project_id, actor=SYSTEM, prices=prices, source="bench")


def join_strings(path: Path) -> str:
    """Fetch the rows with the driver alone and join them: the limit that a page is measured against."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute(FETCH)
        return "".join(
            f"<a id=u{row[0]} class={row[5] or row[4]} href=units/{row[1]}>{row[2]}\n{row[3]}</a>"
            for row in rows
        )
    finally:
        connection.close()


def change(app: Flask) -> None:
    """Change one unit, as far as the board can see."""
    with app.test_request_context(), transaction() as session:
        unit = session.get_one(Unit, 1)
        audit.record(
            session,
            action="unit.edited",
            actor=SYSTEM,
            project_id=unit.project_id,
            subject=unit,
            unit_id=unit.id,
        )


def ask(
    client: FlaskClient, address: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> None:
    """Fetch a page; anything but the expected status ends the run."""
    answer = client.get(address, headers=headers)
    if answer.status_code != status:
        raise SystemExit(f"{address}: {answer.status_code}")


def ask_version(client: FlaskClient) -> tuple[int, str]:
    """Return the board's version and the tag of the answer."""
    answer = client.get("/api/v1/projects/P1/board?since=1")
    return json.loads(answer.data)["version"], answer.headers["ETag"]


def cpu(work: Callable[[], object], rounds: int, *, before: Callable[[], object] | None = None) -> float:
    """Return the median CPU milliseconds of this process for one piece of work; `before` is not counted."""
    taken = []
    for number in range(rounds + 1):
        if before is not None:
            before()
        start = time.process_time()
        work()
        if number:
            taken.append((time.process_time() - start) * 1000)
    return median(taken)


def describe(results: list[Result]) -> str:
    """Say in words what was measured, and whether every limit is kept."""
    lines = [
        "Server CPU of the sale-status board, milliseconds (median). In brackets the ratio and its limit."
    ]
    for result in results:
        lines += [f"{result.units:,} units", *describe_one(result)]
    broken = [f"{result.units:,}" for result in results if not result.is_within]
    lines.append(f"Limit broken at {', '.join(broken)} units." if broken else "Every limit is kept.")
    return "\n".join(lines)


def describe_one(result: Result) -> list[str]:
    """Say in words what one size costs."""
    page = f"{result.page_ratio:.2f} × string join beyond the empty page, limit {PAGE_LIMIT:.0f}; with it {result.whole_page_ratio:.2f}"
    kept = f"{result.page_kept_ratio:.2f} × string join beyond the empty page, limit {PAGE_LIMIT:.0f}; with it {result.whole_page_kept_ratio:.2f}"
    poll = f"{result.poll_ratio:.2f} × empty signed-in page, limit {POLL_LIMIT:.0f}"
    rows = (
        ("fetch tuples and join strings (the limit)", result.string_join_ms, ""),
        ("signed-in page with nothing in it", result.empty_page_ms, ""),
        ("full page, nothing kept", result.page_ms, f"({page})"),
        ("full page, kept since the last change", result.page_kept_ms, f"({kept})"),
        ("full page after one change", result.page_after_change_ms, ""),
        ("poll, nothing changed", result.poll_unchanged_ms, f"({poll})"),
        ("poll, one unit changed", result.poll_changed_ms, ""),
    )
    return [f"  {name:<42}{value:8.2f}   {note}".rstrip() for name, value, note in rows]


if __name__ == "__main__":
    sys.exit(main())
