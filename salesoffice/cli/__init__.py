"""The command line: features bring their groups, the rest is here.

Tests pass their application as the context's object.
"""

import os
from typing import Any

import click
from flask import Flask

from salesoffice.app import create_app
from salesoffice.board.cli import group as board_group
from salesoffice.board.cli import states
from salesoffice.cli.checks import audit_group, bench, doctor, verify
from salesoffice.cli.demo import demo
from salesoffice.cli.office import init, migrate
from salesoffice.cli.server import serve, worker
from salesoffice.dailylog.cli import group as dailylog_group
from salesoffice.imports.cli import group as units_group
from salesoffice.inventory.cli import group as permits_group
from salesoffice.outbox.cli import group as outbox_group
from salesoffice.outbox.cli import jobs_group
from salesoffice.pricing.cli import group as prices_group
from salesoffice.projects.cli import projects, recipients
from salesoffice.reservations.cli import group as holds_group
from salesoffice.staff.cli import permissions, tokens, users

WITHOUT_CONTEXT = frozenset({"serve", "worker", "doctor", "bench", "demo"})
"""Commands that make their own application, or run for long."""


@click.group(help="The sales office's command line. Every command knows --help; most know --json.")
@click.pass_context
def main(context: click.Context) -> None:
    if context.invoked_subcommand in WITHOUT_CONTEXT:
        return
    app: Flask = context.obj or create_app()
    context.obj = app
    context.with_resource(app.test_request_context(base_url=app.config["BASE_URL"], headers=_language()))


def _language() -> dict[str, Any]:
    """Refusals speak the language of the terminal: Chinese unless it says English."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return {"Accept-Language": "en" if spoken.startswith("en") else "zh_CN"}


for _command in (
    init, migrate, demo, serve, worker, doctor, verify, bench, audit_group, jobs_group, outbox_group,
    board_group, states,
    dailylog_group,
    prices_group,
    holds_group,
    users, tokens, permissions, projects, recipients, units_group, permits_group,
):  # fmt: skip
    main.add_command(_command)
