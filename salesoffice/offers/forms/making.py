"""The form of an offer."""

from collections.abc import Sequence

from wtforms import FormField, SelectField
from wtforms.fields.choices import SelectChoice

from salesoffice.core.text import mask_phone
from salesoffice.customers.models import Customer
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.offers.enums import RepaymentKind
from salesoffice.offers.forms.fields import PercentField
from salesoffice.offers.forms.schemes import StepForm
from salesoffice.offers.models import DiscountScheme
from salesoffice.offers.queries import to_rule
from salesoffice.offers.rules import describe_scheme
from salesoffice.offers.services import OfferTerms
from salesoffice.payments.enums import PlanKind
from salesoffice.webkit.fields import (
    CountField,
    DateField,
    EnumField,
    YuanField,
    optional,
    required,
)
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field


def _read_choice(value: object) -> int | None:
    """Read the id of a chosen customer, None for the blank entry; ValueError for anything else."""
    return int(str(value)) if value not in {None, "", "None"} else None


class OfferForm(BaseForm):
    """Make an offer for a unit."""

    nonce = nonce_field()
    customer_id = SelectField(_l("Customer"), [optional()], coerce=_read_choice, choices=())
    plan = EnumField(_l("Payment plan"), [required()], enum=PlanKind)
    scheme_ids = CheckboxesField(_l("Discount schemes"), [optional()], coerce=int, choices=())
    extra = FormField(StepForm, label=_l("Further discount"))
    down_payment_rate = PercentField(_l("Down payment"), [optional()])
    loan_years = CountField(_l("Years of the loan"), [optional()], minimum=1, maximum=40)
    repayment = EnumField(_l("Repayment"), [required()], enum=RepaymentKind)
    provident_amount = YuanField(_l("Of it from the provident fund"), [optional()])
    valid_until = DateField(_l("Valid until"), [optional()])

    def offer_choices(self, customers: Sequence[Customer], schemes: Sequence[DiscountScheme]) -> None:
        """Fill the list of customers and the boxes of the schemes."""
        self.customer_id.choices = [SelectChoice("", _("Not known yet"))] + [
            SelectChoice(customer.id, _name_customer(customer)) for customer in customers
        ]
        self.scheme_ids.choices = [
            SelectChoice(scheme.id, f"{scheme.name}  {describe_scheme(to_rule(scheme))}")
            for scheme in schemes
        ]

    def read(self) -> OfferTerms | None:
        """Return the terms; None when something is wrong."""
        extra = self.extra.form.read()
        inner = tuple(self.extra.form)
        if any(field.errors for field in (*self, *inner)) or self.plan.data is None:
            return None
        return OfferTerms(
            plan=self.plan.data,
            scheme_ids=tuple(self.scheme_ids.data or ()),
            extra=(extra,) if extra else (),
            customer_id=self.customer_id.data,
            loan_years=self.loan_years.data or 30,
            repayment=self.repayment.data or RepaymentKind.EQUAL_PAYMENT,
            down_payment_rate=self.down_payment_rate.data,
            provident_amount=self.provident_amount.data or 0,
            valid_until=self.valid_until.data,
        )


def _name_customer(customer: Customer) -> str:
    phone = mask_phone(customer.phones[0].number) if customer.phones else ""
    return f"{customer.name} {phone}".strip()
