"""Figures that are read at a glance; the exact ones stand in the tables."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from salesoffice.core.money import format_yuan
from salesoffice.infra.i18n import _, current_language, ngettext

_WAN = 1_000_000
"""10,000 yuan in fen."""


def big_yuan(fen: int) -> str:
    """Show an amount so that it is read at a glance: in Chinese from 10,000 yuan on in 万元, two decimals."""
    if current_language() == "en" or abs(fen) < _WAN:
        return _("%(amount)s yuan", amount=format_yuan(fen))
    wan = (Decimal(fen) / _WAN).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return _("%(amount)s ten thousand yuan", amount=f"{wan:,}")


def count_units(number: int) -> str:
    """Show a number of units: 3 套."""
    return ngettext("%(num)s unit", "%(num)s units", number)


def note_sold_by_file(row: Mapping[str, Any]) -> str:
    """Say how many units of a stock row a file marks as sold; empty without any, and in snapshots older than that."""
    number = row.get("sold_by_file", 0)
    if not number:
        return ""
    return _("of which sold according to the imported file: %(units)s", units=count_units(number))
