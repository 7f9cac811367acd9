"""Who may decide about units."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import ROLE_PERMISSIONS, Permission
from salesoffice.staff.models import Membership, User


def list_withholders(session: Session, project_id: int) -> Sequence[User]:
    """List the people who may have units of a project kept back: they approve it."""
    roles = [
        role for role, permissions in ROLE_PERMISSIONS.items() if Permission.UNIT_WITHHOLD in permissions
    ]
    is_member = and_(
        Membership.user_id == User.id, Membership.project_id == project_id, Membership.role.in_(roles)
    )
    statement = (
        select(User)
        .where(User.is_active, or_(User.is_admin, select(Membership.id).where(is_member).exists()))
        .order_by(User.name, User.id)
    )
    return session.scalars(statement).all()
