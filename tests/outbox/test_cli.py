"""Commands `outbox deliver` and `jobs`."""

import json

from click.testing import CliRunner
from flask import Flask

from salesoffice.infra.db import transaction
from salesoffice.infra.outbox import queue_mail
from salesoffice.outbox.cli import group, jobs_group
from tests.support.smtp import SmtpServer


def test_deliver_prints_its_report(app: Flask, smtp_server: SmtpServer) -> None:
    with app.app_context(), transaction() as session:
        queue_mail(
            session, key="k", project_id=None, to="ann@example.test", subject="s", text="t", html="",
            message_id="<k@salesoffice.test>",
        )  # fmt: skip

    with app.app_context():
        results = [CliRunner().invoke(group, ["deliver", "--json"]) for _ in range(2)]

    assert [json.loads(result.output)["sent"] for result in results] == [1, 0]


def test_run_of_a_job_prints_its_result(app: Flask) -> None:
    with app.app_context():
        result = CliRunner().invoke(jobs_group, ["run", "job_slots", "--json"])

    assert json.loads(result.output) == {"job": "job_slots", "result": 0}


def test_unknown_job_is_refused(app: Flask) -> None:
    with app.app_context():
        result = CliRunner().invoke(jobs_group, ["run", "nothing"])

    assert result.exit_code == 2
