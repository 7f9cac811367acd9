"""Pure decisions about passwords, throttling and addresses to go on to."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text
from salesoffice.staff.enums import PasswordPolicy

FAILURES_PER_LOCK = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
ADDRESS_FAILURES = 30
ADDRESS_WINDOW = timedelta(minutes=15)
ACCOUNT_WINDOW = timedelta(days=7)
"""How far back failures of one account are counted."""

SHORTEST = {PasswordPolicy.ASVS: 12, PasswordPolicy.MLPS2: 8}
LONGEST = 256
MLPS2_LIFETIME = timedelta(days=90)

COMMON_WORDS = frozenset(
    [
        "password",
        "passwort",
        "passw0rd",
        "p@ssw0rd",
        "p@ssword",
        "admin",
        "administrator",
        "root",
        "guest",
        "welcome",
        "letmein",
        "login",
        "master",
        "qwerty",
        "qwertyuiop",
        "qwertyuiopasdfghjkl",
        "asdfghjkl",
        "asdfghjklzxcvbnm",
        "zxcvbnm",
        "qazwsx",
        "qazwsxedc",
        "iloveyou",
        "monkey",
        "dragon",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "batman",
        "trustno1",
        "shadow",
        "michael",
        "jordan",
        "hello",
        "freedom",
        "whatever",
        "starwars",
        "computer",
        "internet",
        "secret",
        "abc",
        "abcdef",
        "abcdefg",
        "abcdefgh",
        "abcdefghijkl",
        "aaaa",
        "woaini",
        "woaiwojia",
        "wodemima",
        "mima",
        "shouloubu",
        "salesoffice",
        "sales",
        "office",
        "changeme",
        "default",
        "test",
        "testtest",
        "user",
    ]
)
_SEQUENCES = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_SMALLEST_NAME = 3
_FEWEST_SIGNS = 4
_FEWEST_CLASSES = 3


class TooManyAttempts(DomainError):
    """Too many failed attempts to sign in, by account or by address; `retry_after` says for how many seconds."""

    def __init__(self, retry_after: timedelta) -> None:
        seconds = max(1, math.ceil(retry_after.total_seconds()))
        minutes = math.ceil(seconds / 60)
        super().__init__(
            _l(
                "Too many failed attempts. Try again in %(minutes)s minutes, or ask the administrator.",
                minutes=minutes,
            ),
            code="too_many_attempts",
            status=429,
            retry_after=seconds,
        )
        self.retry_after = seconds


def account_lock(failures: Sequence[datetime]) -> datetime | None:
    """Return until when an account is locked after these failures since its last success, oldest first.

    Every fifth failure locks: 15 minutes, then 30, 60 … at most 24 hours.
    """
    locks = len(failures) // FAILURES_PER_LOCK
    if locks == 0:
        return None
    begun = failures[locks * FAILURES_PER_LOCK - 1]
    return begun + min(FIRST_LOCK * 2 ** min(locks - 1, 10), LONGEST_LOCK)


def address_lock(failures: Sequence[datetime]) -> datetime | None:
    """Return until when an address must wait after these failures of the last 15 minutes, oldest first."""
    return failures[-ADDRESS_FAILURES] + ADDRESS_WINDOW if len(failures) >= ADDRESS_FAILURES else None


def check_password(
    password: str, *, policy: PasswordPolicy, email: str, name: str, field: str = "password"
) -> None:
    """Refuse a password that the policy does not allow (InvalidInput, one problem per reason).

    `asvs`: at least 12 characters, no rules of composition, not a common password, without the person's e-mail or
    name. `mlps2`: at least 8 characters of three of the four classes, and the same two prohibitions.
    """
    problems = [FieldProblem(field, text) for text in _find_weaknesses(password, policy, email, name)]
    if problems:
        raise InvalidInput(
            _l("This password is not allowed. Choose another."), problems, code="weak_password"
        )


def is_password_expired(policy: PasswordPolicy, changed_at: datetime, moment: datetime) -> bool:
    """Tell whether a password must be changed because of its age; only `mlps2` knows an age (90 days)."""
    return policy is PasswordPolicy.MLPS2 and moment - changed_at >= MLPS2_LIFETIME


def safe_target(target: str | None) -> str:
    """Return an address of this site to go on to, `/` for everything that leads or might lead elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or not target.isprintable():
        return "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else target


def _find_weaknesses(password: str, policy: PasswordPolicy, email: str, name: str) -> Iterator[Text]:
    shortest = SHORTEST[policy]
    if len(password) < shortest:
        yield _l("Use at least %(count)s characters.", count=shortest)
    if len(password) > LONGEST:
        yield _l("Use at most %(count)s characters.", count=LONGEST)
    if policy is PasswordPolicy.MLPS2 and _count_classes(password) < _FEWEST_CLASSES:
        yield _l("Use three of these four: small letters, capital letters, digits, other signs.")
    if is_common(password):
        yield _l("This password is too easy to guess.")
    if _contains_person(password, email, name):
        yield _l("Leave your name and e-mail address out of the password.")


def is_common(password: str) -> bool:
    """Tell whether a password is one that everybody tries: known words, sequences, few different signs."""
    plain = password.casefold()
    core = re.sub(r"[\W\d_]+", "", plain)
    words = {plain, core, plain.rstrip("0123456789!@#$%^&*.")}
    is_sequence = any(plain in sequence or plain in sequence[::-1] for sequence in _SEQUENCES)
    is_repeated = any(plain == plain[:size] * (len(plain) // size) for size in range(1, len(plain) // 2 + 1))
    is_digits = plain.isdecimal() and _is_run(plain)
    return (
        bool(words & COMMON_WORDS)
        or is_sequence
        or is_repeated
        or is_digits
        or len(set(plain)) < _FEWEST_SIGNS
    )


def _is_run(digits: str) -> bool:
    return "01234567890123456789".find(digits[:10]) >= 0


def _count_classes(password: str) -> int:
    tests: tuple[Callable[[str], bool], ...] = (
        str.islower,
        str.isupper,
        str.isdecimal,
        lambda sign: not sign.isalnum(),
    )
    return sum(any(test(sign) for sign in password) for test in tests)


def _contains_person(password: str, email: str, name: str) -> bool:
    plain = password.casefold()
    parts = {email.casefold(), email.casefold().partition("@")[0], name.casefold().replace(" ", "")}
    return any(len(part) >= _SMALLEST_NAME and part in plain for part in parts)
