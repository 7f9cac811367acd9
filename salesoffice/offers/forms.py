"""Forms of discount schemes, authority, loan terms and fees, and offers."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import BooleanField, FieldList, FormField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from salesoffice.core.errors import DomainError
from salesoffice.core.money import MAX_AMOUNT, format_yuan, parse_yuan
from salesoffice.core.permissions import ROLE_PERMISSIONS, Permission, Role
from salesoffice.core.text import mask_phone
from salesoffice.customers.models import Customer
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.enums import Product
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.offers.documents import describe_scheme, show_number
from salesoffice.offers.enums import DiscountSource, FeeKind, FeeMeasure, RepaymentKind
from salesoffice.offers.models import DiscountScheme
from salesoffice.offers.queries import OfferTools, read_plans
from salesoffice.offers.rules import FeeTerms, LoanFigures
from salesoffice.offers.services import OfferTerms, SchemeDetails
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.webkit.fields import (
    AreaField,
    CountField,
    DateField,
    EnumField,
    TypedField,
    YuanField,
    at_most,
    optional,
    required,
)
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

MAX_FEES = 12
OFFER_ROLES = tuple(
    role for role in Role if Permission.OFFER_MAKE in ROLE_PERMISSIONS[role] and role is not Role.ADMIN
)
"""The roles whose authority an office sets; an administrator has no limit."""

_LONGEST_VALUE = 20
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


def _read_choice(value: object) -> int | None:
    """Read the id of a chosen customer, None for the blank entry; ValueError for anything else."""
    return int(str(value)) if value not in {None, "", "None"} else None


class StepForm(BaseForm):
    """One discount step; an empty row is left out."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    kind = EnumField(_l("Discount"), [optional()], enum=DiscountKind, blank=_l("No discount"))
    value = StringField(_l("Value"), [at_most(_LONGEST_VALUE)])
    name = StringField(_l("Name of the discount"), [at_most(60)])

    def fill(self, kind: DiscountKind, value: Decimal, name: str) -> None:
        """Write a step as it would have been typed."""
        self.kind.data, self.value.data, self.name.data = kind, show_value(kind, value), name

    def read(self) -> DiscountStep | None:
        """Return the step, None for an empty row; a problem becomes the error of its value."""
        return _read_step(self)


class SchemeForm(BaseForm):
    """A discount scheme."""

    nonce = nonce_field()
    name = StringField(_l("Name of the discount"), [required(), at_most(60)])
    source = EnumField(_l("Given by"), [required()], enum=DiscountSource)
    kind = EnumField(_l("Discount"), [required()], enum=DiscountKind)
    value = StringField(_l("Value"), [required(), at_most(_LONGEST_VALUE)])
    cap = YuanField(_l("Takes off at most"), [optional()])
    valid_from = DateField(_l("Valid from"), [required()])
    valid_until = DateField(_l("Valid until"), [optional()])
    plan_kinds = CheckboxesField(
        _l("Only with these payment plans"), [optional()], choices=PlanKind.choices(), coerce=str
    )
    is_stackable = BooleanField(_l("May be given together with others"), default=True)

    def fill(self, scheme: DiscountScheme) -> None:
        """Show a scheme as it would have been typed."""
        for name in ("name", "source", "kind", "valid_from", "valid_until", "is_stackable"):
            self[name].data = getattr(scheme, name)
        self.cap.data = scheme.cap_amount
        self.value.data = show_value(scheme.kind, Decimal(scheme.value))
        self.plan_kinds.data = [plan.value for plan in read_plans(scheme)]

    def read(self) -> SchemeDetails | None:
        """Return the scheme; None when a value is wrong, which is then the error of its field."""
        value = _read_field(self.value, lambda typed: read_value(self.kind.data, typed))
        if value is None or self.errors or self.valid_from.data is None:
            return None
        return SchemeDetails(
            name=self.name.data or "",
            source=self.source.data,
            kind=self.kind.data,
            value=value,
            valid_from=self.valid_from.data,
            valid_until=self.valid_until.data,
            cap=self.cap.data or None,
            is_stackable=bool(self.is_stackable.data),
            plan_kinds=frozenset(PlanKind(plan) for plan in self.plan_kinds.data or ()),
        )


