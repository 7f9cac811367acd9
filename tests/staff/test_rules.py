"""Passwords, locks and addresses to go on to, with exact figures."""

from datetime import UTC, datetime, timedelta

import pytest

from salesoffice.core.errors import InvalidInput
from salesoffice.staff.enums import PasswordPolicy
from salesoffice.staff.rules import (
    account_lock,
    address_lock,
    check_password,
    is_password_expired,
    safe_target,
)
from salesoffice.staff.services import generate_password

NOON = datetime(2026, 5, 4, 4, tzinfo=UTC)


def failures(count: int) -> list[datetime]:
    return [NOON + timedelta(seconds=number) for number in range(count)]


def reasons(password: str, policy: PasswordPolicy = PasswordPolicy.ASVS) -> int:
    try:
        check_password(password, policy=policy, email="wang.fang@example.test", name="Wang Fang")
    except InvalidInput as error:
        return len(error.errors)
    return 0


@pytest.mark.parametrize(
    ("count", "minutes"),
    [(5, 15), (9, 15), (10, 30), (15, 60), (20, 120), (35, 960), (40, 1440), (200, 1440)],
)
def test_account_lock_doubles_with_every_fifth_failure(count: int, minutes: int) -> None:
    locked_by = failures(count)[count // 5 * 5 - 1]

    assert account_lock(failures(count)) == locked_by + timedelta(minutes=minutes)


def test_account_is_open_after_four_failures() -> None:
    assert account_lock(failures(4)) is None


def test_address_waits_until_the_thirtieth_last_failure_is_old() -> None:
    assert address_lock(failures(29)) is None
    assert address_lock(failures(32)) == NOON + timedelta(seconds=2, minutes=15)


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "mein-hund-frisst-nudeln", "售楼处门口的三棵桂花树真的很香"]
)
def test_long_password_is_allowed(password: str) -> None:
    assert reasons(password) == 0


@pytest.mark.parametrize(
    "password",
    [
        "eleven-sign", "password1234", "Password!2026", "123456789012", "987654321098", "qwertyuiopas", "aaaaaaaaaaaa",
        "abcabcabcabc", "my name is wangfang ok", "wang.fang@example.test!", "adminadmin12345"[:12] * 2,
    ],
)  # fmt: skip
def test_weak_password_is_refused(password: str) -> None:
    assert reasons(password) >= 1


@pytest.mark.parametrize(
    ("password", "count"), [("Ab3defgh", 0), ("kbdwefq8", 1), ("Ab3", 2), ("xk-9-lmqz", 0)]
)
def test_mlps2_wants_eight_signs_of_three_classes(password: str, count: int) -> None:
    assert reasons(password, PasswordPolicy.MLPS2) == count


def test_generated_password_satisfies_both_policies() -> None:
    made = {generate_password() for _ in range(50)}

    assert len(made) == 50
    assert {reasons(password, policy) for password in made for policy in PasswordPolicy} == {0}


def test_password_expires_after_90_days_under_mlps2_only() -> None:
    changed = NOON - timedelta(days=90)

    assert is_password_expired(PasswordPolicy.MLPS2, changed, NOON)
    assert not is_password_expired(PasswordPolicy.MLPS2, changed + timedelta(seconds=1), NOON)
    assert not is_password_expired(PasswordPolicy.ASVS, changed, NOON)


@pytest.mark.parametrize("target", ["/p/P1/board", "/p/P1/board?since=3", "/"])
def test_own_address_is_a_safe_target(target: str) -> None:
    assert safe_target(target) == target


@pytest.mark.parametrize(
    "target",
    [None, "", "//evil.test", "///evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "evil.test",
     "/\n/evil.test", "/\t/evil.test", "\\\\evil.test"],
)  # fmt: skip
def test_foreign_address_is_no_target(target: str | None) -> None:
    assert safe_target(target) == "/"
