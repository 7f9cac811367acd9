"""Users, and who is signed in."""

import hashlib
from collections import defaultdict

from flask import request, session
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Role
from salesoffice.infra.db import db
from salesoffice.staff.models import ApiToken, User, UserSession
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
    if token is None:
        return None
    statement = (
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == hash_token(token),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > clock.now(),
        )
        .options(selectinload(User.memberships))
    )
    return db.session.scalars(statement).one_or_none()
