"""Two documents take a form at the same moment: each gets its own. Without the guards both get the same one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, ExecutionContext, event, select, text

from salesoffice.infra.db import db, transaction
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.models import NumberedForm
from salesoffice.stationery.rules import RunNumbers
from salesoffice.stationery.services import RunDraft, receive_run, take_form
from tests.factories import Office, make_office
from tests.support.races import open_app
from tests.support.threads import run_together

TAKERS = 6
PATIENCE = 5


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Office]]:
    """An office with ten contract forms on a database of its own."""
    with open_app(request, tmp_path, request.param) as app:
        with app.test_request_context(), transaction() as session:
            office = make_office(session)
            draft = RunDraft(FormKind.CONTRACT, RunNumbers("HT-", 1, 10, 3), date(2026, 1, 9))
            receive_run(session, office.project.id, actor=office.actor(office.assistant), draft=draft)
        yield app, office


def taker(office: Office, subject_id: int, taken: list[str]) -> Callable[[], None]:
    def take() -> None:
        form = take_form(
            db.session(),
            project_id=office.project.id,
            kind=FormKind.CONTRACT,
            actor=office.actor(office.assistant),
            subject_kind="contracts",
            subject_id=subject_id,
        )
        assert form is not None
        taken.append(form.number)

    return take


def test_takers_at_once_get_different_forms(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    taken: list[str] = []

    outcomes = run_together(app, *[taker(office, number, taken) for number in range(1, TAKERS + 1)])

    assert outcomes == ["done"] * TAKERS
    assert sorted(taken) == [f"HT-{number:03d}" for number in range(1, TAKERS + 1)]
    with app.test_request_context():
        subjects = db.session.scalars(
            select(NumberedForm.subject_id).where(NumberedForm.subject_id.is_not(None))
        )
        assert {*subjects} == {*range(1, TAKERS + 1)}


def test_takers_without_guards_get_the_same_form(scene: tuple[Flask, Office]) -> None:
    app, office = scene
    taken: list[str] = []
    with app.test_request_context(), transaction() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        session.execute(
            text("DROP TRIGGER taken_numbered_forms_update" + ("" if is_sqlite else " ON numbered_forms"))
        )

    with unguarded(app):
        run_together(app, *[taker(office, number, taken) for number in (1, 2)])

    assert taken == ["HT-001", "HT-001"]


@contextmanager
def unguarded(app: Flask) -> Iterator[None]:
    """Take the locks away, and let both have chosen before the first of them writes."""
    meeting = Barrier(2)

    def prepare(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _context: ExecutionContext | None,
        _executemany: bool,
    ) -> tuple[str, Any]:
        if statement.startswith("UPDATE numbered_forms"):
            try:
                meeting.wait(PATIENCE)
            except BrokenBarrierError:
                pytest.fail("the other taker did not choose")
        return statement.replace(" FOR NO KEY UPDATE", "").replace("BEGIN IMMEDIATE", "--"), parameters

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", prepare, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", prepare)
