"""The comparison of two entries of a contract's critical fields."""

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

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


def _normalise(value: FieldValue) -> FieldValue:
    if not isinstance(value, str):
        return value
    plain = "".join(unicodedata.normalize("NFKC", value).casefold().split())
    return _NAME_DOTS.sub("·", _DASHES.sub("-", plain))
