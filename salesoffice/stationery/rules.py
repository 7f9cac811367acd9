"""The numbers of a print run, when to order the next one, and the refusals of the register."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text
from salesoffice.stationery.enums import FormKind, FormState

MAX_RUN = 5_000
MAX_DIGITS = 12
REORDER_COUNT = 20
REORDER_SHARE = 10
"""Order again below so many forms, or below so many per cent of the last run."""


class FormsOverlap(DomainError):
    """A number of the new run is in the register already."""

    def __init__(self, number: str) -> None:
        message = _l(
            "Number %(number)s is in the register already. Check first and last number of the delivery.",
            number=number,
        )
        super().__init__(message, code="forms_overlap", number=number)


class FormUnknown(DomainError):
    """No form of the register carries the number."""

    def __init__(self, number: str) -> None:
        message = _l(
            "There is no form %(number)s in the register. Check the number, or register the print run first.",
            number=number,
        )
        super().__init__(message, code="form_unknown", number=number)


class FormUsed(DomainError):
    """The form belongs to a document already; `what` names it."""

    def __init__(self, number: str, what: Text) -> None:
        message = _l("Form %(number)s is taken already: %(what)s.", number=number, what=what)
        super().__init__(message, code="form_used", number=number, used_by=str(what))


class FormSpoilt(DomainError):
    """The form was spoilt."""

    def __init__(self, number: str, reason: str) -> None:
        message = _l(
            "Form %(number)s is spoilt (%(reason)s). Take another one.", number=number, reason=reason
        )
        super().__init__(message, code="form_spoilt", number=number)


class FormIssuedToOther(DomainError):
    """The form was given to another person."""

    def __init__(self, number: str, holder: str) -> None:
        message = _l(
            "Form %(number)s was issued to %(holder)s. Have it returned first, or take another one.",
            number=number,
            holder=holder,
        )
        super().__init__(message, code="form_issued_to", number=number, holder=holder)


class FormsExhausted(DomainError):
    """The register has no form left that the person may take."""

    def __init__(self, kind: FormKind) -> None:
        message = _l(
            "No form “%(kind)s” is left for you. Register the next print run, or have issued forms returned.",
            kind=kind.label,
        )
        super().__init__(message, code="forms_exhausted", kind=kind.value)


class TooFewForms(DomainError):
    """There are not as many forms in stock as asked for."""

    def __init__(self, count: int) -> None:
        message = _l("Only %(count)s forms are in stock.", count=count)
        problem = FieldProblem("count", message)
        super().__init__(message, code="forms_too_few", errors=[problem], count=count)


class FormNotMovable(DomainError):
    """The form is in a state from which it cannot go where it is wanted."""

    def __init__(self, number: str, state: FormState) -> None:
        message = _l(
            "Form %(number)s is “%(state)s”; this is not possible now.", number=number, state=state.label
        )
        super().__init__(message, code="wrong_state", number=number, state=state.value)


@dataclass(frozen=True)
class RunNumbers:
    """The numbers of a delivery: `prefix`, then `first` to `last` written with `digits` digits."""

    prefix: str
    first: int
    last: int
    digits: int

    @property
    def count(self) -> int:
        """How many forms there are."""
        return self.last - self.first + 1

    def list_numbers(self) -> list[str]:
        """Return every number as it is printed, in order."""
        return [f"{self.prefix}{number:0{self.digits}d}" for number in range(self.first, self.last + 1)]


def check_run(numbers: RunNumbers) -> None:
    """Refuse with InvalidInput a run that is empty, too long, or whose numbers do not fit their digits."""
    if numbers.first < 0 or numbers.last < numbers.first:
        _refuse("last", _l("The last number must not be before the first."))
    if numbers.count > MAX_RUN:
        _refuse("last", _l("Register at most %(count)s forms at a time.", count=MAX_RUN))
    if not 1 <= numbers.digits <= MAX_DIGITS:
        _refuse("digits", _l("A number has 1 to %(count)s digits.", count=MAX_DIGITS))
    if len(str(numbers.last)) > numbers.digits:
        _refuse("digits", _l("The last number has more digits than this."))


def needs_reorder(left: int, last_run: int) -> bool:
    """Tell whether to order again: fewer than 20 forms left, or less than 10 % of the last run."""
    return left < REORDER_COUNT or left * 100 < last_run * REORDER_SHARE


def _refuse(field: str, message: Text) -> None:
    raise InvalidInput(message, [FieldProblem(field, message)])
