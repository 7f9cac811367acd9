"""Shared manners of commands: `--json`, exit codes, refusals in words."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from salesoffice.core.clock import rfc3339
from salesoffice.core.errors import DomainError

P = ParamSpec("P")
R = TypeVar("R")

DONE, FAULT, REFUSED, BREACH = 0, 1, 2, 3


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Add `--json` to a command (parameter `as_json`)."""
    return click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")(command)


def emit(result: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print a command's result: the JSON object, or the text for people."""
    click.echo(json.dumps(result, ensure_ascii=False, default=_plain) if as_json else text)


def _plain(value: object) -> str:
    return rfc3339(value) if isinstance(value, datetime) else str(value)


def progress(text: str) -> None:
    """Print progress on standard error."""
    click.echo(text, err=True)


def refuse(error: DomainError, *, as_json: bool = False) -> NoReturn:
    """Print a refusal and leave with exit code 2; nothing was written."""
    if as_json:
        errors = [{"field": item.field, "message": str(item.message)} for item in error.errors]
        body = {"code": error.code, "detail": str(error.message), "errors": errors}
        click.echo(json.dumps(body, ensure_ascii=False))
    click.echo(f"{error.code}: {error.message}", err=True)
    for item in error.errors:
        click.echo(f"  {item.field}: {item.message}", err=True)
    sys.exit(REFUSED)


def refusals_exit(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a DomainError that leaves a command into exit code 2."""

    @wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except DomainError as error:
            refuse(error, as_json=bool(kwargs.get("as_json")))

    return wrapper
