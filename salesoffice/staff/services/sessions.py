"""Signed-in browsers: rows that can be revoked."""

import secrets
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.staff.models import User, UserSession
from salesoffice.staff.queries import hash_token

SESSION_LIFETIME = timedelta(hours=12)
"""A session ends when it was not used for so long."""

LONGEST_SESSION = timedelta(days=7)
"""A session ends after so long, used or not."""

TOUCH_INTERVAL = timedelta(minutes=5)


def start_session(session: Session, user: User, *, user_agent: str = "", address: str = "") -> str:
    """Open a revocable session for a user who proved who they are; return its secret, for the signed cookie."""
    token = secrets.token_urlsafe(32)
    moment = clock.now()
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=hash_token(token),
            user_agent=user_agent[:255],
            address=address[:64],
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + SESSION_LIFETIME,
        )
    )
    session.flush()
    return token


def is_touch_due(row: UserSession) -> bool:
    """Tell whether the row's last use is worth writing again; at most every five minutes."""
    return clock.now() - row.last_seen_at >= TOUCH_INTERVAL


def touch_session(session: Session, session_id: int) -> None:
    """Note that a session is in use, which puts off its end; one that was revoked stays so."""
    row = session.get(UserSession, session_id)
    if row is None or row.revoked_at is not None:
        return
    row.last_seen_at = clock.now()
    row.expires_at = min(row.last_seen_at + SESSION_LIFETIME, row.created_at + LONGEST_SESSION)
    session.flush()


def close_session(session: Session, session_id: int) -> None:
    """End a session; ending it twice changes nothing."""
    statement = update(UserSession).where(UserSession.id == session_id, UserSession.revoked_at.is_(None))
    session.execute(statement.values(revoked_at=clock.now()))


def close_session_of(session: Session, user_id: int, session_id: int) -> None:
    """End one of a user's own sessions; somebody else's does not exist (NotFound)."""
    row = session.get(UserSession, session_id)
    if row is None or row.user_id != user_id:
        raise NotFound(_l("There is no such session."))
    close_session(session, session_id)


def close_other_sessions(session: Session, user_id: int, *, keep_id: int | None = None) -> None:
    """End every session of a user except one."""
    statement = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if keep_id is not None:
        statement = statement.where(UserSession.id != keep_id)
    session.execute(statement.values(revoked_at=clock.now()))
