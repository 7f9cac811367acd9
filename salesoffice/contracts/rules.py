"""The comparison of two entries of a contract's critical fields."""

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.rules import ScheduleMismatch


class PlanMismatch(DomainError):
    """The schedule of the account was made for another payment plan."""

    def __init__(self, plan: PlanKind, agreed: PlanKind) -> None:
        message = _l(
            "The contract says “%(plan)s”, but “%(agreed)s” was agreed and scheduled.",
            plan=plan.label,
            agreed=agreed.label,
        )
        super().__init__(message, code="schedule_mismatch", plan=plan.value, agreed=agreed.value)


FieldValue = str | int | Decimal | date

_DASHES = re.compile(r"[‐‑‒–—―−]")
_NAME_DOTS = re.compile(r"[•‧∙⋅・]")


@dataclass(frozen=True)
class CriticalFields:
    """What two people enter independently; area in m², amount in fen, a business day."""

    customer_name: str
    certificate_no: str
    unit_code: str
    gross_area: Decimal
    total_amount: int
    signed_on: date


@dataclass(frozen=True)
class Difference:
    """A field in which two entries differ, with both values as they were entered."""

    field: str
    first: FieldValue
    second: FieldValue


def differences(first: CriticalFields, second: CriticalFields) -> tuple[Difference, ...]:
    """Compare two entries and return the fields that differ, in the order of CriticalFields.

    Spaces, upper and lower case, full and half width, and the kinds of dashes and name dots do not count
    as differences; every figure and every day does.
    """
    pairs = (
        (item.name, getattr(first, item.name), getattr(second, item.name)) for item in fields(CriticalFields)
    )
    return tuple(Difference(name, one, two) for name, one, two in pairs if _normalise(one) != _normalise(two))


def check_agreed(*, total: int, plan: PlanKind, agreed_total: int, agreed_plan: PlanKind) -> None:
    """Refuse a contract over another price (fen) or payment plan than agreed; both with code `schedule_mismatch`.

    A change of price or plan is agreed and scheduled first, then the contract is entered.
    """
    if total != agreed_total:
        raise ScheduleMismatch(total, agreed_total)
    if plan is not agreed_plan:
        raise PlanMismatch(plan, agreed_plan)


def normalise_text(text: str) -> str:
    """Bring a text into the form in which two entries are compared."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _NAME_DOTS.sub("·", _DASHES.sub("-", plain))


def _normalise(value: FieldValue) -> FieldValue:
    return normalise_text(value) if isinstance(value, str) else value
