"""Commands `outbox deliver` and `jobs`: one pass of a sweep, without a worker."""

from dataclasses import asdict, is_dataclass
from typing import Any

import click

from salesoffice.infra import jobs
from salesoffice.infra.outbox import deliver_pending
from salesoffice.webkit.console import emit, json_option, refusals_exit


@click.group("outbox")
def group() -> None:
    """Outgoing mail."""


@group.command("deliver")
@json_option
@refusals_exit
def deliver(*, as_json: bool) -> None:
    """Deliver the mail that is due."""
    report = asdict(deliver_pending())
    emit(report, ", ".join(f"{name} {number}" for name, number in report.items()), as_json=as_json)


@click.group("jobs")
def jobs_group() -> None:
    """Periodic jobs."""


@jobs_group.command("list")
@json_option
def list_jobs(*, as_json: bool) -> None:
    """List the jobs and how often the worker runs them."""
    entries = {entry.name: entry.seconds for entry in jobs.list_sweeps()}
    text = "\n".join(f"{name}: every {seconds} s" for name, seconds in entries.items())
    emit({"jobs": entries}, text, as_json=as_json)


@jobs_group.command("run")
@click.argument("name")
@json_option
@refusals_exit
def run(name: str, *, as_json: bool) -> None:
    """Run one idempotent pass of a job."""
    result = _as_values(jobs.run_sweep(name))
    emit({"job": name, **result}, f"{name}: {result}", as_json=as_json)


def _as_values(result: object) -> dict[str, Any]:
    if is_dataclass(result) and not isinstance(result, type):
        return asdict(result)
    return {"result": result}
