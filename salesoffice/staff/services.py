"""Users, memberships, sessions and tokens."""

import secrets
from datetime import timedelta

from pwdlib import PasswordHash
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.staff.models import User, UserSession
from salesoffice.staff.queries import hash_token

SESSION_LIFETIME = timedelta(hours=12)

passwords = PasswordHash.recommended()


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
