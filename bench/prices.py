"""What a change of one factor costs the server in a project of 3,000 units: CPU until all prices are shown again.

Three figures: the engine alone; the request that changes one figure of a factor table and answers with every price; and
the whole page of the plan, opened afterwards. The last two go through the application, signed in, with sign-in, permission,
database, audit. The limit is 200 ms for each; printed with the share of it that is used. Exit code 1 when it is broken.

    python -m bench.prices [UNITS] [--json]
"""

import argparse
import json
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from statistics import median
from typing import TypeVar

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.app import create_app
from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit, UnitType
from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries import PlanFacts, load_facts
from salesoffice.priceplans.rules import compute_plan
from salesoffice.priceplans.services import CellName, PlanDetails, PlanEdit, change_plan, create_plan
from salesoffice.pricing.enums import PriceBasis, PriceLayer
from salesoffice.pricing.services import set_limits
from salesoffice.staff.queries import SESSION_KEY
from salesoffice.staff.services import start_session
from tests.factories import Office, make_office, make_units

UNITS = 3_000
FLOORS, LINES = 30, 5
LIMIT_MS = 200.0
ROUNDS = 15
OK = 200
T = TypeVar("T")
ORIENTATIONS = ("south", "south-east", "south-west", "east", "west")
VIEWS = ("lake", "garden", "", "road", "road")


@dataclass(frozen=True)
class Result:
    """Median CPU milliseconds, and their ratios to the limit."""

    units: int
    engine_ms: float
    change_ms: float
    page_ms: float
    engine_ratio: float
    change_ratio: float
    page_ratio: float

    @property
    def is_within(self) -> bool:
        """Tell whether the limit is kept by all three."""
        return max(self.engine_ratio, self.change_ratio, self.page_ratio) <= 1


def main() -> int:
    """Measure, print the figures; 1 when the limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("units", nargs="?", type=int, default=UNITS)
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    result = measure(arguments.units)
    print(json.dumps(asdict(result)) if arguments.as_json else describe(result))
    return 0 if result.is_within else 1


def measure(units: int) -> Result:
    """Measure a project of so many units in a scratch SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        app, client, plan_id = build_office(Path(folder), units)
        with app.app_context():
            facts = load_facts(db.session(), db.session.get_one(PricePlan, plan_id))
        engine = cpu(
            lambda varied: compute_plan(varied.terms, varied.factors, varied.adjustments, varied.units),
            vary(facts),
        )
        address = f"/p/P1/plans/{plan_id}"
        bodies = ({"revision": str(turn + 1), "cell.line.0.01.d": str(turn)} for turn in count(1))
        change = cpu(lambda body: send(client, f"{address}/cells", body), bodies)
        page = cpu(lambda _turn: ask(client, address), count())
        with app.app_context():
            db.engine.dispose()
    return Result(
        units=len(facts.units),
        engine_ms=round(engine, 1),
        change_ms=round(change, 1),
        page_ms=round(page, 1),
        engine_ratio=round(engine / LIMIT_MS, 2),
        change_ratio=round(change / LIMIT_MS, 2),
        page_ratio=round(page / LIMIT_MS, 2),
    )


