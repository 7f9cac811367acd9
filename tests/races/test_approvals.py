"""Two people decide in the same second: one part is decided once, and what follows it is opened once.

The twins take the lock away (on PostgreSQL: SQLite lets one writer in at a time): then only the database's own rules
stand between two decisions, and nothing opens what follows.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, ExecutionContext, event, text
from sqlalchemy.exc import IntegrityError

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.queries import find_breaches
from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import decide, withdraw_request
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor, Role
from salesoffice.infra.db import db, transaction
from tests.factories import Office, make_office, make_user
from tests.factories.approvals import EXECUTIVE, MANAGER, decisions, make_chain, make_request
from tests.support.races import open_app, unlocked

WAIT = 20
FINANCE = StepDraft(1, Role.FINANCE)


@dataclass(frozen=True)
class Scene:
    """An application on a database of its own, its office with two managers, and whoever acts."""

    app: Flask
    office: Office
    first: Actor
    second: Actor
    finance: Actor
    applicant: Actor

    def ask(self, *steps: StepDraft) -> int:
        """Let the assistant ask by a chain; returns the id of the request."""
        decisions.clear()
        with self.app.test_request_context(), transaction() as session:
            make_chain(session, self.office.project.id, *steps)
            return make_request(session, self.office.project.id, self.applicant).id

    def look(self, request_id: int) -> tuple[RequestState, list[str], list[str]]:
        """Return the state of a request, the states of its parts, and what `verify` would say."""
        with self.app.test_request_context():
            request = db.session.get_one(ApprovalRequest, request_id)
            return (
                request.state,
                [task.state.value for task in request.tasks],
                list(find_breaches(db.session())),
            )


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """The scene on each database."""
    with open_app(request, tmp_path, request.param) as app:
        with app.test_request_context(), transaction() as session:
            office = make_office(session)
            second = make_user(session, "manager2", project=office.project, role=Role.MANAGER)
            people = [
                office.actor(user) for user in (office.manager, second, office.finance, office.assistant)
            ]
        yield Scene(app, office, *people)


def approves(request_id: int, actor: Actor) -> Callable[[], object]:
    def work() -> object:
        return decide(
            db.session(), db.session.get_one(ApprovalRequest, request_id), actor=actor, is_approved=True
        )

    return work


def withdraws(request_id: int, actor: Actor) -> Callable[[], object]:
    def work() -> object:
        return withdraw_request(db.session(), db.session.get_one(ApprovalRequest, request_id), actor=actor)

    return work


def run_at_once(app: Flask, *jobs: Callable[[], object]) -> list[str]:
    """Run each job in its own thread and connection; return the sorted outcomes, refusals of the database by name."""
    start, outcomes = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], object]) -> None:
        with app.test_request_context():
            start.wait(WAIT)
            try:
                with transaction():
                    job()
                outcomes.append("done")
            except DomainError as refusal:
                outcomes.append(refusal.code)
            except IntegrityError:
                outcomes.append("refused by the database")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@contextmanager
def meeting_before_deciding(app: Flask) -> Iterator[None]:
    """Let two have looked before the first of them writes a decision down."""
    meeting, arrived = threading.Barrier(2), set[int]()

    def meet(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        _parameters: Any,
        _context: ExecutionContext | None,
        _executemany: bool,
    ) -> None:
        if statement.startswith("UPDATE approval_tasks") and threading.get_ident() not in arrived:
            arrived.add(threading.get_ident())
            meeting.wait(WAIT)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", meet)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", meet)


def test_two_approvers_of_one_part_at_once_decide_it_once(scene: Scene) -> None:
    request_id = scene.ask(MANAGER)

    outcomes = run_at_once(scene.app, approves(request_id, scene.first), approves(request_id, scene.second))

    assert outcomes == ["already_decided", "done"]
    assert scene.look(request_id) == (RequestState.APPROVED, ["approved"], [])
    assert len(decisions) == 1


def test_two_parts_decided_at_once_open_what_follows(scene: Scene) -> None:
    request_id = scene.ask(MANAGER, FINANCE, EXECUTIVE)

    outcomes = run_at_once(scene.app, approves(request_id, scene.first), approves(request_id, scene.finance))

    assert outcomes == ["done", "done"]
    assert scene.look(request_id) == (RequestState.PENDING, ["approved", "approved", "open"], [])


def test_approval_and_withdrawal_at_once_leave_one_of_them(scene: Scene) -> None:
    request_id = scene.ask(MANAGER)

    outcomes = run_at_once(
        scene.app, approves(request_id, scene.first), withdraws(request_id, scene.applicant)
    )

    state, _parts, breaches = scene.look(request_id)
    assert (outcomes, breaches) == (["done", "wrong_state"], [])
    assert [told for _subject, told, _actor in decisions] == (
        ["approved"] if state is RequestState.APPROVED else []
    )


@pytest.mark.parametrize("scene", ["postgresql"], indirect=True)
def test_without_the_lock_the_database_refuses_the_second_decision(scene: Scene) -> None:
    request_id = scene.ask(MANAGER)

    with unlocked(scene.app, "approval_requests"), meeting_before_deciding(scene.app):
        outcomes = run_at_once(
            scene.app, approves(request_id, scene.first), approves(request_id, scene.second)
        )

    assert outcomes == ["done", "refused by the database"]
    assert scene.look(request_id) == (RequestState.APPROVED, ["approved"], [])


@pytest.mark.parametrize("scene", ["postgresql"], indirect=True)
def test_without_lock_and_trigger_one_part_is_decided_twice(scene: Scene) -> None:
    request_id = scene.ask(MANAGER)
    with scene.app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE approval_tasks DISABLE TRIGGER USER"))

    with unlocked(scene.app, "approval_requests"), meeting_before_deciding(scene.app):
        outcomes = run_at_once(
            scene.app, approves(request_id, scene.first), approves(request_id, scene.second)
        )

    assert (outcomes, len(decisions)) == (["done", "done"], 2)


@pytest.mark.parametrize("scene", ["postgresql"], indirect=True)
def test_without_the_lock_nobody_opens_what_follows(scene: Scene) -> None:
    request_id = scene.ask(MANAGER, FINANCE, EXECUTIVE)

    with unlocked(scene.app, "approval_requests"), meeting_before_deciding(scene.app):
        run_at_once(scene.app, approves(request_id, scene.first), approves(request_id, scene.finance))

    words = f"request {request_id} is pending, but nothing in it waits for a decision"
    assert scene.look(request_id) == (RequestState.PENDING, ["approved", "approved", "waiting"], [words])
