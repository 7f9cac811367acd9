"""Checks: the data's invariants, the machine, the audit, the benchmarks."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from salesoffice.app import create_app
from salesoffice.approvals import queries as approval_queries
from salesoffice.changes import queries as change_queries
from salesoffice.cli.machine import check_machine
from salesoffice.contracts import queries as contract_queries
from salesoffice.core import clock
from salesoffice.deals import queries as deal_queries
from salesoffice.infra import audit, files
from salesoffice.infra.db import db
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory import queries as inventory_queries
from salesoffice.offers import queries as offer_queries
from salesoffice.papers import queries as paper_queries
from salesoffice.payments.queries import breaches as payment_queries
from salesoffice.pricing import queries as pricing_queries
from salesoffice.registrations import queries as registration_queries
from salesoffice.reservations import queries as reservation_queries
from salesoffice.stationery import queries as stationery_queries
from salesoffice.tracks import queries as track_queries
from salesoffice.webkit.console import BREACH, REFUSED, emit, json_option, progress

Check = Callable[[Session], Iterator[str]]

CHECKS: tuple[tuple[str, Check], ...] = (
    ("audit chain", audit.find_breaches),
    ("units", inventory_queries.find_breaches),
    ("prices", pricing_queries.find_breaches),
    ("accounts", payment_queries.find_breaches),
    ("deals and claims", deal_queries.find_breaches),
    ("offers", offer_queries.find_breaches),
    ("holds and subscriptions", reservation_queries.find_breaches),
    ("registrations", registration_queries.find_breaches),
    ("contracts", contract_queries.find_breaches),
    ("papers", paper_queries.find_breaches),
    ("changes", change_queries.find_breaches),
    ("approvals", approval_queries.find_breaches),
    ("service tracks", track_queries.find_breaches),
    ("numbered forms", stationery_queries.find_breaches),
    ("stored files", files.find_damaged_files),
)
"""Every invariant; a feature's `queries.find_breaches(session)` is added here."""


@click.command("verify", help="check every invariant; exit code 3 when one does not hold")
@json_option
def verify(*, as_json: bool) -> None:
    session = db.session()
    found = {name: list(check(session)) for name, check in CHECKS}
    breaches = [f"{name}: {words}" for name, places in found.items() for words in places]
    result = {"checks": {name: len(places) for name, places in found.items()}, "breaches": breaches}
    summary = f"{len(CHECKS)} checks, {len(breaches)} breaches"
    emit(result, "\n".join([*breaches, summary]), as_json=as_json)
    if breaches:
        sys.exit(BREACH)


@click.command("doctor", help="say in words what is missing on this machine; exit code 3 when something is")
@click.pass_obj
@json_option
def doctor(app: Flask | None, *, as_json: bool) -> None:
    findings = check_machine(app, create_app)
    lines = [f"{'ok     ' if item.is_fine else 'MISSING'} {item.name}: {item.words}" for item in findings]
    result = {
        "ok": all(item.is_fine for item in findings),
        "checks": [{"name": item.name, "ok": item.is_fine, "words": item.words} for item in findings],
    }
    emit(result, "\n".join(lines), as_json=as_json)
    if not result["ok"]:
        sys.exit(BREACH)


@click.group("audit", help="the record of changes")
def audit_group() -> None:
    pass


@audit_group.command("export", help="write the audit entries of some days, one JSON object per line")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]))
@json_option
def export(*, first: datetime, last: datetime, as_json: bool) -> None:
    entries = _select_entries(first.date(), last.date())
    if as_json:
        emit({"entries": list(entries)}, "", as_json=True)
        return
    count = 0
    for entry in entries:
        click.echo(json.dumps(entry, ensure_ascii=False))
        count += 1
    progress(f"{count} entries")


@click.command("bench", help="run a benchmark of bench/", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(*, name: str, arguments: tuple[str, ...]) -> None:
    folder = config.ROOT / "bench"
    known = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if name not in known:
        click.echo(f"there is no benchmark {name}; known: {', '.join(known) or 'none'}", err=True)
        sys.exit(REFUSED)
    sys.exit(
        subprocess.run(
            [sys.executable, "-m", f"bench.{name}", *arguments], cwd=config.ROOT, check=False
        ).returncode
    )


def _select_entries(first: date, last: date) -> Iterator[dict[str, object]]:
    start, _end = clock.day_bounds(first)
    _start, end = clock.day_bounds(last)
    statement = (
        select(AuditEntry)
        .where(AuditEntry.at >= start, AuditEntry.at < end)
        .order_by(AuditEntry.project_id, AuditEntry.sequence)
        .execution_options(yield_per=1000)
    )
    for entry in db.session.scalars(statement):
        values = {column.name: getattr(entry, column.name) for column in AuditEntry.__table__.columns}
        values["at"] = entry.at.isoformat().replace("+00:00", "Z")
        values |= {"before": json.loads(entry.before), "after": json.loads(entry.after)}
        yield values
