"""The form of loan terms and fees."""

from decimal import Decimal

from wtforms import FieldList, FormField, StringField

from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import Product
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.offers.enums import FeeKind, FeeMeasure
from salesoffice.offers.forms.fields import (
    PercentField,
    list_choices,
    read_fee_value,
    read_field,
    show_fee_value,
)
from salesoffice.offers.forms.schemes import LONGEST_VALUE
from salesoffice.offers.queries import OfferTools
from salesoffice.offers.rules import FeeTerms, LoanFigures
from salesoffice.webkit.fields import (
    AreaField,
    CountField,
    EnumField,
    YuanField,
    at_most,
    optional,
    required,
)
from salesoffice.webkit.forms import BaseForm

MAX_FEES = 12


class FeeForm(BaseForm):
    """One fee; an empty row is left out."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    name = StringField(_l("Name of the fee"), [at_most(60)])
    kind = EnumField(_l("Kind of fee"), [optional()], enum=FeeKind)
    measure = EnumField(_l("Counted from"), [optional()], enum=FeeMeasure)
    value = StringField(_l("Value"), [at_most(LONGEST_VALUE)])
    area_from = AreaField(_l("Above (m²)"), [optional()])
    area_to = AreaField(_l("Up to (m²)"), [optional()])
    products = CheckboxesField(
        _l("Only for these products"), [optional()], choices=list_choices(Product), coerce=str
    )
    source = StringField(_l("Source"), [at_most(200)])

    def read(self) -> FeeTerms | None:
        """Return the fee, None for an empty row; a problem becomes the error of its value."""
        if not self.name.data and not self.value.data:
            return None
        measure = self.measure.data or FeeMeasure.RATE
        value = read_field(self.value, lambda typed: read_fee_value(measure, typed))
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
        commercial, provident = self.commercial_rate.data, self.provident_rate.data
        if commercial is None or provident is None or self.max_years.data is None:
            return None
        if any(field.errors for field in (*self, *rows)):
            return None
        loan = LoanFigures(
            commercial_rate=commercial,
            provident_rate=provident,
            provident_ceiling=self.provident_ceiling.data or None,
            max_years=self.max_years.data,
            source=self.source.data or "",
        )
        return loan, tuple(fees)
