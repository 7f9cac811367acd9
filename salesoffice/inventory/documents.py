"""Changes of units in words: name of the field, old and new value."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import Text
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import Product
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import UnitChange

_NAMES: Mapping[str, Text] = {
    "unit_type": _l("Unit type"),
    "orientation": _l("Orientation"),
    "view": _l("View"),
    "light": _l("Light"),
    "usage": _l("Usage"),
    "product": _l("Counts as"),
    "storey_height": _l("Storey height"),
    "floor": _l("Floor"),
}


class ChangedFact(NamedTuple):
    """One fact of a unit before and after."""

    name: Text
    old: Text
    new: Text


def describe_change(change: UnitChange) -> list[ChangedFact]:
    """Tell what changes of a unit."""
    return _describe(change.before, change.after)


def describe_entry(session: Session, entries: Sequence[AuditEntry]) -> list[tuple[str, list[ChangedFact]]]:
    """Tell what audit entries changed: code of the unit, its facts."""
    ids = [entry.unit_id for entry in entries if entry.unit_id is not None]
    codes = dict(session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(ids))).all())
    return [
        (codes[entry.unit_id or 0], _describe(json.loads(entry.before), json.loads(entry.after)))
        for entry in entries
    ]


def _describe(before: Mapping[str, object], after: Mapping[str, object]) -> list[ChangedFact]:
    return [
        ChangedFact(_NAMES[name], _show(name, before.get(name)), _show(name, after[name]))
        for name in _NAMES
        if name in after
    ]


def _show(name: str, value: object) -> Text:
    if name == "product":
        return next((product.label for product in Product if product.value == value), str(value))
    return "–" if value in {None, ""} else str(value)
