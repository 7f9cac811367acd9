"""Figures that are read at a glance; the exact ones stand in the tables."""

from decimal import ROUND_HALF_UP, Decimal

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
