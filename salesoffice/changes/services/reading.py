"""Reading what was asked for: terms come as JSON values from pages, from the API, and from the stored change."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from salesoffice.changes.rules import Values, refuse_field


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
