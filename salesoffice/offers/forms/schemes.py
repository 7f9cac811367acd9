"""Forms of discount schemes and of authority, and one discount step."""

from collections.abc import Mapping
from decimal import Decimal

from wtforms import BooleanField, StringField

from salesoffice.core.permissions import ROLE_PERMISSIONS, Permission, Role
from salesoffice.infra.i18n import _l
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.offers.enums import DiscountSource
from salesoffice.offers.forms.fields import PercentField, list_choices, read_field, read_value, show_value
from salesoffice.offers.models import DiscountScheme
from salesoffice.offers.queries import read_plans
from salesoffice.offers.services import SchemeDetails
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.staff.enums import ROLE_LABELS
from salesoffice.webkit.fields import (
    DateField,
    EnumField,
    YuanField,
    at_most,
    optional,
    required,
)
from salesoffice.webkit.forms import BaseForm
from salesoffice.webkit.resubmission import nonce_field

OFFER_ROLES = tuple(
    role for role in Role if Permission.OFFER_MAKE in ROLE_PERMISSIONS[role] and role is not Role.ADMIN
)
"""The roles whose authority an office sets; an administrator has no limit."""

LONGEST_VALUE = 20


class StepForm(BaseForm):
    """One discount step; an empty row is left out."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    kind = EnumField(_l("Discount"), [optional()], enum=DiscountKind, blank=_l("No discount"))
    value = StringField(_l("Value"), [at_most(LONGEST_VALUE)])
    name = StringField(_l("Name of the discount"), [at_most(60)])

    def fill(self, kind: DiscountKind, value: Decimal, name: str) -> None:
        """Write a step as it would have been typed."""
        self.kind.data, self.value.data, self.name.data = kind, show_value(kind, value), name

    def read(self) -> DiscountStep | None:
        """Return the step, None for an empty row; a problem becomes the error of its value."""
        if self.kind.data is None and not self.value.data:
            return None
        value = read_field(self.value, lambda typed: read_value(self.kind.data, typed))
        if value is None:
            return None
        return DiscountStep(self.kind.data, value, self.name.data or str(self.kind.data.label))


class SchemeForm(BaseForm):
    """A discount scheme."""

    nonce = nonce_field()
    name = StringField(_l("Name of the discount"), [required(), at_most(60)])
    source = EnumField(_l("Given by"), [required()], enum=DiscountSource)
    kind = EnumField(_l("Discount"), [required()], enum=DiscountKind)
    value = StringField(_l("Value"), [required(), at_most(LONGEST_VALUE)])
    cap = YuanField(_l("Takes off at most"), [optional()])
    valid_from = DateField(_l("Given from"), [required()])
    valid_until = DateField(_l("Valid until"), [optional()])
    plan_kinds = CheckboxesField(
        _l("Only with these payment plans"), [optional()], choices=list_choices(PlanKind), coerce=str
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
        value = read_field(self.value, lambda typed: read_value(self.kind.data, typed))
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

    rep = PercentField(ROLE_LABELS[Role.REP], [optional()])
    assistant = PercentField(ROLE_LABELS[Role.ASSISTANT], [optional()])
    manager = PercentField(ROLE_LABELS[Role.MANAGER], [optional()])

    def read(self) -> Mapping[Role, Decimal]:
        """Return the limits by role."""
        return {role: self[role.value].data for role in OFFER_ROLES if self[role.value].data is not None}
