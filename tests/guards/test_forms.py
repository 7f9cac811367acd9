"""Every form and every address with nonsense in it: never a fault, nothing written, what was typed is still there."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse
from wtforms.fields.core import UnboundField

import salesoffice
from salesoffice.infra.db import db
from salesoffice.inventory.models import Building
from salesoffice.staff.models import User
from salesoffice.webkit.forms import BaseForm
from tests.factories.everything import Everything
from tests.support.routes import build_address, is_api, list_routes
from tests.support.rows import count_rows

SignIn = Callable[[User], FlaskClient]

MARK = "letters where none belong"
NONSENSE: dict[str, str | bytes] = {
    "nothing": "",
    "letters": MARK,
    "negative": "-1",
    "no such day": "9999-99-99",
    "long": "x" * 10_000,
    "emoji and NUL": "😀\0🏠",
    "more than 64 bits": "9" * 30,
    "exponent": "9e9999",
    "surrogate": b"\xed\xa0\x80",
}
WORDS = frozenset(NONSENSE) - {"nothing", "long"}
"""What may well be a word: a reason, a name, an opinion may be any text."""

TAKE_ANY_WORDS = frozenset(
    {
        "contracts.discard", "customers.reveal", "deals.remove", "imports.rename", "inventory.enter_phase", "inventory.unit_type",
        "launch.enter_item",
        "payments.refuse", "payments.reject", "payments.reverse", "pricing.send_back", "priceplans.copy", "projects.new", "stationery.spoil", "registrations.give_back", "reservations.cancel_order",
    }
)  # fmt: skip

BUTTONS = frozenset(
    {
        "approvals.end_absence", "approvals.use_usual",
        "board.release", "changes.undo", "changes.withdraw", "deals.requirements", "dailylog.close", "undo.take", "dailylog.notes", "imports.again", "imports.commit", "imports.forget",
        "launch.call_off", "launch.reopen", "launch.start", "launch.tick", "reservations.leave",
        "inventory.check_survey", "inventory.confirm", "inventory.place", "inventory.refuse_survey", "inventory.release", "inventory.undo_bulk", "inventory.withhold",
        "notices.paper", "papers.word_stop", "papers.word_use", "stationery.return_one",
        "offers.close", "offers.draw", "offers.move", "offers.preview",
        "outbox.mark_arrived", "payments.approve", "payments.carry", "payments.confirm", "payments.print_paper", "priceplans.close",
        "papers.again", "papers.make_agreement",
        "pricing.activate", "pricing.activate_rest", "pricing.revert", "pricing.submit", "pricing.withdraw",
        "projects.close_wall", "projects.drop_recipient", "projects.open_wall", "reservations.extend",
        "registrations.convert", "reservations.hold", "reservations.preview", "reservations.release", "staff.close", "staff.close_one_session",
        "staff.close_sessions", "staff.logout", "staff.reopen", "staff.reset", "staff.unlock",
    }
)  # fmt: skip
"""Do what they are for without any field, or for all units when a field says so; the preview changes nothing."""

SHOW_FIRST = frozenset({"papers.issue"})
"""Show what any words would become before anything is written, unless the button says to issue it."""

SHOW_NO_TEXT = frozenset(
    {
        "contracts.resolve", "deals.attach", "imports.columns", "inventory.choose_phase", "inventory.section", "outbox.send_now", "priceplans.change", "priceplans.undo",
        "pricing.print_sheet",
        "search.opened",
        "staff.language", "staff.password",
    }
)  # fmt: skip
"""Have no field of text; passwords are never sent back."""

DRAWS = frozenset({"board.print_board"})
"""Draws a PDF at each call; its own tests ask it."""

READ_DIRECTLY = ("phase_id", "back", "from", "building", "state", "q", "doubtful", "column-0", "columns")
"""Names that views read without a form."""

SURPLUS: tuple[str | bytes, ...] = ("a\0b", "9" * 30, b"\xed\xa0\x80")

QUERY_NAMES = (
    "page", "q", "state", "cursor", "limit", "since", "building", "day", "month", "rep", "source", "at",
    "version", "kind", "format", "customer_id", "show", "overdue", "next", "type", "orientation",
    "min_area", "max_price", "doubtful", "project", "offer", "unit", "from", "to",
)  # fmt: skip
QUERY_NONSENSE = ("-1", "9e99", "9" * 30, "9999-99-99", "a%00b", "%ED%A0%80")
PART_NONSENSE = {
    "int": ("0", "2147483648", "9" * 30),
    "str": ("%00", "a%00b", "%ED%A0%80", "%F0%9F%98%80", "x" * 2000),
    "date": ("2026-02-30", "9999-99-99", "0000-00-00", "9999-12-31", "%00"),
}


def field_names() -> list[str]:
    """Return the names of all fields of all forms, with the prefixes and rows that pages give them."""
    for module in pkgutil.walk_packages(salesoffice.__path__, "salesoffice."):
        if module.name.endswith(".forms"):
            importlib.import_module(module.name)
    names = {
        name
        for form in subclasses(BaseForm)
        for name in dir(form)
        if isinstance(getattr(form, name), UnboundField)
    }
    rows = {f"steps-{number}-{name}" for number in range(3) for name in ("kind", "value", "name")}
    return sorted(names | rows | {f"recipient-{name}" for name in names} | set(READ_DIRECTLY))


def subclasses(base: type[object]) -> Iterator[type[object]]:
    """Yield all classes below one."""
    below: list[type[object]] = base.__subclasses__()
    for found in below:
        yield found
        yield from subclasses(found)


def forms(app: Flask, everything: Everything) -> list[tuple[Rule, str]]:
    """Return the pages that take a POST."""
    return [
        (rule, build_address(app, rule, everything.values_for(rule.endpoint)))
        for rule, method in list_routes(app)
        if method == "POST" and not is_api(rule)
    ]


def encode(names: list[str], value: str | bytes, times: int = 1) -> bytes:
    """Write a form in which every field has the same value."""
    text = quote(value)
    return "&".join(f"{quote(name)}={text}" for name in names for _ in range(times)).encode()


def post(browser: FlaskClient, address: str, body: bytes) -> TestResponse:
    """Send a form."""
    return browser.post(address, data=body, content_type="application/x-www-form-urlencoded")


def test_nonsense_in_every_field_is_refused_and_writes_nothing(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    browser, names, before = sign_in(everything.office.admin), field_names(), count_rows(app)

    wrong = []
    for rule, address in forms(app, everything):
        if rule.endpoint in BUTTONS:
            continue
        for label, value in NONSENSE.items():
            if label in WORDS and rule.endpoint in TAKE_ANY_WORDS:
                continue
            status = post(browser, address, encode(names, value)).status_code
            after = count_rows(app)
            is_shown = status == 200 and rule.endpoint in SHOW_FIRST
            if not (status in {302, 404, 409, 422} or is_shown) or after != before:
                wrong.append((rule.endpoint, label, status, after.items() - before.items()))
            before = after

    assert wrong == []


def test_what_was_typed_is_still_there_after_a_refusal(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    browser, names = sign_in(everything.office.admin), field_names()

    lost = []
    for rule, address in forms(app, everything):
        if rule.endpoint not in BUTTONS | TAKE_ANY_WORDS | SHOW_NO_TEXT:
            answer = post(browser, address, encode(names, MARK))
            if (answer.status_code, MARK in answer.text) not in {(422, True), (409, True)}:
                lost.append((rule.endpoint, answer.status_code))

    assert lost == []


def test_every_form_survives_repeated_and_surplus_fields(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    """Also the buttons, which do what they are for whatever comes with them."""
    browser, names = sign_in(everything.office.admin), field_names()

    wrong = []
    for rule, address in forms(app, everything):
        for value in SURPLUS:
            body = encode(names, value, times=3) + b"&%00=%00&" + b"&".join([b"unknown=1"] * 100)
            status = post(browser, address, body).status_code
            if status >= 500:
                wrong.append((rule.endpoint, value, status))
        if rule.endpoint == "staff.logout":
            browser = sign_in(everything.office.admin)

    assert wrong == []


def test_nonsense_in_queries_is_no_fault(app: Flask, everything: Everything, sign_in: SignIn) -> None:
    browser = sign_in(everything.office.admin)

    wrong = []
    for rule, method in list_routes(app):
        if method != "GET" or rule.endpoint in DRAWS:
            continue
        address = build_address(app, rule, everything.values_for(rule.endpoint))
        joint = "&" if "?" in address else "?"
        for value in QUERY_NONSENSE:
            query = "&".join(f"{name}={value}" for name in QUERY_NAMES)
            status = browser.get(f"{address}{joint}{query}").status_code
            if status >= 500:
                wrong.append((rule.rule, value, status))

    assert wrong == []


def test_nonsense_in_addresses_does_not_exist(app: Flask, everything: Everything, sign_in: SignIn) -> None:
    browser = sign_in(everything.office.admin)
    before = count_rows(app)

    wrong = []
    for rule, method in list_routes(app):
        found = everything.values_for(rule.endpoint)
        for name in rule.arguments - {"kind"}:
            place = 777_777 if isinstance(rule._converters[name], IntegerConverter) else "PLACE"  # noqa: SLF001
            pattern = build_address(app, rule, found | {name: place})
            for value in PART_NONSENSE["date" if name == "date" else type(place).__name__]:
                status = browser.open(pattern.replace(str(place), value), method=method).status_code
                if status not in ({404} if method == "GET" else {404, 405, 422}):
                    wrong.append((method, rule.rule, name, value[:20], status))

    assert wrong == []
    assert count_rows(app) == before


def test_phase_that_is_no_phase_is_not_taken_for_none(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    browser, parts = sign_in(everything.office.manager), everything.parts
    address = f"/p/P1/buildings/{parts['building_id']}/phase"
    browser.post(address, data={"phase_id": parts["phase_id"]})

    statuses = [browser.post(address, data=data).status_code for data in ({"phase_id": "x"}, {})]

    assert statuses == [404, 302]
    with app.app_context():
        assert db.session.get_one(Building, parts["building_id"]).phase_id == parts["phase_id"]
