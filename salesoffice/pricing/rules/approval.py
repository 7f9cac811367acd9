"""Who may approve a price version: by its largest single move."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal

from salesoffice.core.permissions import Role
from salesoffice.pricing.rules.totals import PriceDraft

UNLIMITED_APPROVERS = frozenset({Role.EXECUTIVE, Role.ADMIN})
"""Roles that approve whatever the move is; everybody else who may approve does so up to the manager's limit."""

LARGEST_RATE = Decimal(1000)
_FINEST = Decimal("0.000001")


def move_rate(old: int, new: int) -> Decimal:
    """Return |new − old| ÷ old as a share, rounded up to millionths so that a limit is never passed unseen."""
    exact = (Decimal(abs(new - old)) / old).quantize(_FINEST, ROUND_CEILING)
    return min(exact, LARGEST_RATE)


def largest_move(before: Mapping[int, PriceDraft], changed: Mapping[int, PriceDraft]) -> Decimal | None:
    """Return the largest single move of the changed prices against those before, by unit id.

    None when one of them had no price before: then there is nothing to measure the version against.
    """
    if not changed or changed.keys() - before.keys():
        return None
    return max(
        move_rate(before[unit_id].list_total_amount, price.list_total_amount)
        for unit_id, price in changed.items()
    )


def may_approve(
    roles: Iterable[Role], rate: Decimal | None, *, limit: Decimal, needs_executive: bool = False
) -> bool:
    """Tell whether somebody in these roles may approve a version whose largest move is `rate`.

    None as rate, and prices below the project's floor (`needs_executive`), are beyond every limit.
    """
    if UNLIMITED_APPROVERS & set(roles):
        return True
    return rate is not None and rate <= limit and not needs_executive
