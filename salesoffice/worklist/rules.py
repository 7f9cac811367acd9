"""What a line of the work list offers: the one action that settles it, and a second one where there are two ways."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import LazyString

from salesoffice.core.permissions import Permission


def always(_row: Any) -> bool:
    """Offer an action on every line."""
    return True


@dataclass(frozen=True)
class Action:
    """A link or a button on a line. `endpoint` is the page's name; `parts` say which value of the line stands in which part of
    its address, `fixed` what is the same for every line, `query` what is added to the address, `fields` what a button sends.

    `fits` tells whether a line has it at all; `confirm` is asked first and may name the line's `%(amount)s`.
    """

    label: LazyString
    icon: str
    permission: Permission
    endpoint: str
    parts: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    anchor: str = ""
    is_post: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    confirm: LazyString | None = None
    fits: Callable[[Any], bool] = always


def due_of(due: date | datetime | None, days: int | None) -> date | datetime | None:
    """Return when a line is due: `days` after a business day that starts its clock, or that day or moment itself."""
    return due + timedelta(days=days) if due is not None and days else due


def is_late(due: date | datetime | None, *, today: date, now: datetime) -> bool:
    """Tell whether a business day lies before today, or a moment before now."""
    if due is None:
        return False
    return due < now if isinstance(due, datetime) else due < today