def build_office(folder: Path, units: int) -> tuple[Flask, FlaskClient, int]:
    """Build a project with so many units in buildings of 150 and a plan for them; its planner is signed in."""
    app = create_app(
        SECRET_KEY=secrets.token_hex(32),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'bench.db'}",
        DATA_DIR=folder / "data",
        LOG_LEVEL="CRITICAL",
        WTF_CSRF_ENABLED=False,
    )
    with app.app_context():
        flask_migrate.upgrade()
    with app.test_request_context(), transaction() as session:
        office = make_office(session, floors=FLOORS, lines=LINES)
        houses = [office.units] + [
            make_units(session, office.project, building=f"{number}栋", floors=FLOORS, lines=LINES)
            for number in range(2, units // (FLOORS * LINES) + 1)
        ]
        spread_out(session, [unit for house in houses for unit in house])
        plan_id = make_plan(session, office, [house[0].building_id for house in houses])
        token = start_session(session, office.planner)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[SESSION_KEY] = token
    return app, client, plan_id


def spread_out(session: Session, units: list[Unit]) -> None:
    """Give units different areas, orientations, views, types; every third a filed price."""
    types = [UnitType(project_id=units[0].project_id, name=f"T{number}") for number in range(LINES)]
    session.add_all(types)
    session.flush()
    for number, unit in enumerate(units):
        line = number % LINES
        unit.gross_area = Decimal(80_00 + 9_37 * line + number % 97).scaleb(-2)
        unit.inner_area = Decimal(62_00 + 7_11 * line + number % 89).scaleb(-2)
        unit.orientation, unit.view, unit.unit_type_id = ORIENTATIONS[line], VIEWS[line], types[line].id
    session.flush()
    set_limits(
        session,
        units[0].project_id,
        actor=SYSTEM,
        layer=PriceLayer.FILED,
        totals={unit.id: int((unit.gross_area or 0) * 23_500_00) for unit in units[::3]},
        effective_on=date(2026, 1, 5),
        source="bench",
        is_accepted=True,
    )


def make_plan(session: Session, office: Office, house_ids: list[int]) -> int:
    """Make a plan of every kind of factor for the whole project and return its id; its revision is 2."""
    details = PlanDetails(
        PlanMethod.BOTH,
        PriceBasis.GROSS,
        target_price=20_000_00,
        blended_discount=Decimal("0.95"),
        base_floor=FLOORS // 2,
    )
    actor = office.actor(office.planner)
    plan = create_plan(session, office.project.id, actor=actor, name="Launch", details=details)
    change_plan(
        session, plan, actor=actor, revision=plan.revision, edit=PlanEdit(dict(list_cells(house_ids)))
    )
    return plan.id


def list_cells(house_ids: list[int]) -> Iterator[tuple[CellName, int]]:
    """Yield the factors of the plan: coefficients in millionths, differences in fen."""
    yield CellName(FactorKind.FLOOR_STEP, None, "1", is_coefficient=False), 60_00
    yield CellName(FactorKind.FLOOR_STEP, None, "20", is_coefficient=False), 90_00
    for place, house in enumerate(house_ids):
        yield CellName(FactorKind.BUILDING, None, str(house), is_coefficient=True), 960_000 + 4_000 * place
    for floor, difference in (("4", -150_00), ("6", 80_00), ("14", -200_00), ("30", -300_00)):
        yield CellName(FactorKind.FLOOR, None, floor, is_coefficient=False), difference
    for place in range(LINES):
        yield (
            CellName(FactorKind.LINE, None, f"{place + 1:02}", is_coefficient=False),
            100_00 * place - 200_00,
        )
        yield (
            CellName(FactorKind.ORIENTATION, None, ORIENTATIONS[place], is_coefficient=True),
            1_040_000 - 20_000 * place,
        )
        yield CellName(FactorKind.UNIT_TYPE, None, f"T{place}", is_coefficient=True), 990_000 + 5_000 * place
    yield CellName(FactorKind.VIEW, None, "lake", is_coefficient=False), 500_00
    yield CellName(FactorKind.VIEW, None, "road", is_coefficient=False), -250_00


def vary(facts: PlanFacts) -> Iterator[PlanFacts]:
    """Yield the plan again and again with one factor changed, each time to another figure."""
    for turn in count(1):
        first, *others = facts.factors
        changed = replace(first, difference=(first.difference or 0) + turn)
        yield replace(facts, factors=(changed, *others))


def send(client: FlaskClient, address: str, body: dict[str, str]) -> None:
    """Change a figure and take the answer with all prices; anything but that ends the run."""
    answer = client.post(address, data=body, headers={"Accept": "application/json"})
    if answer.status_code != OK or not answer.data:
        raise SystemExit(f"{address}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")


def ask(client: FlaskClient, address: str) -> None:
    """Fetch a page; anything but that ends the run."""
    answer = client.get(address)
    if answer.status_code != OK:
        raise SystemExit(f"{address}: {answer.status_code}")


def cpu(work: Callable[[T], object], inputs: Iterator[T]) -> float:
    """Return the median CPU milliseconds of this process for one piece of work; the first one only warms up."""
    taken = []
    for number in range(ROUNDS + 1):
        given = next(inputs)
        start = time.process_time()
        work(given)
        if number:
            taken.append((time.process_time() - start) * 1000)
    return median(taken)


def describe(result: Result) -> str:
    """Say in words what was measured, and whether the limit is kept."""
    rows = (
        ("engine: all prices after one factor's change", result.engine_ms, result.engine_ratio),
        ("the change as a request, answered with all prices", result.change_ms, result.change_ratio),
        ("the whole page of the plan", result.page_ms, result.page_ratio),
    )
    lines = [f"Server CPU for the prices of {result.units:,} units, milliseconds (median)."]
    lines += [
        f"  {name:<52}{value:8.1f}   ({ratio:.2f} of the limit of {LIMIT_MS:.0f} ms)"
        for name, value, ratio in rows
    ]
    lines.append("The limit is kept." if result.is_within else "The limit is broken.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
