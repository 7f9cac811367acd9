"""Standing in for somebody who is absent."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import Delegation
from salesoffice.approvals.queries import load_people
from salesoffice.approvals.rules import Person
from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed, Text, WrongState
from salesoffice.core.permissions import Actor, Permission, Role
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.projects.models import Project


def delegate(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    from_user_id: int,
    to_user_id: int,
    days: tuple[date, date],
    reason: str = "",
) -> Delegation:
    """Let another person decide for one who is absent on some business days, first and last included.

    People enter their own absence; the manager, an executive or an administrator enters it for others, but nobody puts
    themselves in another's place. Refused: `not_allowed`; `delegation_invalid` naming the field when one of the two
    decides nothing in the project, both are the same, or the days are over or reversed; `already_delegated`.
    """
    people = load_people(session, project_id)
    absent, stand_in = people.get(from_user_id), people.get(to_user_id)
    _check_people(absent, stand_in)
    _check_days(*days)
    is_own = actor.id == from_user_id
    if actor.id is None or not (
        is_own or (actor.id != to_user_id and may_enter_others(session, actor, project_id))
    ):
        raise NotAllowed(
            _l("Enter your own absence, or ask the person or the sales manager to enter theirs.")
        )
    lock_rows(session, select(Project).where(Project.id == project_id))
    _check_overlap(session, project_id, from_user_id, to_user_id, days)
    delegation = Delegation(
        project_id=project_id,
        from_user_id=from_user_id,
        to_user_id=to_user_id,
        starts_on=days[0],
        ends_on=days[1],
        reason=reason.strip(),
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    session.add(delegation)
    session.flush()
    audit.record_change(session, delegation, "delegation.made", actor, after=_describe(delegation))
    return delegation


def revoke_delegation(session: Session, delegation: Delegation, *, actor: Actor) -> Delegation:
    """End a stand-in's authority at once; by the absent person or whoever may enter absences of others.

    What the stand-in decided stays. Refused: `not_allowed`, `wrong_state` when it was revoked before.
    """
    if actor.id != delegation.from_user_id and not may_enter_others(session, actor, delegation.project_id):
        raise NotAllowed(_l("Only the absent person or the sales manager may end this."))
    found = lock_rows(session, select(Delegation).where(Delegation.id == delegation.id))[0]
    if found.revoked_at is not None:
        raise WrongState(_l("This was ended before. Nothing was changed now."))
    found.revoked_at = clock.now()
    audit.record_change(session, found, "delegation.revoked", actor, before=_describe(found))
    session.flush()
    return found


def may_enter_others(session: Session, actor: Actor, project_id: int) -> bool:
    """Tell whether a person may enter the absence of others: the manager, an executive, an administrator."""
    if actor.can(Permission.APPROVAL_EDIT, project_id):
        return True
    person = load_people(session, project_id).get(actor.id) if actor.id is not None else None
    return person is not None and Role.MANAGER in person.roles


def _check_people(absent: Person | None, stand_in: Person | None) -> None:
    problems: list[tuple[str, Text]] = []
    if absent is None or not absent.can_decide:
        problems.append(
            ("from_user_id", _l("This person decides nothing here, so that nobody need stand in."))
        )
    if stand_in is None or not stand_in.can_decide:
        problems.append(("to_user_id", _l("This person's role decides nothing here. Choose another one.")))
    elif stand_in is absent:
        problems.append(("to_user_id", _l("Choose another person than the one who is absent.")))
    _refuse(problems)


def _check_days(first: date, last: date) -> None:
    if last < first:
        _refuse([("ends_on", _l("The last day is before the first."))])
    if last < clock.business_today():
        _refuse([("ends_on", _l("These days are over."))])


def _refuse(problems: list[tuple[str, Text]]) -> None:
    if problems:
        fields = [FieldProblem(name, message) for name, message in problems]
        raise InvalidInput(_l("The absence was not entered."), fields, code="delegation_invalid")


def _check_overlap(
    session: Session, project_id: int, from_user_id: int, to_user_id: int, days: tuple[date, date]
) -> None:
    statement = select(Delegation.id).where(
        Delegation.project_id == project_id,
        Delegation.from_user_id == from_user_id,
        Delegation.to_user_id == to_user_id,
        Delegation.revoked_at.is_(None),
        Delegation.starts_on <= days[1],
        Delegation.ends_on >= days[0],
    )
    if session.scalar(statement.limit(1)) is not None:
        raise WrongState(
            _l("This person stands in on some of these days already. End that first, or choose other days."),
            code="already_delegated",
        )


def _describe(delegation: Delegation) -> dict[str, object]:
    return {
        "from": delegation.from_user_id,
        "to": delegation.to_user_id,
        "starts_on": delegation.starts_on.isoformat(),
        "ends_on": delegation.ends_on.isoformat(),
        "reason": delegation.reason,
    }
