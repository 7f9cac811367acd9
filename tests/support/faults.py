"""Faults in the middle of a change: an exception, or the end of the process, after each SQL statement.

`fail_after_each` makes an exception of each statement in turn. `Victim` is a process that is killed (SIGKILL) after a
statement: it loads the application once and forks a child for each attempt, so that every statement can be tried.
Both expect an action `(session, arguments) -> object` that changes something in the one transaction it is given.

    def cancel(session, arguments): request_change(session, get_deal(session, arguments["deal"]), ...)

    before = take_snapshot(app)
    for statement in fail_after_each(app, cancel, arguments):
        assert take_snapshot(app) == before

    with Victim(app, "tests.changes.actions:cancel", arguments) as victim:
        assert victim.run(7) == "killed"
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Self

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from salesoffice.app import create_app
from salesoffice.cli.checks import CHECKS
from salesoffice.infra.db import Model, db, transaction

ROOT = Path(__file__).parent.parent.parent
_WAIT = 120

Arguments = Mapping[str, Any]
Action = Callable[[Session, Arguments], object]
Snapshot = Mapping[str, list[tuple[Any, ...]]]


class InjectedFault(Exception):
    """The fault itself; nothing of the application knows it."""


def count_statements(app: Flask, act: Action, arguments: Arguments) -> int:
    """Count the SQL statements of an action up to its commit, which is refused: nothing is changed."""
    counted = 0

    def count(*_args: object) -> None:
        nonlocal counted
        counted += 1

    def refuse(*_args: object) -> None:
        raise InjectedFault

    with _context(app) as engine, _listening(engine, "after_cursor_execute", count):
        try:
            with _listening(engine, "commit", refuse), transaction() as session:
                act(session, arguments)
        except InjectedFault:
            return counted
    raise AssertionError("the action has committed")


def fail_after_each(
    app: Flask, act: Action, arguments: Arguments, *, count: int | None = None
) -> Iterator[int]:
    """Run an action once per statement, each time failing right after that one; yield the number of the statement.

    The caller looks at the database at each step. An action that swallows the fault fails the test.
    """
    for number in range(1, (count or count_statements(app, act, arguments)) + 1):
        with _context(app) as engine:
            try:
                with (
                    _listening(engine, "after_cursor_execute", _fail_at(number)),
                    transaction() as session,
                ):
                    act(session, arguments)
            except InjectedFault:
                yield number
                continue
        raise AssertionError(f"the fault after statement {number} was swallowed")


def take_snapshot(app: Flask) -> Snapshot:
    """Read every row of every table, so that two moments can be compared as a whole."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with app.app_context(), db.engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            rows = connection.execute(select(table)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def list_breaches(app: Flask) -> list[str]:
    """Ask everything that `verify` asks; an empty list is a sound database."""
    with app.test_request_context():
        session = db.session()
        found = [f"{name}: {breach}" for name, find in CHECKS for breach in find(session)]
        db.session.remove()
        return found


class Victim:
    """A process whose children are killed after a statement of the action `module:function`."""

    def __init__(self, app: Flask, action: str, arguments: Arguments) -> None:
        environment = os.environ | {
            "SECRET_KEY": app.config["SECRET_KEY"],
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "DATA_DIR": str(app.config["DATA_DIR"]),
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "CRITICAL",
        }
        command = [sys.executable, "-m", "tests.support.faults", action, json.dumps(dict(arguments))]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        self._read("ready")
        return self

    def __exit__(self, *_error: object) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(_WAIT)

    def run(self, statement: int | None) -> str:
        """Run the action in a child, killed after a statement (None: never): "killed", "done" or "failed"."""
        if self._process.stdin is None:
            raise AssertionError("the process takes no orders")
        self._process.stdin.write(f"{statement or 0}\n")
        self._process.stdin.flush()
        return self._read("killed", "done", "failed")

    def _read(self, *expected: str) -> str:
        line = "" if self._process.stdout is None else self._process.stdout.readline().strip()
        if line not in expected:
            raise AssertionError(f"the process said {line!r}")
        return line


@contextmanager
def _context(app: Flask) -> Iterator[Any]:
    with app.test_request_context():
        try:
            yield db.engine
        finally:
            db.session.remove()


@contextmanager
def _listening(target: Any, name: str, listener: Callable[..., None]) -> Iterator[None]:
    event.listen(target, name, listener)
    try:
        yield
    finally:
        event.remove(target, name, listener)


def _fail_at(number: int) -> Callable[..., None]:
    passed = 0

    def fail(*_args: object) -> None:
        nonlocal passed
        passed += 1
        if passed == number:
            raise InjectedFault(number)

    return fail


def _kill_at(number: int) -> Callable[..., None]:
    passed = 0

    def kill(*_args: object) -> None:
        nonlocal passed
        passed += 1
        if passed == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def _serve(name: str, arguments: Arguments) -> None:
    """Take the number of a statement from each line of standard input and try it in a child of this process."""
    app = create_app()
    module, _dot, function = name.partition(":")
    act: Action = getattr(import_module(module), function)
    _say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _die(app, act, arguments, int(line))
        _pid, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            _say("killed" if os.WTERMSIG(status) == signal.SIGKILL else "failed")
        else:
            _say("done" if os.WEXITSTATUS(status) == 0 else "failed")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _die(app: Flask, act: Action, arguments: Arguments, number: int) -> None:
    with (
        _context(app) as engine,
        _listening(engine, "after_cursor_execute", _kill_at(number)),
        transaction() as session,
    ):
        act(session, arguments)
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1], json.loads(sys.argv[2]))
