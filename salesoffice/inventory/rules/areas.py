"""Decisions about areas measured again."""

from decimal import Decimal
from typing import NamedTuple

AREA_LIMIT = Decimal("0.03")
"""Beyond this share the buyer is not bound to what a final survey differs (contract template of the ministry)."""


class AreaChange(NamedTuple):
    """How an area differs from the one before: m² (two decimals) and share of the old one."""

    difference: Decimal
    rate: Decimal

    @property
    def is_beyond(self) -> bool:
        """Whether it differs by more than 3 %."""
        return abs(self.rate) > AREA_LIMIT


def compare_areas(old: Decimal | None, new: Decimal | None) -> AreaChange | None:
    """Compare two areas in m²; None where one is not known."""
    if old is None or new is None:
        return None
    return AreaChange(new - old, (new - old) / old)
