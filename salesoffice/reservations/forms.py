"""Forms of holds and subscription agreements."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from salesoffice.core.text import mask_phone
from salesoffice.customers.models import Customer
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.offers.forms import StepForm
from salesoffice.offers.models import DiscountScheme
from salesoffice.offers.queries import to_rule
from salesoffice.offers.rules import describe_scheme
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.rules import MAX_DISCOUNT_STEPS
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.fields import CountField, DateField, EnumField, YuanField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

BUYER_FIELDS = ("buyer_1", "buyer_2", "buyer_3", "buyer_4")
LONGEST_HOLD = 7 * 24 * 60
_NUMBERED = re.compile(r"#?\s*([0-9]{1,9})(?:\s.*)?", re.DOTALL)
_LONGEST_LIST = 400


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


class OrderForm(BaseForm):
    """Order a unit provisionally."""

    customer_id = StringField(_l("Customer"), [required(), at_most(200)])
    amount = YuanField(_l("Amount of the order"), [required()])
    signed_on = DateField(_l("Day of the order"), [required()])
    days = CountField(_l("Days"), [optional()], minimum=1, maximum=60)

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


class SubscribeForm(BaseForm):
    """Sign a subscription agreement."""

    buyer_1 = StringField(_l("Principal buyer"), [required(), at_most(200)])
    buyer_2 = StringField(_l("Second buyer"), [optional(), at_most(200)])
    buyer_3 = StringField(_l("Third buyer"), [optional(), at_most(200)])
    buyer_4 = StringField(_l("Fourth buyer"), [optional(), at_most(200)])
    plan = EnumField(_l("Payment plan"), [required()], enum=PlanKind)
    scheme_ids = CheckboxesField(_l("Discount schemes"), [optional()], coerce=int, choices=())
    offer_id = HiddenField()
    steps = FieldList(
        FormField(StepForm, label=_l("Discount")),
        label=_l("Discounts"),
        min_entries=MAX_DISCOUNT_STEPS,
        max_entries=MAX_DISCOUNT_STEPS,
    )
    deposit = YuanField(_l("Deposit"), [required()])
    signed_on = DateField(_l("Day of the subscription"), [required()])
    sign_by = DateField(_l("Sign the contract by"), [optional()])

    accessories = StringField(
        _l("Parking spaces and storage rooms sold with it"), [optional(), at_most(_LONGEST_LIST)]
    )

    def read_accessories(self, known: Mapping[str, int]) -> tuple[int, ...]:
        """Return the ids of the accessories named by code, each once; a problem becomes the field's error."""
        words = (self.accessories.data or "").replace(",", " ").replace("，", " ").replace("、", " ").split()
        unknown = [word for word in words if word not in known]
        if unknown:
            text = _("No free parking space or storage room: %(units)s.", units=", ".join(unknown))
            self.accessories.errors = [*self.accessories.errors, text]
        return tuple(dict.fromkeys(known[word] for word in words if word in known))

    def offer_schemes(self, schemes: Sequence[DiscountScheme]) -> None:
        """Fill the boxes of the discount schemes, in their order."""
        self.scheme_ids.choices = [
            SelectChoice(scheme.id, f"{scheme.name}  {describe_scheme(to_rule(scheme))}")
            for scheme in schemes
        ]

    def read_offer(self) -> int | None:
        """Return the id of the offer that is signed, None when there is none."""
        return read_id(self.offer_id.data or "")

    def read_buyers(self, customers: Sequence[Customer]) -> tuple[int, ...]:
        """Return the chosen customers' ids, the principal first; problems become errors of their fields."""
        ids = (_read_one(self[name], customers) for name in BUYER_FIELDS)
        return tuple(customer_id for customer_id in ids if customer_id is not None)

    def read_steps(self) -> tuple[DiscountStep, ...]:
        """Return the discount steps in their order; problems become errors of their rows."""
        steps = (row.form.read() for row in self.steps)
        return tuple(step for step in steps if step is not None)

    @property
    def has_errors(self) -> bool:
        """Tell whether any field, also of a row, has an error."""
        rows = (field for row in self.steps for field in row.form)
        return any(field.errors for field in (*self, *rows))


class CancelForm(BaseForm):
    """Cancel a subscription agreement."""

    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])


def _read_one(field: Any, customers: Sequence[Customer]) -> int | None:
    if not field.data:
        return None
    try:
        return find_customer_id(field.data, customers)
    except CustomerUnclear as error:
        field.errors = [*field.errors, str(error)]
        return None
