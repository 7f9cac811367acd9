"""Reading what was asked for: terms come as JSON values from pages, from the API, and from the stored change."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

from flask_babel import lazy_gettext as _l

from salesoffice.changes.rules import Values, refuse_field
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep

LARGEST_ID = 2**31 - 1


def stored_values(text: str) -> Mapping[str, Any]:
    """Read the JSON of a stored change."""
    found: Mapping[str, Any] = json.loads(text)
    return found


def read_count(terms: Values, name: str) -> int:
    """Read a whole number, an amount in fen among them; refused by its name when it is none."""
    value = terms.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise refuse_field(name, _l("Enter a whole number."))
    return value


def read_day(terms: Values, name: str) -> date:
    """Read a business day written as YYYY-MM-DD; refused by its name when it is none."""
    try:
        return date.fromisoformat(str(terms.get(name)))
    except ValueError as error:
        raise refuse_field(name, _l("Enter a day as year-month-day.")) from error


def read_text(terms: Values, name: str, *, longest: int, is_required: bool = True) -> str:
    """Read a text without spaces around it; refused by its name when it is missing or too long."""
    tidy = str(terms.get(name) or "").strip()
    if is_required and not tidy:
        raise refuse_field(name, _l("This must be filled in."))
    if len(tidy) > longest:
        raise refuse_field(name, _l("At most %(count)s characters.", count=longest))
    return tidy


def read_ids(terms: Values, name: str) -> tuple[int, ...]:
    """Read a list of ids, each once and in its order; none when it is left out. Refused by its name."""
    values = terms.get(name) or ()
    if not isinstance(values, list | tuple) or not all(is_id(value) for value in values):
        raise refuse_field(name, _l("Choose from the list."))
    return tuple(dict.fromkeys(values))


def is_id(value: object) -> TypeGuard[int]:
    """Tell whether a value can be the id of something."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


def read_rate(terms: Values, name: str) -> Decimal | None:
    """Read a share written as a text like "0.30", None when it is left out; refused by its name unless in [0, 1]."""
    typed = terms.get(name)
    if typed in {None, ""}:
        return None
    try:
        rate = Decimal(str(typed))
    except InvalidOperation as error:
        raise refuse_field(name, _l("Enter a share, for example 0.30.")) from error
    if not rate.is_finite() or not 0 <= rate <= 1 or rate != round(rate, 6):
        raise refuse_field(name, _l("A share is from 0 to 1, with at most six decimals."))
    return rate


def read_plan(terms: Values, name: str) -> PlanKind:
    """Read a payment plan; refused by its name when it is none."""
    try:
        return PlanKind(str(terms.get(name)))
    except ValueError as error:
        raise refuse_field(name, _l("Choose a payment plan.")) from error


def read_steps(terms: Values, name: str) -> tuple[DiscountStep, ...]:
    """Read discount steps written as {kind, value, name}; what their values may be is judged with the price."""
    rows = terms.get(name) or ()
    if not isinstance(rows, list | tuple):
        raise refuse_field(name, _l("Enter the discounts one by one."))
    try:
        return tuple(
            DiscountStep(DiscountKind(row["kind"]), Decimal(str(row["value"])), str(row.get("name") or ""))
            for row in rows
        )
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation) as error:
        raise refuse_field(name, _l("Enter the discounts one by one.")) from error


def write_steps(steps: Iterable[DiscountStep]) -> list[Values]:
    """Write discount steps as `read_steps` reads them."""
    return [{"kind": step.kind.value, "value": str(step.value), "name": step.name} for step in steps]
