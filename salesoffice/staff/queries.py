"""Users, and who is signed in."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from flask import current_app, g, request, session
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Role
from salesoffice.infra.db import db
from salesoffice.staff.enums import PasswordPolicy
from salesoffice.staff.models import ApiToken, LoginAttempt, User, UserSession
from salesoffice.staff.rules import ACCOUNT_WINDOW, ADDRESS_WINDOW
from salesoffice.webkit.access import has_bearer

SESSION_KEY = "user_session"
"""Where the signed cookie keeps the secret of the `user_sessions` row."""


def hash_token(token: str) -> str:
    """Return the hash under which a random secret is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def load_actor() -> Actor | None:
    """Return the person of the request's bearer token or, without one, of its session cookie."""
    user = _user_of_bearer() if has_bearer() else _user_of_session()
    return build_actor(user) if user is not None and user.is_active else None


def current_user_session() -> UserSession | None:
    """Return the session row of the signed-in browser; None for bearer tokens and signed out."""
    found: UserSession | None = g.get("user_session")
    return found


def password_policy() -> PasswordPolicy:
    """Return the installation's password policy; an unknown name means the default."""
    name = current_app.config["PASSWORD_POLICY"]
    return PasswordPolicy(name) if name in set(PasswordPolicy) else PasswordPolicy.ASVS


def build_actor(user: User) -> Actor:
    """Build the acting person from a user and the memberships."""
    roles: defaultdict[int, set[Role]] = defaultdict(set)
    for membership in user.memberships:
        roles[membership.project_id].add(membership.role)
    return Actor(
        id=user.id,
        name=user.name,
        email=user.email,
        is_admin=user.is_admin,
        roles={project_id: frozenset(found) for project_id, found in roles.items()},
    )


def find_user(session: Session, email: str) -> User | None:
    """Find a user by e-mail address, in any spelling of its letters."""
    return session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()


def get_user(session: Session, user_id: int) -> User:
    """Return a user by id; raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(_l("There is no such user."))
    return user


def get_user_by_email(session: Session, email: str) -> User:
    """Return a user by e-mail address; raises NotFound."""
    user = find_user(session, email)
    if user is None:
        raise NotFound(_l("There is no user %(email)s.", email=email))
    return user


def select_users(search: str = "", *, include_closed: bool = True) -> Select[User]:
    """Select users by name, with memberships; `search` is a part of name, e-mail or telephone."""
    statement = select(User).options(selectinload(User.memberships)).order_by(User.name, User.id)
    if not include_closed:
        statement = statement.where(User.is_active)
    if search.strip():
        text = search.strip()
        statement = statement.where(
            User.name.icontains(text, autoescape=True)
            | User.email.icontains(text, autoescape=True)
            | User.phone.contains(text, autoescape=True)
        )
    return statement


def list_sessions(session: Session, user_id: int) -> Sequence[UserSession]:
    """List the open sessions of a user, the last used first."""
    statement = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > clock.now(),
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return session.scalars(statement).all()


def list_tokens(session: Session, user_id: int) -> Sequence[ApiToken]:
    """List the API tokens of a user that still work."""
    statement = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
    return session.scalars(statement.order_by(ApiToken.id)).all()


def list_account_failures(session: Session, email: str) -> Sequence[datetime]:
    """List the moments of failed attempts for an e-mail address since its last success, oldest first."""
    since = clock.now() - ACCOUNT_WINDOW
    statement = (
        select(LoginAttempt.at, LoginAttempt.is_success)
        .where(LoginAttempt.email == email, LoginAttempt.at > since)
        .order_by(LoginAttempt.id.desc())
        .limit(200)
    )
    found: list[datetime] = []
    for row in session.execute(statement):
        if row.is_success:
            break
        found.append(row.at)
    return found[::-1]


def list_address_failures(session: Session, address: str) -> Sequence[datetime]:
    """List the moments of failed attempts from an address in the last 15 minutes, oldest first."""
    statement = (
        select(LoginAttempt.at)
        .where(
            LoginAttempt.address == address,
            LoginAttempt.at > clock.now() - ADDRESS_WINDOW,
            LoginAttempt.is_success.is_(False),
        )
        .order_by(LoginAttempt.at, LoginAttempt.id)
    )
    return session.scalars(statement).all()


def _user_of_bearer() -> User | None:
    token = request.headers["Authorization"].removeprefix("Bearer ").strip()
    statement = (
        select(User)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.token_hash == hash_token(token), ApiToken.revoked_at.is_(None))
        .options(selectinload(User.memberships))
    )
    return db.session.scalars(statement).one_or_none()


def _user_of_session() -> User | None:
    token = session.get(SESSION_KEY)
    if not isinstance(token, str):
        return None
    statement = (
        select(User, UserSession)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == hash_token(token),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > clock.now(),
        )
        .options(selectinload(User.memberships))
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    user, g.user_session = row
    g.user = user
    return user
