"""Commands of holds."""

import click

from salesoffice.infra.jobs import run_sweep
from salesoffice.webkit.console import emit, json_option, refusals_exit


@click.group("holds")
def group() -> None:
    """Holds of units."""


@group.command("expire")
@json_option
@refusals_exit
def expire(*, as_json: bool) -> None:
    """Close the holds whose time has passed; safe to repeat."""
    count = run_sweep("holds")
    emit({"expired": count}, f"{count} holds expired", as_json=as_json)
