"""`holds expire` and the sweep behind it."""

import json
from datetime import timedelta

import time_machine
from click.testing import CliRunner
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra.jobs import list_sweeps
from salesoffice.reservations.cli import group
from salesoffice.reservations.models import Hold


def test_command_expires_holds_once(session: Session, hold: Hold) -> None:
    runner = CliRunner()
    with time_machine.travel(clock.now() + timedelta(minutes=31), tick=False):
        answers = [runner.invoke(group, ["expire", "--json"]) for _ in range(2)]

    assert [answer.exit_code for answer in answers] == [0, 0]
    assert [json.loads(answer.stdout) for answer in answers] == [{"expired": 1}, {"expired": 0}]


def test_sweep_is_registered() -> None:
    assert ("holds", 15) in [(sweep.name, sweep.seconds) for sweep in list_sweeps()]
