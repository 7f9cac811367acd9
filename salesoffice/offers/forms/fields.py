"""Values that these forms share: per cent, and the value of a discount or a fee by its kind."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms.fields.choices import SelectChoice

from salesoffice.core.errors import DomainError
from salesoffice.core.labels import LabelledEnum
from salesoffice.core.money import MAX_AMOUNT, format_yuan, parse_yuan
from salesoffice.infra.i18n import _
from salesoffice.offers.enums import FeeMeasure
from salesoffice.offers.rules import FeeTerms, show_number
from salesoffice.pricing.enums import DiscountKind
from salesoffice.webkit.fields import (
    TypedField,
)

_HUNDRED = Decimal(100)


class PercentField(TypedField):
    """A share typed in per cent with at most four decimals (3.5); its value is the share (0.035)."""

    unit = "%"

    def parse(self, typed: str) -> Decimal:
        """Return the share."""
        message = _("Please enter per cent with at most four decimals, for example 3.5.")
        try:
            value = Decimal(typed)
        except InvalidOperation as error:
            raise ValueError(message) from error
        if not value.is_finite() or not 0 <= value <= _HUNDRED or value != round(value, 4):
            raise ValueError(message)
        return value / _HUNDRED

    def show(self, value: Any) -> str:
        """Show the share in per cent."""
        return show_number(Decimal(value) * _HUNDRED)


def list_choices(kind: type[LabelledEnum]) -> list[SelectChoice]:
    """Return the members of an enumeration as boxes to tick."""
    return [SelectChoice(member.value, member.label) for member in kind]


def read_value(kind: DiscountKind | None, typed: str) -> Decimal:
    """Read a percentage (98 = 98 % is left to pay), points, or yuan; ValueError says what is wrong."""
    if kind is None:
        raise ValueError(_("Choose the kind of this discount."))
    if kind in {DiscountKind.PER_AREA, DiscountKind.AMOUNT}:
        try:
            return Decimal(parse_yuan(typed))
        except DomainError as error:
            raise ValueError(str(error.message)) from error
    try:
        value = Decimal(typed)
    except InvalidOperation as error:
        raise ValueError(_("Please enter a number, for example 12.50.")) from error
    if not value.is_finite() or abs(value) > MAX_AMOUNT:
        raise ValueError(_("Please enter a number, for example 12.50."))
    return value / 100 if kind is DiscountKind.PERCENTAGE else value


def show_value(kind: DiscountKind, value: Decimal) -> str:
    """Write the value of a discount step as it is typed: per cent left to pay, points, or yuan."""
    if kind is DiscountKind.PERCENTAGE:
        return show_number(value * _HUNDRED)
    return show_number(value) if kind is DiscountKind.POINTS else format_yuan(int(value))


def read_fee_value(measure: FeeMeasure, typed: str) -> Decimal:
    """Read per cent, or yuan; ValueError says what is wrong."""
    if measure is FeeMeasure.RATE:
        value = read_value(DiscountKind.POINTS, typed) / _HUNDRED
        if not 0 <= value < 1:
            raise ValueError(_("Please enter per cent with at most four decimals, for example 3.5."))
        return value
    return read_value(DiscountKind.AMOUNT, typed)


def show_fee_value(fee: FeeTerms) -> str:
    """Write the value of a fee as it is typed."""
    return (
        show_number(fee.value * _HUNDRED) if fee.measure is FeeMeasure.RATE else format_yuan(int(fee.value))
    )


def read_field(field: Any, parse: Callable[[str], Decimal]) -> Decimal | None:
    """Parse what was typed into a field; what is wrong becomes its error, and None is returned."""
    try:
        return parse(field.data or "")
    except ValueError as error:
        field.errors = [*field.errors, str(error)]
        return None
