"""Commands of the daily log."""

from datetime import date, datetime
from typing import Any

import click

from salesoffice.core.permissions import SYSTEM
from salesoffice.dailylog.documents import close_day, deliver_log
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.queries.logs import get_closed_log
from salesoffice.dailylog.schemas import log_json
from salesoffice.infra.db import db, transaction
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.console import emit, json_option, refusals_exit

_project = click.option("--project", "code", required=True, help="code of the project")
_date = click.option(
    "--date", "moment", required=True, type=click.DateTime(["%Y-%m-%d"]), help="business day, YYYY-MM-DD"
)


@click.group("dailylog")
def group() -> None:
    """The daily log: close a day, show it, send it."""


@group.command("close")
@_project
@_date
@json_option
@refusals_exit
def close(*, code: str, moment: datetime, as_json: bool) -> None:
    """Compile and freeze a day; safe to repeat."""
    with transaction() as session:
        project = get_project_by_code(session, code)
        log = close_day(session, project, moment.date(), actor=SYSTEM)
    emit(_summary(code, log), f"{code} {log.day} closed, SHA-256 {log.snapshot_sha256}", as_json=as_json)


@group.command("show")
@_project
@_date
@json_option
@refusals_exit
def show(*, code: str, moment: datetime, as_json: bool) -> None:
    """Show a closed day as it was sent."""
    session = db.session()
    project = get_project_by_code(session, code)
    log = get_closed_log(session, project.id, moment.date())
    emit(log_json(session, code, log) if as_json else {}, log.text, as_json=as_json)


@group.command("send")
@_project
@_date
@click.option(
    "--to", "recipients", multiple=True, help="address instead of the project's recipients, repeatable"
)
@json_option
@refusals_exit
def send(*, code: str, moment: datetime, recipients: tuple[str, ...], as_json: bool) -> None:
    """Queue the mails of a closed day; who got it before gets nothing."""
    session = db.session()
    project = get_project_by_code(session, code)
    log = get_closed_log(session, project.id, moment.date())
    mails = deliver_log(project, log, actor=SYSTEM, recipients=recipients or None)
    addresses = [mail.recipient for mail in mails]
    text = f"queued for {', '.join(addresses)}" if addresses else "everybody has it already; nothing queued"
    emit(_summary(code, log) | {"queued": addresses}, text, as_json=as_json)


def _summary(code: str, log: DailyLog) -> dict[str, Any]:
    day: date = log.day
    return {
        "project": code,
        "date": day.isoformat(),
        "state": log.state.value,
        "snapshot_sha256": log.snapshot_sha256,
        "audit_sequence": log.audit_sequence,
        "audit_head": log.audit_head,
        "closed_at": log.closed_at,
        "sent_at": log.sent_at,
    }
