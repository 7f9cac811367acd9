"""Passwords: checked, changed, reset."""

import secrets

from flask_babel import lazy_gettext as _l
from pwdlib import PasswordHash
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.staff.enums import PasswordPolicy
from salesoffice.staff.models import User
from salesoffice.staff.rules import LONGEST, check_password
from salesoffice.staff.services.sessions import close_other_sessions
from salesoffice.staff.services.signin import unlock_user
from salesoffice.staff.services.tokens import revoke_tokens

hashes = PasswordHash.recommended()

_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$4EW69G3cN+YzsYCijVGDwg$Eg7wsIFQAsAMEtNIseTCkVR5uxlqsrCeSoC4fWFZgTU"
_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"


def hash_password(password: str) -> str:
    """Return the argon2 hash of a password; takes some 50 ms and 64 MiB, so not inside a transaction when avoidable."""
    return hashes.hash(password)


def is_right_password(user: User | None, password: str) -> bool:
    """Tell whether this is the user's password. Takes the same time when there is no such user."""
    if len(password) > LONGEST:
        return False
    is_right = hashes.verify(password, user.password_hash if user is not None else _NOBODY)
    return is_right and user is not None


def generate_password() -> str:
    """Return a random initial password that can be read aloud and satisfies every policy."""
    groups = [
        "".join(secrets.choice(_LETTERS + _DIGITS) for _ in range(3)) + secrets.choice(signs)
        for signs in (_LETTERS, _CAPITALS, _DIGITS, _CAPITALS)
    ]
    return "-".join(groups)


def change_password(
    session: Session,
    user: User,
    *,
    actor: Actor,
    old: str,
    new: str,
    policy: PasswordPolicy,
    keep_id: int | None,
) -> User:
    """Change one's own password and close one's other sessions.

    Refused (InvalidInput): a wrong old password, the same again, what the policy does not allow.
    """
    if not is_right_password(user, old):
        message = _l("The present password is not right.")
        raise InvalidInput(_l("The password was not changed."), [FieldProblem("old", message)])
    if old == new:
        message = _l("Choose a password that differs from the present one.")
        raise InvalidInput(_l("The password was not changed."), [FieldProblem("new", message)])
    check_password(new, policy=policy, email=user.email, name=user.name, field="new")
    _set_password(user, new, must_change=False)
    close_other_sessions(session, user.id, keep_id=keep_id)
    audit.record(session, action="user.password_changed", actor=actor, project_id=None, subject=user)
    session.flush()
    return user


def reset_password(session: Session, user: User, *, actor: Actor) -> str:
    """Give a user a new initial password, end sessions, tokens and the lock; return the password, to be shown once."""
    password = generate_password()
    _set_password(user, password, must_change=True)
    close_other_sessions(session, user.id)
    revoke_tokens(session, user, actor=actor)
    unlock_user(session, user, actor=actor)
    audit.record(session, action="user.password_reset", actor=actor, project_id=None, subject=user)
    session.flush()
    return password


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.password_hash = hash_password(password)
    user.password_changed_at = clock.now()
    user.must_change_password = must_change
