"""The chains of a project: set, replaced, and the usual ones."""

import pytest
from sqlalchemy.orm import Session

from salesoffice.approvals.queries import load_rules
from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import set_rule, use_usual_chains
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.infra.db import transaction
from tests.factories import Office, make_user
from tests.factories.approvals import DAYS, FAVOUR, MANAGER, MONEY, make_chain


def steps_of(session: Session, office: Office, kind: str) -> list[tuple[int, str, int | None]]:
    rule = load_rules(session, office.project.id)[kind]
    return [(step.position, step.role.value, step.from_measure) for step in rule.steps]


def test_chain_is_replaced_as_a_whole_and_numbered_anew(session: Session, office: Office) -> None:
    with transaction():
        make_chain(session, office.project.id)

        make_chain(
            session,
            office.project.id,
            StepDraft(3, Role.FINANCE),
            StepDraft(7, Role.PLANNER),
            StepDraft(7, Role.MANAGER),
        )

    assert steps_of(session, office, FAVOUR) == [
        (1, "finance", None),
        (2, "planner", None),
        (2, "manager", None),
    ]


def test_usual_chains_with_one_executive(session: Session, office: Office) -> None:
    with transaction():
        use_usual_chains(session, office.project.id, actor=SYSTEM)

    assert steps_of(session, office, DAYS) == [(1, "manager", None), (2, "executive", 8)]
    assert steps_of(session, office, MONEY) == [(1, "executive", None)]
    assert steps_of(session, office, FAVOUR) == [(1, "manager", None)]


def test_usual_chains_with_two_executives_end_with_the_second(session: Session, office: Office) -> None:
    with transaction():
        make_user(session, "general", project=office.project, role=Role.EXECUTIVE)

        use_usual_chains(session, office.project.id, actor=SYSTEM)

    assert steps_of(session, office, DAYS) == [
        (1, "manager", None),
        (2, "executive", 8),
        (3, "executive", 15),
    ]


def test_usual_chains_leave_what_the_office_decided(session: Session, office: Office) -> None:
    with transaction():
        set_rule(session, office.project.id, actor=SYSTEM, kind=FAVOUR, is_required=False, steps=[])

        use_usual_chains(session, office.project.id, actor=SYSTEM)
        again = use_usual_chains(session, office.project.id, actor=SYSTEM)

    assert (load_rules(session, office.project.id)[FAVOUR].is_required, again) == (False, [])


@pytest.mark.parametrize(
    ("steps", "hours", "fields"),
    [
        ([], 24, ["steps"]),
        ([StepDraft(1, Role.REP)], 24, ["steps.0.role"]),
        ([MANAGER, StepDraft(0, Role.FINANCE)], 24, ["steps.1.position"]),
        ([StepDraft(1, Role.MANAGER, from_measure=-1)], 24, ["steps.0.from_measure"]),
        ([MANAGER], 0, ["decide_hours"]),
        ([MANAGER], 721, ["decide_hours"]),
    ],
)
def test_chain_that_cannot_be_decided_is_refused(
    session: Session, office: Office, steps: list[StepDraft], hours: int, fields: list[str]
) -> None:
    with pytest.raises(DomainError) as refusal, transaction():
        set_rule(
            session,
            office.project.id,
            actor=SYSTEM,
            kind=FAVOUR,
            is_required=True,
            steps=steps,
            decide_hours=hours,
        )

    assert [problem.field for problem in refusal.value.errors] == fields


def test_kind_that_nobody_declared_is_refused(session: Session, office: Office) -> None:
    with pytest.raises(DomainError) as refusal, transaction():
        set_rule(session, office.project.id, actor=SYSTEM, kind="dream", is_required=True, steps=[MANAGER])

    assert refusal.value.code == "not_found"
