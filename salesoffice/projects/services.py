"""Creating and changing projects."""

import re

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.projects.models import Company, LogRecipient, Project
from salesoffice.projects.queries import find_project

CODE_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class ProjectCodeTaken(DomainError):
    """Another project has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(_l("Project code %(code)s is taken. Choose another.", code=code), code="project_code_taken")


def create_project(
    session: Session, *, actor: Actor, code: str, name: str, city: str = "", company: str = "", address: str = ""
) -> Project:
    """Create a project. Refuses a code that is taken (ProjectCodeTaken) or does not fit an address (InvalidInput)."""
    if not CODE_SHAPE.fullmatch(code):
        message = _l("Use 1 to 32 letters, digits, - or _, beginning with a letter or digit.")
        raise InvalidInput(_l("The project code is not usable."), [FieldProblem("code", message)])
    if not name.strip():
        raise InvalidInput(_l("A project needs a name."), [FieldProblem("name", _l("Enter the name."))])
    if find_project(session, code) is not None:
        raise ProjectCodeTaken(code)
    owner = _get_or_add_company(session, company or name)
    project = Project(
        company_id=owner.id, code=code, name=name.strip(), city=city, address=address, created_at=clock.now()
    )
    session.add(project)
    session.flush()
    audit.record(
        session,
        action="project.created",
        actor=actor,
        project_id=project.id,
        subject=project,
        after={"code": code, "name": project.name, "city": city},
    )
    return project


def add_recipient(session: Session, project: Project, *, actor: Actor, email: str, name: str = "") -> LogRecipient:
    """Add or re-activate a recipient of the daily log; the address is kept in lower case."""
    address = email.strip().lower()
    if "@" not in address or len(address) > 254:
        raise InvalidInput(
            _l("The recipient was not added."), [FieldProblem("email", _l("Enter a complete e-mail address."))]
        )
    statement = select(LogRecipient).where(LogRecipient.project_id == project.id, LogRecipient.email == address)
    recipient = session.scalars(statement).one_or_none()
    if recipient is None:
        recipient = LogRecipient(project_id=project.id, email=address, name=name.strip())
        session.add(recipient)
    recipient.is_active = True
    session.flush()
    audit.record(
        session,
        action="log_recipient.added",
        actor=actor,
        project_id=project.id,
        subject=recipient,
        after={"email": address},
    )
    return recipient


def remove_recipient(session: Session, recipient: LogRecipient, *, actor: Actor) -> LogRecipient:
    """Stop sending the daily log to a recipient."""
    recipient.is_active = False
    audit.record(
        session,
        action="log_recipient.removed",
        actor=actor,
        project_id=recipient.project_id,
        subject=recipient,
        after={"email": recipient.email},
    )
    session.flush()
    return recipient


def _get_or_add_company(session: Session, name: str) -> Company:
    company = session.scalars(select(Company).where(Company.name == name)).one_or_none()
    if company is None:
        company = Company(name=name)
        session.add(company)
        session.flush()
    return company
