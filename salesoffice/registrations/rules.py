"""Decisions about registrations of interest: numbers, prefixes, days, steps."""

import re
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text, WrongState
from salesoffice.registrations.enums import REGISTRATION_STEPS, RegistrationState

OLDEST_REGISTRATION = timedelta(days=366)
"""A registration dated longer ago is a slip of the pen."""

LONGEST_WANTS = 200
LONGEST_NAME = 40
_PREFIX = re.compile(r"[^\W\d_]{1,8}")


class PermitMissing(DomainError):
    """No pre-sale permit of the project was valid on the day on which earnest money came."""

    def __init__(self) -> None:
        message = _l(
            "The project had no pre-sale permit on this day: no earnest money may be taken. Add the permit first."
        )
        super().__init__(message, code="permit_missing")


class CategoryTaken(DomainError):
    """Another category of the project has the name or the prefix."""

    def __init__(self, field: str) -> None:
        message = _l("Another category of this project has this name or these letters already.")
        super().__init__(message, code="category_taken", errors=[FieldProblem(field, message)])


class CategoryClosed(WrongState):
    """The category takes no more registrations."""

    def __init__(self, name: str) -> None:
        super().__init__(_l("Category “%(name)s” is closed. The sales manager can open it again.", name=name))


class RegisteredAlready(DomainError):
    """The customer has a registration in this category."""

    def __init__(self, number: str) -> None:
        message = _l(
            "This customer is registered in this category already: %(number)s. Open that registration.",
            number=number,
        )
        super().__init__(message, code="registered_already", number=number)


class NothingToCarry(WrongState):
    """No earnest money of the registration is confirmed."""

    def __init__(self) -> None:
        super().__init__(
            _l("No earnest money of this registration is confirmed. Finance has to confirm it first.")
        )


class MoneyWaits(WrongState):
    """Money of the registration waits for finance; it is decided before the registration ends."""

    def __init__(self, number: str) -> None:
        message = _l(
            "Receipt %(number)s waits for finance. Let it be confirmed or refused first.", number=number
        )
        super().__init__(message, code="wrong_state", number=number)


def series_of(category_id: int) -> str:
    """Return the number series of a category."""
    return f"registration:{category_id}"


def write_number(prefix: str, queue_number: int) -> str:
    """Return the number that a registration shows: the letters of its category and the queue number, `A0001`."""
    return f"{prefix}{queue_number:04d}"


def check_prefix(prefix: str) -> str:
    """Return the letters of a category in capitals; refuses with InvalidInput what is not 1 to 8 letters.

    Without digits in it no two categories can write the same number.
    """
    tidy = prefix.strip().upper()
    if not _PREFIX.fullmatch(tidy):
        _refuse("prefix", _l("Give the category 1 to 8 letters, without digits: they begin its numbers."))
    return tidy


def check_text(field: str, text: str, longest: int, *, is_required: bool = False) -> str:
    """Return a text stripped; refuses with InvalidInput one that is too long, or empty where it is required."""
    tidy = text.strip()
    if is_required and not tidy:
        _refuse(field, _l("Please fill this in."))
    if len(tidy) > longest:
        _refuse(field, _l("Please enter no more than %(max)d characters.", max=longest))
    return tidy


def check_earnest_amount(amount: int) -> None:
    """Refuse with InvalidInput earnest money of zero or less (fen)."""
    if amount <= 0:
        _refuse("earnest_amount", _l("The earnest money must be larger than zero."))


def check_day(registered_on: date, today: date) -> None:
    """Refuse with InvalidInput a registration dated in the future or more than a year ago."""
    if registered_on > today:
        _refuse("registered_on", _l("The day of the registration must not be after today."))
    if registered_on < today - OLDEST_REGISTRATION:
        _refuse("registered_on", _l("This day is more than a year ago. Check the year."))


def check_registration_step(current: RegistrationState, wanted: RegistrationState) -> None:
    """Refuse with WrongState to bring a registration into a state that does not follow."""
    if wanted not in REGISTRATION_STEPS[current]:
        raise WrongState(
            _l("The registration is “%(state)s”; this is not possible any more.", state=current.label),
            state=current.value,
        )


def _refuse(field: str, message: Text) -> None:
    raise InvalidInput(message, [FieldProblem(field, message)])
