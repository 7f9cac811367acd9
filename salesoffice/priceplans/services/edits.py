"""What one change of a plan sets: figures of its tables, adjustments by hand, its terms."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, Self

from salesoffice.priceplans.enums import FactorKind, PlanMethod, RoundingMode, RoundingTarget
from salesoffice.pricing.enums import PriceBasis

_DIGITS = 9
TERM_KINDS: Mapping[str, Any] = {
    "method": PlanMethod,
    "basis": PriceBasis,
    "rounding_mode": RoundingMode,
    "rounding_target": RoundingTarget,
    "blended_discount": Decimal,
    "target_price": int,
    "base_price": int,
    "base_floor": int,
    "rounding_step": int,
    "min_price": int,
    "max_price": int,
}
"""The terms of a plan that a change may set, by column, and the type of each."""


class CellName(NamedTuple):
    """Which figure of a factor table: `is_coefficient` or the difference; `building_id` None: of all buildings."""

    kind: FactorKind
    building_id: int | None
    key: str
    is_coefficient: bool

    @property
    def text(self) -> str:
        """The name as pages send it: `floor.0.14.c`; building 0 stands for all."""
        return f"{self.kind.value}.{self.building_id or 0}.{self.key}.{'c' if self.is_coefficient else 'd'}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a name that a page sent; ValueError for anything else."""
        kind, building, rest = text.split(".", 2)
        key, _dot, column = rest.rpartition(".")
        if column not in {"c", "d"} or not (
            building.isascii() and building.isdecimal() and len(building) <= _DIGITS
        ):
            raise ValueError(text)
        return cls(FactorKind(kind), int(building) or None, key, column == "c")


class Adjusted(NamedTuple):
    """What is added to the price of one unit (fen per m²), and why."""

    difference: int
    reason: str


@dataclass(frozen=True)
class PlanEdit:
    """What one change sets: figures of factor tables (millionths, or fen per m²; None takes the figure away),
    adjustments by unit id (None takes it away), terms of the plan by their column's name.
    """

    cells: Mapping[CellName, int | None] = field(default_factory=dict)
    adjustments: Mapping[int, Adjusted | None] = field(default_factory=dict)
    terms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is set."""
        return not (self.cells or self.adjustments or self.terms)

    def to_json(self) -> str:
        """Write the change down."""
        content = {
            "cells": [[*name, value] for name, value in self.cells.items()],
            "adjustments": [[unit_id, value and list(value)] for unit_id, value in self.adjustments.items()],
            "terms": {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in self.terms.items()
            },
        }
        return json.dumps(content, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a change that was written down."""
        content = json.loads(text)
        return cls(
            cells={
                CellName(FactorKind(kind), building_id, key, is_coefficient): value
                for kind, building_id, key, is_coefficient, value in content["cells"]
            },
            adjustments={
                unit_id: Adjusted(*value) if value else None for unit_id, value in content["adjustments"]
            },
            terms={
                name: None if value is None else TERM_KINDS[name](value)
                for name, value in content["terms"].items()
            },
        )
