"""Fields that the business needs again and again; each gives back a typed value and keeps what was typed."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import DateInput, NumberInput, TelInput, TextInput

from salesoffice.core.errors import DomainError, Text
from salesoffice.core.labels import LabelledEnum
from salesoffice.core.money import format_yuan, parse_yuan
from salesoffice.core.phones import normalise_phone
from salesoffice.infra.i18n import _, _l

LARGEST_AREA = Decimal(10_000_000)
_LONGEST_NUMBER = 15
EARLIEST_DAY = date(1900, 1, 1)
LATEST_DAY = date(2199, 12, 31)


def required() -> InputRequired:
    """A field that must be filled in."""
    return InputRequired()


def optional() -> Optional:
    """A field that may stay empty; its value is then None."""
    return Optional()


def at_most(signs: int) -> Length:
    """A text of at most so many characters, as its column allows."""
    return Length(max=signs)


class TypedField(Field):
    """Base of the fields below: empty is None, what was typed comes back unchanged with the error.

    A subclass says how to `parse` a typed text (refusing with ValueError) and how to `show` a value.
    """

    widget = TextInput()

    def parse(self, typed: str) -> Any:
        """Return the value of a text that is not empty; ValueError carries the text of the refusal."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        """Return the text for a value."""
        return str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was sent."""
        typed = unicodedata.normalize("NFKC", str(valuelist[0])).strip() if valuelist else ""
        self.data = None
        if typed:
            self.data = self.parse(typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class YuanField(TypedField):
    """An amount typed in yuan; its value is integer fen. Negative amounts only where allowed."""

    unit = _l("yuan")

    def __init__(
        self, label: Text = "", validators: Any = None, *, allow_negative: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.allow_negative = allow_negative

    def parse(self, typed: str) -> int:
        """Return fen."""
        try:
            return parse_yuan(typed, allow_negative=self.allow_negative)
        except DomainError as error:
            raise ValueError(str(error.message)) from error

    def show(self, value: Any) -> str:
        """Show fen as yuan."""
        return format_yuan(int(value))


class AreaField(TypedField):
    """An area in m² with at most two decimals, a Decimal."""

    unit = "m²"

    def parse(self, typed: str) -> Decimal:
        """Return the area with exactly two decimals."""
        message = _("Please enter an area in m² with at most two decimals, for example 88.50.")
        try:
            value = Decimal(typed.replace(",", ""))
            exact = value.quantize(Decimal("0.01"))
        except InvalidOperation as error:
            raise ValueError(message) from error
        if exact != value:
            raise ValueError(message)
        if not 0 < exact <= LARGEST_AREA:
            raise ValueError(_("The area must be more than 0. Please check the number."))
        return exact


class CountField(TypedField):
    """A whole number between two bounds, both included."""

    widget = NumberInput(step="1")

    def __init__(
        self,
        label: Text = "",
        validators: Any = None,
        *,
        minimum: int = 0,
        maximum: int = 1_000_000,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.minimum, self.maximum = minimum, maximum

    def parse(self, typed: str) -> int:
        """Return the number."""
        digits = typed.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER):
            raise ValueError(_("Please enter a whole number, for example 12."))
        if not self.minimum <= int(typed) <= self.maximum:
            bounds = {"min": self.minimum, "max": self.maximum}
            raise ValueError(_("Please enter a number from %(min)s to %(max)s.", **bounds))
        return int(typed)


class DateField(TypedField):
    """A day, chosen in the browser's own calendar; also typed with slashes or dots."""

    widget = DateInput()

    def parse(self, typed: str) -> date:
        """Return the day."""
        try:
            year, month, number = re.split(r"[-/.]", typed)
            value = date(int(year), int(month), int(number))
        except ValueError as error:
            raise ValueError(_("Please enter a day as year-month-day, for example 2026-05-31.")) from error
        if not EARLIEST_DAY <= value <= LATEST_DAY:
            raise ValueError(_("This day is too far away. Please check the year."))
        return value

    def show(self, value: Any) -> str:
        """Show the day as the browser wants it."""
        return str(value.isoformat())

    def _value(self) -> str:
        if self.raw_data and self.data is not None:
            return self.show(self.data)
        return super()._value()


class PhoneField(TypedField):
    """A telephone number in the one form that is stored (`core.phones.normalise_phone`)."""

    widget = TelInput()

    def parse(self, typed: str) -> str:
        """Return the number in the form in which it is stored."""
        try:
            return normalise_phone(typed)
        except DomainError as error:
            raise ValueError(str(error.message)) from error


class EnumField(SelectField):
    """A choice among the members of a labelled enumeration; its value is the member, or None for the blank entry.

    `members` narrows the choice; `blank` is the text of an empty first entry (none when it is left out).
    """

    def __init__(
        self,
        label: Text = "",
        validators: Any = None,
        *,
        enum: type[LabelledEnum],
        members: Sequence[LabelledEnum] | None = None,
        blank: Text | None = None,
        **kwargs: Any,
    ) -> None:
        self.enum = enum
        self.blank = blank
        self.members = tuple(enum) if members is None else tuple(members)
        super().__init__(label, validators, coerce=self.find_member, choices=self.list_choices(), **kwargs)

    def find_member(self, value: object) -> LabelledEnum | None:
        """Return the member of a stored value, None for the blank entry; ValueError if it is not offered."""
        if value in {None, ""}:
            return None
        member = self.enum(str(value))
        if member not in self.members:
            raise ValueError(value)
        return member

    def list_choices(self) -> list[SelectChoice]:
        """Return the entries: stored values and labels."""
        blank = [] if self.blank is None else [SelectChoice("", self.blank)]
        return [*blank, *(SelectChoice(member.value, member.label) for member in self.members)]
