"""The chains of a project as data: who decides which kind, from which measure on."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRule, ApprovalStep
from salesoffice.approvals.queries import find_rule, load_people, load_rules
from salesoffice.approvals.rules import StepDraft, build_usual_chain, check_chain
from salesoffice.approvals.signals import find_kind, list_kinds
from salesoffice.core.errors import FieldProblem, InvalidInput, NotFound
from salesoffice.core.permissions import Actor, Role
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _
from salesoffice.projects.models import Project

USUAL_HOURS = 24


def set_rule(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    kind: str,
    is_required: bool,
    steps: Sequence[StepDraft],
    decide_hours: int = USUAL_HOURS,
) -> ApprovalRule:
    """Replace the chain of a kind in a project. Requests that are under way keep the chain they were made with.

    `decide_hours` (1 to 720) are left for the whole decision before people are reminded. Positions become 1, 2, 3 … in
    their order. Refused: `not_found` for a kind nobody declared, `chain_invalid` naming the fields `steps.N.…`.
    """
    if find_kind(kind) is None:
        raise NotFound(_l("There is no such kind of request."))
    if is_required and not steps:
        message = _l("Add at least one step, or choose that nothing is approved.")
        raise InvalidInput(message, [FieldProblem("steps", message)], code="chain_invalid")
    check_chain(steps, decide_hours, load_people(session, project_id))
    _lock_chains(session, project_id)
    rule = find_rule(session, project_id, kind)
    before = describe_rule(rule)
    if rule is None:
        rule = ApprovalRule(project_id=project_id, kind=kind)
        session.add(rule)
    rule.is_required, rule.decide_hours = is_required, decide_hours
    session.flush()
    for old in rule.steps:
        session.delete(old)
    session.flush()
    session.add_all(ApprovalStep(rule_id=rule.id, **asdict(step)) for step in _number(steps))
    session.flush()
    session.expire(rule, ["steps"])
    audit.record_change(
        session, rule, "approval_rule.set", actor, before=before, after={"kind": kind, **describe_rule(rule)}
    )
    return rule


def use_usual_chains(session: Session, project_id: int, *, actor: Actor) -> list[ApprovalRule]:
    """Give every declared kind that has no chain in the project yet the one an office usually has; returns the new ones.

    What the project decided before stays as it is.
    """
    known = load_rules(session, project_id)
    people = load_people(session, project_id).values()
    executives = sum(Role.EXECUTIVE in person.roles for person in people)
    return [
        set_rule(
            session,
            project_id,
            actor=actor,
            kind=kind.value,
            is_required=True,
            steps=build_usual_chain(kind.usual, executives, _("General manager")),
        )
        for kind in list_kinds()
        if kind.value not in known
    ]


def describe_rule(rule: ApprovalRule | None) -> dict[str, object]:
    """Return a chain as the audit keeps it."""
    if rule is None:
        return {}
    steps = [
        f"{step.position} {step.role.value} {step.user_id or '-'} ≥{step.from_measure or 0} {step.title}".rstrip()
        for step in rule.steps
    ]
    return {"is_required": rule.is_required, "decide_hours": rule.decide_hours, "steps": steps}


def _number(steps: Sequence[StepDraft]) -> list[StepDraft]:
    places = {
        position: number for number, position in enumerate(sorted({step.position for step in steps}), 1)
    }
    return [replace(step, position=places[step.position]) for step in steps]


def _lock_chains(session: Session, project_id: int) -> None:
    lock_rows(session, select(Project).where(Project.id == project_id))
