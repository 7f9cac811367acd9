"""Users, memberships, sessions and tokens."""

from salesoffice.staff.services.passwords import (
    change_password,
    generate_password,
    is_right_password,
    reset_password,
)
from salesoffice.staff.services.sessions import (
    close_other_sessions,
    close_session,
    close_session_of,
    is_touch_due,
    start_session,
    touch_session,
)
from salesoffice.staff.services.signin import (
    SignIn,
    check_throttle,
    finish_sign_in,
    forget_old_attempts,
    note_lock,
    unlock_user,
)
from salesoffice.staff.services.tokens import create_token, revoke_tokens
from salesoffice.staff.services.users import (
    EmailTaken,
    LastAdmin,
    Person,
    add_membership,
    change_profile,
    change_user,
    close_user,
    create_user,
    remember_locale,
    reopen_user,
)

__all__ = [
    "EmailTaken",
    "LastAdmin",
    "Person",
    "SignIn",
    "add_membership",
    "change_password",
    "change_profile",
    "change_user",
    "check_throttle",
    "close_other_sessions",
    "close_session",
    "close_session_of",
    "close_user",
    "create_token",
    "create_user",
    "finish_sign_in",
    "forget_old_attempts",
    "generate_password",
    "is_right_password",
    "is_touch_due",
    "note_lock",
    "remember_locale",
    "reopen_user",
    "reset_password",
    "revoke_tokens",
    "start_session",
    "touch_session",
    "unlock_user",
]
