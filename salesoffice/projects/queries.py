"""Finding projects."""

import hashlib
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor
from salesoffice.infra.db import db
from salesoffice.projects.models import LogRecipient, Project
from salesoffice.webkit.access import current_project_id

_BY_CODE = select(Project).where(Project.code == bindparam("code"))
"""Built once: every page of a project asks for it."""


def current_project() -> Project:
    """Return the project in the address of the request."""
    return get_project(db.session(), current_project_id())


def get_project(session: Session, project_id: int) -> Project:
    """Return a project by id; raises NotFound."""
    project = session.get(Project, project_id)
    if project is None:
        raise NotFound(_l("There is no such project."))
    return project


def find_project(session: Session, code: str) -> Project | None:
    """Find a project by its code."""
    return session.scalars(_BY_CODE, {"code": code}).one_or_none()


def get_project_by_code(session: Session, code: str) -> Project:
    """Return a project by its code; raises NotFound."""
    project = find_project(session, code)
    if project is None:
        raise NotFound(_l("There is no project %(code)s.", code=code))
    return project


def select_projects(actor: Actor) -> Select[Project]:
    """Select the projects that exist for a person, by name."""
    statement = select(Project).order_by(Project.name, Project.id)
    return statement if actor.is_admin else statement.where(Project.id.in_(actor.roles))


def list_projects(session: Session, actor: Actor) -> Sequence[Project]:
    """List the projects that exist for a person, by name."""
    return session.scalars(select_projects(actor)).all()


def get_recipient(session: Session, project_id: int, recipient_id: int) -> LogRecipient:
    """Return a recipient of a project's daily log; raises NotFound, also for another project's."""
    recipient = session.get(LogRecipient, recipient_id)
    if recipient is None or recipient.project_id != project_id:
        raise NotFound(_l("There is no such recipient."))
    return recipient


def hash_wall_token(token: str) -> str:
    """Return the hash under which the secret of a wall display is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_project_by_wall_token(session: Session, token: str) -> Project | None:
    """Find the project whose wall display has this secret."""
    statement = select(Project).where(Project.wall_token_hash == hash_wall_token(token))
    return session.scalars(statement).one_or_none()


def list_recipients(session: Session, project_id: int) -> Sequence[LogRecipient]:
    """List the active recipients of a project's daily log."""
    statement = (
        select(LogRecipient)
        .where(LogRecipient.project_id == project_id, LogRecipient.is_active)
        .order_by(LogRecipient.id)
    )
    return session.scalars(statement).all()
