"""The people of a project with the roles they have at this moment, and who stands in for whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from salesoffice.approvals.models import Delegation
from salesoffice.approvals.rules import Crew, Person
from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Role
from salesoffice.staff.models import Membership, User


def load_crew(session: Session, project_id: int) -> Crew:
    """Read the people of a project and today's stand-ins from the database, whatever the session remembers."""
    return Crew(load_people(session, project_id), load_stand_ins(session, project_id))


def load_people(session: Session, project_id: int) -> Mapping[int, Person]:
    """Read the active people of a project by id, by name, with their roles; administrators are people of every project."""
    statement = (
        select(User.id, User.name, User.email, User.locale, User.is_admin, Membership.role)
        .outerjoin(Membership, and_(Membership.user_id == User.id, Membership.project_id == project_id))
        .where(User.is_active, or_(User.is_admin, Membership.id.is_not(None)))
        .order_by(User.name, User.id)
    )
    roles: defaultdict[int, set[Role]] = defaultdict(set)
    rows = session.execute(statement).all()
    for row in rows:
        roles[row.id] |= {
            role for role in (row.role, Role.ADMIN if row.is_admin else None) if role is not None
        }
    return {
        row.id: Person(row.id, row.name, frozenset(roles[row.id]), email=row.email, language=row.locale)
        for row in rows
    }


def load_stand_ins(session: Session, project_id: int) -> Mapping[int, Sequence[int]]:
    """Read whom each stand-in of today stands in for."""
    statement = select(Delegation.to_user_id, Delegation.from_user_id).where(
        Delegation.project_id == project_id, is_in_force()
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for to_user_id, from_user_id in session.execute(statement):
        found[to_user_id].append(from_user_id)
    return found


def is_in_force() -> ColumnElement[bool]:
    """Return the condition of a delegation that counts today."""
    today = clock.business_today()
    return and_(Delegation.revoked_at.is_(None), Delegation.starts_on <= today, Delegation.ends_on >= today)


def list_delegations(session: Session, project_id: int) -> Sequence[Delegation]:
    """List the delegations of a project, the latest first."""
    statement = (
        select(Delegation)
        .where(Delegation.project_id == project_id)
        .order_by(Delegation.starts_on.desc(), Delegation.id.desc())
    )
    return session.scalars(statement).all()


def get_delegation(session: Session, project_id: int, delegation_id: int) -> Delegation:
    """Return a delegation of a project; raises NotFound."""
    found = session.get(Delegation, delegation_id)
    if found is None or found.project_id != project_id:
        raise NotFound(_l("There is no such absence."))
    return found


def load_names(session: Session, user_ids: set[int]) -> Mapping[int, str]:
    """Read names of users by id, also of those who have left."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids))).all()
    return {row.id: row.name for row in rows}
