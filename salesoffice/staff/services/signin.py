"""Signing in: throttled by address and by account, the same whether the account exists or not."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.staff.models import LoginAttempt, User
from salesoffice.staff.queries import list_account_failures, list_address_failures
from salesoffice.staff.rules import ACCOUNT_WINDOW, TooManyAttempts, account_lock, address_lock
from salesoffice.staff.services.sessions import start_session

UNLOCKED = "unlocked"
"""The address of the row that an unlocking writes: it counts as a fresh start."""


@dataclass(frozen=True)
class SignIn:
    """Where an attempt comes from."""

    email: str
    address: str
    user_agent: str = ""


def check_throttle(session: Session, attempt: SignIn) -> None:
    """Refuse an attempt by an address or for an account that failed too often (TooManyAttempts)."""
    moment = clock.now()
    for until in (
        address_lock(list_address_failures(session, attempt.address)),
        account_lock(list_account_failures(session, attempt.email)),
    ):
        if until is not None and until > moment:
            raise TooManyAttempts(until - moment)


def finish_sign_in(session: Session, attempt: SignIn, user: User | None) -> str | None:
    """Record an attempt and, when it proved the user, open a session and return its secret.

    `user` is None when the password was wrong, the account is unknown or closed. The throttle is asked again, because
    other attempts may have ended meanwhile; refused with TooManyAttempts, which then records nothing.
    """
    check_throttle(session, attempt)
    is_success = user is not None
    session.add(
        LoginAttempt(email=attempt.email, address=attempt.address, at=clock.now(), is_success=is_success)
    )
    session.flush()
    return (
        start_session(session, user, user_agent=attempt.user_agent, address=attempt.address) if user else None
    )


def note_lock(session: Session, attempt: SignIn, user: User | None) -> None:
    """Write the account's failures and lock on the user, where the administrator sees them."""
    if user is None:
        return
    failures = list_account_failures(session, attempt.email)
    user.failed_count = len(failures)
    user.locked_until = account_lock(failures)
    session.flush()


def unlock_user(session: Session, user: User, *, actor: Actor) -> User:
    """End the lock of an account; one that is not locked stays as it is."""
    if list_account_failures(session, user.email):
        session.add(LoginAttempt(email=user.email, address=UNLOCKED, at=clock.now(), is_success=True))
        audit.record(session, action="user.unlocked", actor=actor, project_id=None, subject=user)
    user.failed_count = 0
    user.locked_until = None
    session.flush()
    return user


def forget_old_attempts(session: Session) -> int:
    """Delete attempts that no longer count for any lock; return how many."""
    statement = delete(LoginAttempt).where(LoginAttempt.at < clock.now() - 2 * ACCOUNT_WINDOW)
    return len(session.scalars(statement.returning(LoginAttempt.id)).all())