class AuthorityForm(BaseForm):
    """The largest discount of each role; an empty field is no limit."""

    rep = PercentField(_l("Property consultant"), [optional()])
    assistant = PercentField(_l("Sales assistant"), [optional()])
    manager = PercentField(_l("Sales manager"), [optional()])

    def read(self) -> Mapping[Role, Decimal]:
        """Return the limits by role."""
        return {role: self[role.value].data for role in OFFER_ROLES if self[role.value].data is not None}


class FeeForm(BaseForm):
    """One fee; an empty row is left out."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    name = StringField(_l("Name of the fee"), [at_most(60)])
    kind = EnumField(_l("Kind of fee"), [optional()], enum=FeeKind)
    measure = EnumField(_l("Counted from"), [optional()], enum=FeeMeasure)
    value = StringField(_l("Value"), [at_most(_LONGEST_VALUE)])
    area_from = AreaField(_l("Above (m²)"), [optional()])
    area_to = AreaField(_l("Up to (m²)"), [optional()])
    products = CheckboxesField(
        _l("Only for these products"), [optional()], choices=Product.choices(), coerce=str
    )
    source = StringField(_l("Source"), [at_most(200)])

    def read(self) -> FeeTerms | None:
        """Return the fee, None for an empty row; a problem becomes the error of its value."""
        if not self.name.data and not self.value.data:
            return None
        measure = self.measure.data or FeeMeasure.RATE
        value = _read_field(self.value, lambda typed: read_fee_value(measure, typed))
        return FeeTerms(
            kind=self.kind.data or FeeKind.OTHER,
            name=self.name.data or str((self.kind.data or FeeKind.OTHER).label),
            measure=measure,
            value=value or Decimal(0),
            area_from=self.area_from.data,
            area_to=self.area_to.data,
            products=frozenset(Product(name) for name in self.products.data or ()),
            source=self.source.data or "",
        )


class ToolsForm(BaseForm):
    """Loan terms and fees."""

    commercial_rate = PercentField(_l("Commercial loan, yearly rate"), [required()])
    provident_rate = PercentField(_l("Provident fund loan, yearly rate"), [required()])
    provident_ceiling = YuanField(_l("The provident fund lends at most"), [optional()])
    max_years = CountField(_l("Longest loan in years"), [required()], minimum=1, maximum=40)
    source = StringField(_l("Source of the rates"), [at_most(200)])
    fees = FieldList(
        FormField(FeeForm, label=_l("Fee")), label=_l("Fees"), min_entries=MAX_FEES, max_entries=MAX_FEES
    )

    def fill(self, tools: OfferTools) -> None:
        """Show what a project counts with now."""
        for name in ("commercial_rate", "provident_rate", "provident_ceiling", "max_years", "source"):
            self[name].data = getattr(tools.loan, name)
        for row, fee in zip(self.fees, tools.fees, strict=False):
            for name in ("name", "kind", "measure", "area_from", "area_to", "source"):
                row.form[name].data = getattr(fee, name)
            row.form.value.data = show_fee_value(fee)
            row.form.products.data = [product.value for product in fee.products]

    def read(self) -> tuple[LoanFigures, tuple[FeeTerms, ...]] | None:
        """Return terms and fees; None when something is wrong."""
        fees = [fee for row in self.fees if (fee := row.form.read()) is not None]
        rows = (field for row in self.fees for field in row.form)
        loan = (self.commercial_rate.data, self.provident_rate.data, self.max_years.data)
        if any(field.errors for field in (*self, *rows)) or None in loan:
            return None
        commercial, provident, years = loan
        ceiling = self.provident_ceiling.data or None
        return LoanFigures(commercial, provident, ceiling, years, self.source.data or ""), tuple(fees)


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
            SelectChoice(scheme.id, f"{scheme.name}  {describe_scheme(scheme)}") for scheme in schemes
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


def _read_step(row: StepForm) -> DiscountStep | None:
    typed = row.value.data or ""
    if row.kind.data is None and not typed:
        return None
    value = _read_field(row.value, lambda text: read_value(row.kind.data, text))
    return (
        None
        if value is None
        else DiscountStep(row.kind.data, value, row.name.data or str(row.kind.data.label))
    )


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


def _read_field(field: Any, parse: Callable[[str], Decimal]) -> Decimal | None:
    try:
        return parse(field.data or "")
    except ValueError as error:
        field.errors = [*field.errors, str(error)]
        return None


def _name_customer(customer: Customer) -> str:
    phone = mask_phone(customer.phones[0].number) if customer.phones else ""
    return f"{customer.name} {phone}".strip()
