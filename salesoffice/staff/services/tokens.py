"""Bearer tokens of the JSON API."""

import secrets

from sqlalchemy import update
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.staff.models import ApiToken, User
from salesoffice.staff.queries import hash_token


def create_token(session: Session, user: User, *, actor: Actor) -> str:
    """Make a bearer token for a user; return it, only its hash is kept."""
    secret = secrets.token_urlsafe(32)
    token = ApiToken(user_id=user.id, token_hash=hash_token(secret), created_at=clock.now())
    session.add(token)
    session.flush()
    audit.record(
        session,
        action="token.created",
        actor=actor,
        project_id=None,
        subject=token,
        after={"user": user.email},
    )
    return secret


def revoke_tokens(session: Session, user: User, *, actor: Actor) -> int:
    """Make every token of a user worthless; return how many were."""
    statement = update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
    revoked = session.scalars(statement.values(revoked_at=clock.now()).returning(ApiToken.id)).all()
    if revoked:
        audit.record(
            session,
            action="token.revoked",
            actor=actor,
            project_id=None,
            subject=user,
            after={"count": len(revoked)},
        )
    return len(revoked)
