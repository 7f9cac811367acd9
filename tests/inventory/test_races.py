"""Two people at the same moment: a permit and a phase are entered once, the other hears of it."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from salesoffice.infra.db import db
from salesoffice.inventory.services import add_permit, add_phase
from tests.factories import Office
from tests.support.threads import run_together


def enter_permit(office: Office) -> None:
    add_permit(
        db.session(), office.project.id, actor=office.actor(office.manager), number="YS-9",
        issued_on=date(2026, 1, 5),
    )  # fmt: skip


def enter_phase(office: Office) -> None:
    add_phase(db.session(), office.project.id, actor=office.actor(office.manager), name="phase 9")


@pytest.mark.parametrize(("enter", "others"), [(enter_permit, "permit_number_taken"), (enter_phase, "done")])
def test_same_entered_at_once_is_there_once(
    app: Flask, office: Office, enter: Callable[[Office], None], others: str
) -> None:
    outcomes = run_together(app, *[lambda: enter(office)] * 6)

    assert outcomes == ["done", *[others] * 5]
