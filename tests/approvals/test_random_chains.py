"""Random chains, people, absences and moves: never the applicant, nobody twice, every position in its order."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import hypothesis.strategies as st
from flask import Flask
from hypothesis import HealthCheck, given, settings
from sqlalchemy import delete
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState, TaskState
from salesoffice.approvals.models import ApprovalRequest, Delegation
from salesoffice.approvals.queries import find_breaches, may_decide
from salesoffice.approvals.rules import NoApprover, StepDraft
from salesoffice.approvals.services import decide, set_rule, submit_request
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.infra.db import transaction
from salesoffice.staff.models import Membership, User
from tests.factories import Office, make_user
from tests.factories.approvals import DAYS, FINGERPRINT, SUBJECT

ROLES = (Role.MANAGER, Role.EXECUTIVE, Role.FINANCE)
PEOPLE = 6
DONE = frozenset({TaskState.APPROVED, TaskState.REJECTED})

steps = st.lists(
    st.builds(
        StepDraft,
        position=st.integers(1, 3),
        role=st.sampled_from(ROLES),
        from_measure=st.sampled_from([None, 0, 8, 15]),
    ),
    min_size=1,
    max_size=5,
)
roles = st.lists(st.sets(st.sampled_from(ROLES), max_size=3), min_size=PEOPLE, max_size=PEOPLE)
absences = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=4)
moves = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from(["approve"] * 6 + ["reject", "role"])), max_size=25
)


@dataclass
class World:
    """The people of a run, the applicant first."""

    session: Session
    office: Office
    people: list[User]

    def give(self, person: User, roles_of: set[Role]) -> None:
        """Replace the roles of a person."""
        self.session.execute(delete(Membership).where(Membership.user_id == person.id))
        self.session.add_all(
            Membership(user_id=person.id, project_id=self.office.project.id, role=role)
            for role in sorted(roles_of)
        )
        self.session.flush()


def enter_absences(world: World, pairs: list[tuple[int, int]]) -> None:
    today = clock.business_today()
    for absent, other in set(pairs):
        if absent != other:
            world.session.add(
                Delegation(
                    project_id=world.office.project.id,
                    from_user_id=world.people[absent].id,
                    to_user_id=world.people[other].id,
                    starts_on=today - timedelta(days=1),
                    ends_on=today + timedelta(days=1),
                    created_at=clock.now(),
                    created_by_id=world.people[absent].id,
                )
            )


def check(world: World, request: ApprovalRequest) -> None:
    """Compare a request with what may never be."""
    deciders = [task.decided_by_id for task in request.tasks if task.decided_by_id is not None]
    voices = [
        task.for_user_id or task.decided_by_id for task in request.tasks if task.decided_by_id is not None
    ]
    assert world.people[0].id not in {*deciders, *voices}
    assert (len(set(deciders)), len(set(voices))) == (len(deciders), len(voices))
    for task in request.tasks:
        earlier = [other.state for other in request.tasks if other.position < task.position]
        if task.state in DONE | {TaskState.OPEN}:
            assert set(earlier) <= {TaskState.APPROVED}
    states = {task.state for task in request.tasks}
    assert (request.state is RequestState.PENDING) == (TaskState.OPEN in states)
    if request.state is RequestState.APPROVED:
        assert states == {TaskState.APPROVED}
    assert list(find_breaches(world.session)) == []


def move(world: World, request: ApprovalRequest, person: User, kind: str) -> None:
    """Let a person do something; whether it succeeds is what the list of waiting requests says."""
    if kind == "role":
        world.give(person, {Role.MANAGER, Role.EXECUTIVE, Role.FINANCE})
        return
    waits = may_decide(world.session, request.id, person.id)
    actor = world.office.actor(person)
    try:
        decide(
            world.session,
            request,
            actor=actor,
            is_approved=kind == "approve",
            comment="so",
            fingerprint=FINGERPRINT,
        )
    except DomainError:
        assert not waits
    else:
        assert waits


def play(world: World, chain: list[StepDraft], measure: int, played: list[tuple[int, str]]) -> None:
    set_rule(world.session, world.office.project.id, actor=SYSTEM, kind=DAYS, is_required=True, steps=chain)
    try:
        request = submit_request(
            world.session,
            project_id=world.office.project.id,
            kind=DAYS,
            measure=measure,
            subject_kind=SUBJECT,
            subject_id=1,
            title="Favour",
            fingerprint=FINGERPRINT,
            applicant=world.office.actor(world.people[0]),
        )
    except NoApprover:
        return
    if request is not None:
        for person, kind in played:
            move(world, request, world.people[person], kind)
            check(world, request)


class Undone(Exception):
    """Ends a run; nothing of it is kept."""


def undo() -> None:
    raise Undone


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chain=steps, people=roles, away=absences, measure=st.sampled_from([0, 7, 8, 15]), played=moves)
def test_random_chains_are_decided_by_others_once_and_in_order(
    app: Flask,
    office: Office,
    chain: list[StepDraft],
    people: list[set[Role]],
    away: list[tuple[int, int]],
    measure: int,
    played: list[tuple[int, str]],
) -> None:
    with app.test_request_context(), suppress(Undone), transaction() as session:
        users = [make_user(session, f"person{number}") for number in range(PEOPLE)]
        world = World(session, office, users)
        for user, given_roles in zip(users, people, strict=True):
            world.give(user, given_roles)
        enter_absences(world, away)
        play(world, chain, measure, played)
        undo()
