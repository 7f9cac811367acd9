"""Price versions from the command line."""

import json
from typing import Any

from click.testing import CliRunner
from sqlalchemy.orm import Session

from salesoffice.infra.db import transaction
from salesoffice.pricing.cli import group
from salesoffice.reservations.services import place_hold
from tests.factories import Office
from tests.factories.prices import make_approved, make_version

VERSION = ("--project", "P1", "--version", "2", "--json")


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a command of prices; return its exit code and what it printed."""
    result = CliRunner().invoke(group, list(arguments))
    return result.exit_code, json.loads(result.stdout)


def test_version_goes_into_force(session: Session, office: Office) -> None:
    with transaction():
        make_version(session, office, {0: 909_000})

    steps = [
        run("submit", *VERSION, "--by", office.planner.email),
        run("approve", *VERSION, "--by", office.manager.email, "--comment", "fine"),
        run("activate", *VERSION, "--by", office.manager.email),
    ]
    _code, listed = run("versions", "--project", "P1", "--json")

    assert steps == [
        (0, {"version": 2, "state": "submitted"}),
        (0, {"version": 2, "state": "approved"}),
        (0, {"version": 2, "state": "in_force"}),
    ]
    assert [(row["version"], row["state"], row["max_move_rate"]) for row in listed["versions"]] == [
        (2, "in_force", "0.010000"),
        (1, "superseded", None),
    ]
    assert listed["versions"][0]["total_fen"] == 19 * 900_000_00 + 909_000_00


def test_held_unit_is_left_out_when_asked(session: Session, office: Office) -> None:
    with transaction():
        make_approved(session, office, {0: 909_000, 1: 891_000})
        place_hold(session, office.units[0], actor=office.actor(office.rep))

    refused = run("activate", *VERSION, "--by", office.manager.email)
    done = run("activate", *VERSION, "--by", office.manager.email, "--rest")

    assert (refused[0], refused[1]["code"]) == (2, "prices_stale")
    assert refused[1]["errors"][0]["field"] == office.units[0].code
    assert done == (0, {"version": 3, "state": "in_force"})


def test_refusals_have_their_code(session: Session, office: Office) -> None:
    with transaction():
        make_version(session, office, {0: 909_000})

    found = [
        run("submit", *VERSION, "--by", office.rep.email),
        run("approve", *VERSION, "--by", office.manager.email),
        run("submit", *VERSION, "--by", "nobody@example.test"),
        run("versions", "--project", "NO", "--json"),
    ]

    assert [(code, body["code"]) for code, body in found] == [
        (2, "not_allowed"),
        (2, "wrong_state"),
        (2, "not_found"),
        (2, "not_found"),
    ]
