"""Finding projects."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor
from salesoffice.infra.db import db
from salesoffice.projects.models import LogRecipient, Project
from salesoffice.webkit.access import current_project_id


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
    return session.scalars(select(Project).where(Project.code == code)).one_or_none()


def get_project_by_code(session: Session, code: str) -> Project:
    """Return a project by its code; raises NotFound."""
    project = find_project(session, code)
    if project is None:
        raise NotFound(_l("There is no project %(code)s.", code=code))
    return project


def list_projects(session: Session, actor: Actor) -> Sequence[Project]:
    """List the projects that exist for a person, by name."""
    statement = select(Project).order_by(Project.name, Project.id)
    if not actor.is_admin:
        statement = statement.where(Project.id.in_(actor.roles))
    return session.scalars(statement).all()


def list_recipients(session: Session, project_id: int) -> Sequence[LogRecipient]:
    """List the active recipients of a project's daily log."""
    statement = (
        select(LogRecipient)
        .where(LogRecipient.project_id == project_id, LogRecipient.is_active)
        .order_by(LogRecipient.id)
    )
    return session.scalars(statement).all()
