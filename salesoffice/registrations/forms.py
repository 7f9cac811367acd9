"""What is typed about registrations."""

from collections.abc import Sequence

from wtforms import BooleanField, SearchField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from salesoffice.core.money import format_yuan
from salesoffice.customers.models import Customer
from salesoffice.infra.i18n import _, _l
from salesoffice.payments.enums import RECORDABLE_METHODS, PaymentMethod
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.models import RegistrationCategory
from salesoffice.registrations.rules import LONGEST_NAME, LONGEST_WANTS
from salesoffice.reservations.forms import CustomerUnclear, find_customer_id
from salesoffice.webkit.addresses import read_id
from salesoffice.webkit.fields import DateField, EnumField, YuanField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field


def _read_choice(value: object) -> int | None:
    """Return the id of a chosen category; None for the blank entry and for what is no id."""
    return read_id(str(value or ""))


class CustomerEntryForm(BaseForm):
    """A form in which a customer is chosen by a typed entry; `chosen` is the id once the form is validated."""

    customer_id = StringField(_l("Customer"), [required(), at_most(200)])

    customers: Sequence[Customer] = ()
    chosen = 0

    def validate_customer_id(self, field: StringField) -> None:
        """Find the customer; what is unclear becomes the field's error."""
        if field.data:
            try:
                self.chosen = find_customer_id(field.data, self.customers)
            except CustomerUnclear as error:
                raise ValidationError(str(error)) from error


class RegisterForm(CustomerEntryForm):
    """Register a customer's interest."""

    category_id = SelectField(_l("Category"), [required()], coerce=_read_choice, choices=())
    registered_on = DateField(_l("Day of the registration"), [required()])
    wants = StringField(_l("What the customer wants"), [optional(), at_most(LONGEST_WANTS)])

    def offer_categories(self, categories: Sequence[RegistrationCategory]) -> None:
        """Fill the choice with the open categories and their earnest money."""
        self.category_id.choices = [
            SelectChoice(
                str(category.id),
                _(
                    "%(name)s (%(amount)s yuan)",
                    name=category.name,
                    amount=format_yuan(category.earnest_amount),
                ),
            )
            for category in categories
            if category.is_open
        ]


class RenameForm(CustomerEntryForm):
    """Put another customer in the place of a registration's."""

    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])


class EarnestForm(BaseForm):
    """Earnest money that reached the office."""

    amount = YuanField(_l("Amount"), [required()])
    method = EnumField(
        _l("How it came"),
        [required()],
        enum=PaymentMethod,
        members=RECORDABLE_METHODS,
        default=PaymentMethod.POS,
    )
    received_on = DateField(_l("Received on"), [required()])
    slip_no = StringField(_l("Slip number"), [at_most(60)], render_kw={"autocomplete": "off"})
    payer = StringField(_l("Payer"), [at_most(100)], render_kw={"autocomplete": "off"})


class CategoryForm(BaseForm):
    """A category of registrations."""

    nonce = nonce_field()
    name = StringField(_l("Name of the category"), [required(), at_most(LONGEST_NAME)])
    prefix = StringField(
        _l("Letters of its numbers"),
        [required(), at_most(8)],
        description=_l("1 to 8 letters; the first number of category A is A0001. They stay for good."),
    )
    earnest_amount = YuanField(_l("Earnest money"), [required()])
    is_open = BooleanField(_l("Open for registrations"), default=True)


class RegistrationFilterForm(BaseForm):
    """Which registrations to list."""

    class Meta(BaseForm.Meta):
        """Read from the address, nothing is changed."""

        csrf = False

    q = SearchField(_l("Number, name, pinyin or phone"), [at_most(100)])
    category = SelectField(_l("Category"), [optional()], coerce=_read_choice, choices=())
    state = EnumField(_l("State"), enum=RegistrationState, blank=_l("All states"))

    def offer_categories(self, categories: Sequence[RegistrationCategory]) -> None:
        """Fill the choice with all categories."""
        entries = [SelectChoice(str(category.id), category.name) for category in categories]
        self.category.choices = [SelectChoice("", _l("All categories")), *entries]
