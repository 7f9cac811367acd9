"""What a search costs the server in a project of 3,000 units, 5,000 customers and 600 sales: CPU until the list is there.

The box below the search field is asked with texts of every kind (name, pinyin, phone, room, number of a paper), signed in, with
sign-in, permission and database. The floor is the same address with nothing to search for, measured in the same run: what is
paid for any answer. Printed are the medians and how many floors the dearest text costs; the limit is eight. The count behind
the work list, which every page carries, is measured too: asked afresh, and kept. Exit code 1 when a limit is broken.

    python -m bench.search [UNITS] [CUSTOMERS] [--database URL] [--json]
"""

import argparse
import json
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from urllib.parse import quote

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.app import create_app
from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM
from salesoffice.core.text import pinyin_keys
from salesoffice.customers.models import Customer, CustomerPhone
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.queries import get_version, list_drafts
from salesoffice.pricing.services import publish_prices
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from salesoffice.staff.queries import SESSION_KEY
from salesoffice.staff.services import start_session
from salesoffice.worklist.queries import count_mine, count_waiting
from tests.factories import Office, make_office, make_units

UNITS, CUSTOMERS, SALES = 3_000, 5_000, 600
FLOORS, LINES = 30, 5
LIMIT = 8.0
COUNT_LIMIT_MS = 2.0
ROUNDS = 15
OK = 200
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文斌宇浩然子轩欣怡梓涵"
TEXTS = ("王伟", "wangwei", "zx", "3456", "1802", "7-A-1802", "D000777", "RG000123", "zzzzzz")


@dataclass(frozen=True)
class Result:
    """Median CPU milliseconds; `ratio` is the dearest text in floors, `count_kept_ms` what the count adds to a page."""

    units: int
    customers: int
    database: str
    floor_ms: float
    texts_ms: dict[str, float]
    ratio: float
    count_fresh_ms: float
    count_kept_ms: float

    @property
    def is_within(self) -> bool:
        """Tell whether both limits are kept."""
        return self.ratio <= LIMIT and self.count_kept_ms <= COUNT_LIMIT_MS


def main() -> int:
    """Measure, print the figures; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("units", nargs="?", type=int, default=UNITS)
    parser.add_argument("customers", nargs="?", type=int, default=CUSTOMERS)
    parser.add_argument("--database", default="", help="an empty database; a scratch SQLite file without it")
    parser.add_argument("--json", action="store_true", dest="as_json")
    arguments = parser.parse_args()
    result = measure(arguments.units, arguments.customers, arguments.database)
    print(json.dumps(asdict(result), ensure_ascii=False) if arguments.as_json else describe(result))
    return 0 if result.is_within else 1


def measure(units: int, customers: int, database: str = "") -> Result:
    """Measure a project of so many units and customers."""
    with tempfile.TemporaryDirectory() as folder:
        app, client, office = build_office(Path(folder), units, customers, database)
        times = {text: cpu(partial(ask, client, text)) for text in ("", *TEXTS)}
        floor = times.pop("")
        with app.test_request_context():
            actor, session = office.actor(office.admin), db.session()
            fresh = cpu(lambda: count_waiting(session, actor, [1]))
            kept = cpu(lambda: count_mine(session, actor, 1))
            name = session.get_bind().dialect.name
            db.session.remove()
        with app.app_context():
            db.engine.dispose()
    return Result(
        units=units,
        customers=customers,
        database=name,
        floor_ms=round(floor, 1),
        texts_ms={text: round(value, 1) for text, value in times.items()},
        ratio=round(max(times.values()) / floor, 2),
        count_fresh_ms=round(fresh, 2),
        count_kept_ms=round(kept, 2),
    )


def build_office(
    folder: Path, units: int, customers: int, database: str
) -> tuple[Flask, FlaskClient, Office]:
    """Build the project; its assistant is signed in."""
    app = create_app(
        SECRET_KEY=secrets.token_hex(32),
        SQLALCHEMY_DATABASE_URI=database or f"sqlite:///{folder / 'bench.db'}",
        DATA_DIR=folder / "data",
        LOG_LEVEL="CRITICAL",
        WTF_CSRF_ENABLED=False,
    )
    with app.app_context():
        flask_migrate.upgrade()
    with app.test_request_context(), transaction() as session:
        office = make_office(session, floors=FLOORS, lines=LINES)
        houses = [
            make_units(session, office.project, building=f"{number}栋", floors=FLOORS, lines=LINES)
            for number in range(2, units // (FLOORS * LINES) + 1)
        ]
        price = list_drafts(session, get_version(session, office.project.id))[office.units[0].id]
        prices = {unit.id: price for house in houses for unit in house}
        publish_prices(session, office.project.id, actor=SYSTEM, prices=prices, source="bench")
        ids = add_customers(session, office, customers)
        token = start_session(session, office.assistant)
    sell(app, office, [unit.id for unit in (*office.units, *(one for house in houses for one in house))], ids)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie[SESSION_KEY] = token
    return app, client, office


def add_customers(session: Session, office: Office, count: int) -> list[int]:
    """Add customers with invented names and phones, for two reps in turn."""
    draw = random.Random(7)
    people = []
    for number in range(count):
        name = draw.choice(FAMILY) + "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2))))
        rep = office.rep if number % 2 else office.other_rep
        people.append(
            Customer(
                project_id=office.project.id, name=name, name_keys=pinyin_keys(name), rep_id=rep.id, created_at=clock.now(),
                phones=[CustomerPhone(project_id=office.project.id, number=f"139{number:08d}")],
            )
        )  # fmt: skip
    session.add_all(people)
    session.flush()
    return [person.id for person in people]


def sell(app: Flask, office: Office, unit_ids: list[int], customer_ids: list[int]) -> None:
    """Sign subscriptions for the first units, one customer each."""
    actor, today = office.actor(office.assistant), clock.business_today()
    with app.test_request_context(), transaction() as session:
        for unit_id, customer_id in zip(unit_ids[:SALES], customer_ids, strict=False):
            terms = SubscriptionTerms((customer_id,), PlanKind.FULL, 50_000_00, today)
            sign_subscription(session, session.get_one(Unit, unit_id), actor=actor, terms=terms)


def ask(client: FlaskClient, text: str) -> None:
    """Ask for the list below the box; without a text it is what was opened last: nothing."""
    answer = client.get(f"/p/P1/search/box?q={quote(text)}")
    if answer.status_code != OK:
        raise RuntimeError(f"{text}: {answer.status_code}")


def cpu(act: Callable[[], object]) -> float:
    """Return the median CPU milliseconds of this process for one call."""
    act()
    taken = []
    for _round in range(ROUNDS):
        begin = time.process_time()
        act()
        taken.append((time.process_time() - begin) * 1000)
    return median(taken)


def describe(result: Result) -> str:
    """Write the figures for people."""
    texts = "\n".join(f"  {text:<12} {value:6.1f} ms" for text, value in result.texts_ms.items())
    return (
        f"search over {result.units} units, {result.customers} customers ({result.database}), CPU of one answer\n"
        f"  (nothing)    {result.floor_ms:6.1f} ms\n{texts}\n"
        f"  dearest / nothing {result.ratio:.2f} of at most {LIMIT:g}\n"
        f"count of the work list: {result.count_fresh_ms:.2f} ms afresh, {result.count_kept_ms:.2f} ms kept"
        f" (limit {COUNT_LIMIT_MS:g} ms added to a page)"
    )


if __name__ == "__main__":
    sys.exit(main())
