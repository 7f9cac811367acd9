"""`permits add` and `permits list`."""

import json

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from salesoffice.cli import main
from tests.factories import Office


def run(app: Flask, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["permits", *arguments, "--project", "P1", "--json"], obj=app)


def test_permit_is_added_for_a_building_and_listed(app: Flask, office: Office) -> None:
    added = run(app, "add", "--number", "2026-2", "--issued-on", "2026-01-10", "--building", "1栋")
    listed = run(app, "list")

    made = json.loads(added.stdout)
    assert (added.exit_code, made["buildings"], made["units"], made["project_wide"]) == (
        0,
        ["1栋"],
        20,
        False,
    )
    assert [permit["number"] for permit in json.loads(listed.stdout)["permits"]] == ["2026-2", "P1-2026-001"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--number", "P1-2026-001", "--issued-on", "2026-01-10"), "permit_number_taken"),
        (("--number", "2", "--issued-on", "2199-01-10"), "invalid_input"),
        (("--number", "2", "--issued-on", "2026-01-10", "--building", "9栋"), "not_found"),
    ],
)
def test_permit_is_refused_with_a_reason(
    app: Flask, office: Office, arguments: tuple[str, ...], code: str
) -> None:
    result = run(app, "add", *arguments)

    assert (result.exit_code, json.loads(result.stdout)["code"]) == (2, code)
