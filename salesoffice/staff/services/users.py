"""Users and what they are in which project."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor, Role
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.projects.models import Project
from salesoffice.staff.enums import PasswordPolicy
from salesoffice.staff.models import Membership, User
from salesoffice.staff.queries import find_user
from salesoffice.staff.rules import check_password
from salesoffice.staff.services.passwords import hash_password
from salesoffice.staff.services.sessions import close_other_sessions
from salesoffice.staff.services.tokens import revoke_tokens

EMAIL_SHAPE = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+")
LONGEST_EMAIL, LONGEST_NAME = 254, 100


class EmailTaken(DomainError):
    """Another user has this e-mail address."""

    def __init__(self, email: str) -> None:
        message = _l("Somebody already signs in with %(email)s.", email=email)
        problems = [FieldProblem("email", message)]
        super().__init__(message, code="email_taken", errors=problems)


class LastAdmin(DomainError):
    """The last administrator of the installation must stay."""

    def __init__(self) -> None:
        message = _l("This is the last administrator. Make somebody else an administrator first.")
        super().__init__(message, code="last_admin")


@dataclass(frozen=True)
class Person:
    """What is entered about a user; `roles` are (project id, role)."""

    name: str
    phone: str = ""
    is_admin: bool = False
    roles: frozenset[tuple[int, Role]] = frozenset()


def create_user(
    session: Session,
    person: Person,
    *,
    actor: Actor,
    email: str,
    password: str,
    policy: PasswordPolicy,
    must_change: bool = True,
) -> User:
    """Add a user with an initial password.

    Refused: an address that is no address, a weak password, an empty name (InvalidInput), a known address (EmailTaken).
    """
    address = email.strip().lower()
    if not EMAIL_SHAPE.fullmatch(address) or len(address) > LONGEST_EMAIL:
        problem = FieldProblem(
            "email", _l("Please enter a whole e-mail address, for example name@example.com.")
        )
        raise InvalidInput(_l("The user was not added."), [problem])
    name = _check_name(person.name)
    check_password(password, policy=policy, email=address, name=name)
    if find_user(session, address) is not None:
        raise EmailTaken(address)
    user = User(
        email=address,
        name=name,
        phone=person.phone,
        is_admin=person.is_admin,
        password_hash=hash_password(password),
        password_changed_at=clock.now(),
        must_change_password=must_change,
        created_at=clock.now(),
        memberships=[
            Membership(project_id=project_id, role=role) for project_id, role in sorted(person.roles)
        ],
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:  # somebody else entered it at this instant
        raise EmailTaken(address) from error
    after = {"email": address, "name": name, "is_admin": person.is_admin, "roles": _as_words(person.roles)}
    audit.record(session, action="user.created", actor=actor, project_id=None, subject=user, after=after)
    return user


def change_user(session: Session, user: User, person: Person, *, actor: Actor) -> User:
    """Change name, telephone, administrator and roles. Refused: the last administrator's demotion (LastAdmin)."""
    name = _check_name(person.name)
    if user.is_admin and not person.is_admin:
        _keep_an_admin(session, user)
    before = _describe(user)
    user.name, user.phone, user.is_admin = name, person.phone, person.is_admin
    _set_roles(session, user, person.roles)
    session.flush()
    after = _describe(user)
    if before != after:
        audit.record(
            session,
            action="user.changed",
            actor=actor,
            project_id=None,
            subject=user,
            before=before,
            after=after,
        )
    return user


def change_profile(session: Session, user: User, *, actor: Actor, name: str, phone: str, locale: str) -> User:
    """Change one's own name, telephone and language."""
    before = _describe(user)
    user.name, user.phone, user.locale = _check_name(name), phone, locale
    session.flush()
    after = _describe(user)
    if before != after:
        audit.record(
            session,
            action="user.changed",
            actor=actor,
            project_id=None,
            subject=user,
            before=before,
            after=after,
        )
    return user


def remember_locale(session: Session, user: User, locale: str) -> None:
    """Keep the language a user chose, for the next sign-in."""
    user.locale = locale
    session.flush()


def add_membership(session: Session, user: User, project: Project, role: Role, *, actor: Actor) -> User:
    """Give a user a role in a project; once more changes nothing."""
    roles = {(item.project_id, item.role) for item in user.memberships}
    person = Person(user.name, user.phone, user.is_admin, frozenset(roles | {(project.id, role)}))
    return change_user(session, user, person, actor=actor)


def close_user(session: Session, user: User, *, actor: Actor) -> User:
    """Close an account with its sessions and tokens; closing it twice changes nothing. Refused: LastAdmin, oneself."""
    if not user.is_active:
        return user
    if user.id == actor.id:
        raise DomainError(
            _l("You cannot close your own account. Ask another administrator."), code="own_account"
        )
    if user.is_admin:
        _keep_an_admin(session, user)
    user.is_active = False
    close_other_sessions(session, user.id)
    revoke_tokens(session, user, actor=actor)
    session.flush()
    audit.record(session, action="user.closed", actor=actor, project_id=None, subject=user)
    return user


def reopen_user(session: Session, user: User, *, actor: Actor) -> User:
    """Open a closed account again; tokens and sessions stay closed."""
    if user.is_active:
        return user
    user.is_active = True
    session.flush()
    audit.record(session, action="user.reopened", actor=actor, project_id=None, subject=user)
    return user


def _keep_an_admin(session: Session, user: User) -> None:
    admins = lock_rows(session, select(User).where(User.is_admin, User.is_active).order_by(User.id))
    if not any(admin.id != user.id for admin in admins):
        raise LastAdmin


def _set_roles(session: Session, user: User, roles: frozenset[tuple[int, Role]]) -> None:
    present = {(item.project_id, item.role): item for item in user.memberships}
    for key in present.keys() - roles:
        user.memberships.remove(present[key])
        session.delete(present[key])
    for project_id, role in sorted(roles - present.keys()):
        user.memberships.append(Membership(project_id=project_id, role=role))


def _check_name(name: str) -> str:
    kept = name.strip()
    if not kept or len(kept) > LONGEST_NAME:
        raise InvalidInput(_l("A user needs a name."), [FieldProblem("name", _l("Enter the name."))])
    return kept


def _describe(user: User) -> dict[str, object]:
    roles = {(item.project_id, item.role) for item in user.memberships}
    return {"name": user.name, "is_admin": user.is_admin, "locale": user.locale, "roles": _as_words(roles)}


def _as_words(roles: Iterable[tuple[int, Role]]) -> list[str]:
    return [f"{project_id}:{role}" for project_id, role in sorted(roles)]
