"""Discounts and fees in short words, for choices, tables and papers."""

from decimal import Decimal

from flask_babel import gettext

from salesoffice.core.money import format_yuan
from salesoffice.offers.enums import FeeMeasure
from salesoffice.offers.rules.discounts import Scheme
from salesoffice.offers.rules.fees import FeeLine, FeeTerms
from salesoffice.pricing.enums import DiscountKind

_HUNDRED = Decimal(100)


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def describe_step(kind: DiscountKind, value: Decimal) -> str:
    """Say in a few signs what a discount step does."""
    if kind is DiscountKind.PERCENTAGE:
        return f"× {show_number(value * _HUNDRED)} %"
    if kind is DiscountKind.POINTS:
        return _("− %(points)s %% of the list price", points=show_number(value))
    if kind is DiscountKind.PER_AREA:
        return _("− %(amount)s yuan/m²", amount=format_yuan(int(value)))
    return _("− %(amount)s yuan", amount=format_yuan(int(value)))


def describe_scheme(scheme: Scheme) -> str:
    """Say what a scheme does, its cap, and that it stands alone if it does."""
    parts = [describe_step(scheme.kind, scheme.value)]
    if scheme.cap is not None:
        parts.append(_("at most %(amount)s yuan", amount=format_yuan(scheme.cap)))
    if not scheme.is_stackable:
        parts.append(_("not with others"))
    return ", ".join(parts)


def describe_rate(fee: FeeTerms) -> str:
    """Say at which rate a fee is counted."""
    if fee.measure is FeeMeasure.RATE:
        return f"{show_number(fee.value * _HUNDRED)} %"
    if fee.measure is FeeMeasure.PER_AREA:
        return _("%(amount)s yuan/m²", amount=format_yuan(int(fee.value)))
    return _("fixed")


def describe_base(line: FeeLine) -> str:
    """Say from which base a fee is counted: yuan, m², or nothing for a fixed one."""
    if line.base is None:
        return "–"
    if line.terms.measure is FeeMeasure.RATE:
        return format_yuan(int(line.base))
    return f"{line.base:,.2f} m²"


def show_number(value: Decimal) -> str:
    """Write a number without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
