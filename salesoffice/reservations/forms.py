"""Forms of holds and subscription agreements."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import FieldList, FormField, StringField, TextAreaField

from salesoffice.core.errors import DomainError
from salesoffice.core.money import MAX_AMOUNT, parse_yuan
from salesoffice.core.text import mask_phone
from salesoffice.customers.models import Customer
from salesoffice.infra.i18n import _, _l
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.rules import MAX_DISCOUNT_STEPS
from salesoffice.webkit.fields import CountField, DateField, EnumField, YuanField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

BUYER_FIELDS = ("buyer_1", "buyer_2", "buyer_3", "buyer_4")
LONGEST_HOLD = 7 * 24 * 60
_NUMBERED = re.compile(r"#?\s*([0-9]{1,9})(?:\s.*)?", re.DOTALL)
_LONGEST_VALUE = 20


class CustomerUnclear(ValueError):
    """What was typed names no customer, or more than one."""


def customer_entry(customer: Customer) -> str:
    """Return the text by which a customer is chosen from the list: `#12 name 138****1234`."""
    phone = mask_phone(customer.phones[0].number) if customer.phones else ""
    return f"#{customer.id} {customer.name} {phone}".strip()


def find_customer_id(typed: str, customers: Sequence[Customer]) -> int:
    """Return the id of the customer that was chosen (`#12 …`, `12`) or typed by name; refuses with CustomerUnclear."""
    numbered = _NUMBERED.fullmatch(typed)
    if numbered:
        return int(numbered[1])
    found = [customer.id for customer in customers if customer.name == typed]
    if len(found) != 1:
        raise CustomerUnclear(_("Choose one customer from the list; register a new customer first."))
    return found[0]


class HoldForm(BaseForm):
    """Hold a unit, perhaps for a customer."""

    customer_id = StringField(_l("Customer"), [optional(), at_most(200)])
    minutes = CountField(_l("Minutes"), [optional()], minimum=1, maximum=LONGEST_HOLD)

    def read_customer(self, customers: Sequence[Customer]) -> int | None:
        """Return the chosen customer's id; a problem becomes the field's error."""
        return _read_one(self.customer_id, customers)


class JoinForm(BaseForm):
    """Put a customer on the waiting list of a unit."""

    customer_id = StringField(_l("Customer"), [required(), at_most(200)])
    note = StringField(_l("Note"), [optional(), at_most(200)])

    def read_customer(self, customers: Sequence[Customer]) -> int | None:
        """Return the chosen customer's id; a problem becomes the field's error."""
        return _read_one(self.customer_id, customers)


class ExtendHoldForm(BaseForm):
    """Let a hold last longer."""

    minutes = CountField(_l("Minutes"), [optional()], minimum=1, maximum=LONGEST_HOLD)


class StepForm(BaseForm):
    """One discount step; an empty row is left out."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    kind = EnumField(_l("Discount"), [optional()], enum=DiscountKind, blank=_l("No discount"))
    value = StringField(_l("Value"), [at_most(_LONGEST_VALUE)])
    name = StringField(_l("Name of the discount"), [at_most(60)])


class SubscribeForm(BaseForm):
    """Sign a subscription agreement."""

    buyer_1 = StringField(_l("Principal buyer"), [required(), at_most(200)])
    buyer_2 = StringField(_l("Second buyer"), [optional(), at_most(200)])
    buyer_3 = StringField(_l("Third buyer"), [optional(), at_most(200)])
    buyer_4 = StringField(_l("Fourth buyer"), [optional(), at_most(200)])
    plan = EnumField(_l("Payment plan"), [required()], enum=PlanKind)
    steps = FieldList(
        FormField(StepForm, label=_l("Discount")),
        label=_l("Discounts"),
        min_entries=MAX_DISCOUNT_STEPS,
        max_entries=MAX_DISCOUNT_STEPS,
    )
    deposit = YuanField(_l("Deposit"), [required()])
    signed_on = DateField(_l("Day of the subscription"), [required()])
    sign_by = DateField(_l("Sign the contract by"), [optional()])

    def read_buyers(self, customers: Sequence[Customer]) -> tuple[int, ...]:
        """Return the chosen customers' ids, the principal first; problems become errors of their fields."""
        ids = (_read_one(self[name], customers) for name in BUYER_FIELDS)
        return tuple(customer_id for customer_id in ids if customer_id is not None)

    def read_steps(self) -> tuple[DiscountStep, ...]:
        """Return the discount steps in their order; problems become errors of their rows."""
        steps = (_read_step(row.form) for row in self.steps)
        return tuple(step for step in steps if step is not None)

    @property
    def has_errors(self) -> bool:
        """Tell whether any field, also of a row, has an error."""
        rows = (field for row in self.steps for field in row.form)
        return any(field.errors for field in (*self, *rows))


class CancelForm(BaseForm):
    """Cancel a subscription agreement."""

    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])


class ExtendSubscriptionForm(BaseForm):
    """Move the last day for signing."""

    sign_by = DateField(_l("Sign the contract by"), [required()])
    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])


def _read_one(field: Any, customers: Sequence[Customer]) -> int | None:
    if not field.data:
        return None
    try:
        return find_customer_id(field.data, customers)
    except CustomerUnclear as error:
        field.errors = [*field.errors, str(error)]
        return None


def _read_step(row: StepForm) -> DiscountStep | None:
    typed = row.value.data or ""
    if row.kind.data is None and not typed:
        return None
    try:
        value = _read_value(row.kind.data, typed)
    except ValueError as error:
        row.value.errors = [*row.value.errors, str(error)]
        return None
    return DiscountStep(row.kind.data, value, row.name.data or str(row.kind.data.label))


def _read_value(kind: DiscountKind | None, typed: str) -> Decimal:
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
