"""Creating and changing projects."""

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import time
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.projects.models import Company, LogRecipient, Project
from salesoffice.projects.queries import find_project, hash_wall_token

HIGHEST_DEPOSIT_RATE = Decimal("0.2")
LONGEST_SIGN_BY = 90
LONGEST_ORDER = 60
LONGEST_WAIT = 365
LONGEST_EMAIL = 254
CODE_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class ProjectCodeTaken(DomainError):
    """Another project has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            _l("Project code %(code)s is taken. Choose another.", code=code), code="project_code_taken"
        )


@dataclass(frozen=True)
class ProjectRules:
    """What the office may change about a project; rates are shares (0.2 = 20 %)."""

    name: str
    city: str
    address: str
    phone: str
    max_deposit_rate: Decimal
    sign_by_days: int
    provisional_days: int
    forfeit_after_days: int | None
    filing_days: int
    hold_minutes: int
    max_hold_minutes: int
    hold_limit: int
    down_payment_rate: Decimal
    late_fee_rate: Decimal
    log_send_at: time
    is_log_automatic: bool
    is_price_page_public: bool


def create_project(
    session: Session,
    *,
    actor: Actor,
    code: str,
    name: str,
    city: str = "",
    company: str = "",
    address: str = "",
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
    try:
        with session.begin_nested():
            session.add(project)
    except IntegrityError as error:  # somebody else entered it at this instant
        raise ProjectCodeTaken(code) from error
    audit.record(
        session,
        action="project.created",
        actor=actor,
        project_id=project.id,
        subject=project,
        after={"code": code, "name": project.name, "city": city},
    )
    return project


def change_project(session: Session, project: Project, rules: ProjectRules, *, actor: Actor) -> Project:
    """Change a project's data and rules.

    Refused (InvalidInput): no name, a deposit above 20 %, a rate or a number out of its bounds, a first hold longer
    than the longest. Deals that exist keep what was agreed.
    """
    problems = _find_problems(rules)
    if problems:
        raise InvalidInput(_l("The rules of the project were not changed."), problems)
    after = asdict(rules)
    before = {name: getattr(project, name) for name in after}
    changed = {name for name in after if after[name] != before[name]}
    for name in changed:
        setattr(project, name, after[name])
    session.flush()
    if changed:
        audit.record(
            session,
            action="project.changed",
            actor=actor,
            project_id=project.id,
            subject=project,
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )
    return project


def create_wall_token(session: Session, project: Project, *, actor: Actor) -> str:
    """Make the secret address of the wall display, in place of an earlier one; return it, only its hash is kept."""
    token = secrets.token_urlsafe(24)
    project.wall_token_hash = hash_wall_token(token)
    session.flush()
    audit.record(session, action="wall_token.created", actor=actor, project_id=project.id, subject=project)
    return token


def revoke_wall_token(session: Session, project: Project, *, actor: Actor) -> Project:
    """Close the wall display; closing it twice changes nothing."""
    if project.wall_token_hash is not None:
        project.wall_token_hash = None
        session.flush()
        audit.record(
            session, action="wall_token.revoked", actor=actor, project_id=project.id, subject=project
        )
    return project


def add_recipient(
    session: Session, project: Project, *, actor: Actor, email: str, name: str = ""
) -> LogRecipient:
    """Add or re-activate a recipient of the daily log; the address is kept in lower case."""
    address = email.strip().lower()
    if "@" not in address or len(address) > LONGEST_EMAIL:
        raise InvalidInput(
            _l("The recipient was not added."),
            [FieldProblem("email", _l("Enter a complete e-mail address."))],
        )
    statement = select(LogRecipient).where(
        LogRecipient.project_id == project.id, LogRecipient.email == address
    )
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
    statement = select(Company).where(Company.name == name)
    found = session.scalars(statement).one_or_none()
    if found is not None:
        return found
    company = Company(name=name)
    try:
        with session.begin_nested():
            session.add(company)
    except IntegrityError:  # somebody else added it at this instant
        return session.scalars(statement).one()
    return company


def _find_problems(rules: ProjectRules) -> list[FieldProblem]:
    waits = rules.forfeit_after_days
    lasts = 1 <= rules.hold_minutes <= rules.max_hold_minutes
    checked: tuple[tuple[bool, str, Text], ...] = (
        (bool(rules.name.strip()), "name", _l("Enter the name.")),
        (
            0 < rules.max_deposit_rate <= HIGHEST_DEPOSIT_RATE,
            "max_deposit_rate",
            _l("A deposit is more than 0 and at most 20 % of the price."),
        ),
        (1 <= rules.sign_by_days <= LONGEST_SIGN_BY, "sign_by_days", _l("Enter 1 to 90 days.")),
        (1 <= rules.provisional_days <= LONGEST_ORDER, "provisional_days", _l("Enter 1 to 60 days.")),
        (
            waits is None or 1 <= waits <= LONGEST_WAIT,
            "forfeit_after_days",
            _l("Enter 1 to 365 days, or leave it empty: never by itself."),
        ),
        (1 <= rules.filing_days <= LONGEST_WAIT, "filing_days", _l("Enter 1 to 365 days.")),
        (lasts, "hold_minutes", _l("A hold lasts at least 1 minute and no longer than the longest.")),
        (rules.hold_limit >= 1, "hold_limit", _l("A rep may hold at least one unit.")),
        (0 <= rules.down_payment_rate <= 1, "down_payment_rate", _l("Enter 0 to 100 %.")),
        (0 <= rules.late_fee_rate <= 1, "late_fee_rate", _l("Enter 0 to 100 %.")),
    )
    return [FieldProblem(field, message) for is_right, field, message in checked if not is_right]
