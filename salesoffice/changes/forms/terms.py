"""Another unit, price, plan, days or loan."""

from datetime import date

from sqlalchemy.orm import Session
from wtforms import Field, FieldList, FormField, HiddenField, StringField
from wtforms.fields.choices import SelectChoice

from salesoffice.changes.forms.base import ChangeForm
from salesoffice.changes.rules import Values, refuse_field
from salesoffice.changes.services.reading import write_steps
from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan
from salesoffice.deals.models import Deal
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.inventory.queries import find_unit_ids
from salesoffice.offers.forms import StepForm
from salesoffice.offers.forms.fields import PercentField
from salesoffice.offers.queries import list_usable_schemes, to_rule
from salesoffice.offers.rules import describe_scheme
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.services.accounts import list_open_instalments
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.queries import list_free_accessories, list_free_units
from salesoffice.reservations.rules import MAX_DISCOUNT_STEPS
from salesoffice.webkit.fields import CountField, DateField, EnumField, YuanField, at_most, optional, required
from salesoffice.webkit.forms import BaseForm

MAX_PAYMENTS = 60


class DiscountedForm(ChangeForm):
    """The base of forms with discount schemes and steps."""

    scheme_ids = CheckboxesField(_l("Discount schemes"), [optional()], coerce=int, choices=())
    discounts = FieldList(
        FormField(StepForm, label=_l("Discount")),
        label=_l("Discounts"),
        min_entries=3,
        max_entries=MAX_DISCOUNT_STEPS,
    )

    def offer_choices(self, session: Session, deal: Deal) -> None:
        """Offer the schemes that can be given today."""
        self.scheme_ids.choices = [
            SelectChoice(scheme.id, f"{scheme.name}  {describe_scheme(to_rule(scheme))}")
            for scheme in list_usable_schemes(session, deal.project_id)
        ]

    def read_discounts(self) -> Values:
        """Return schemes and steps as terms; refused by the field where a step cannot be read."""
        steps = [row.form.read() for row in self.discounts]
        if any(row.form.value.errors for row in self.discounts):
            raise refuse_field("discounts", _l("A discount cannot be read. Look at its value."))
        known: list[DiscountStep] = [step for step in steps if step is not None]
        return {"scheme_ids": list(self.scheme_ids.data or ()), "discounts": write_steps(known)}


class SwapForm(DiscountedForm):
    """Which unit instead, on which terms."""

    unit_id = StringField(_l("Unit in exchange"), [required(), at_most(64)])
    accessory_ids = StringField(
        _l("Parking spaces and storage rooms sold with it"),
        [optional(), at_most(400)],
        description=_l("Codes, separated by commas. Those of the sale that are not named are given up."),
    )
    payment_plan = EnumField(_l("Payment plan"), [optional()], enum=PlanKind, blank=_l("As before"))
    deposit_fen = YuanField(_l("Deposit"), [optional()], description=_l("Left empty, it stays as it is."))

    def list_own_fields(self) -> list[Field]:
        """List the unit first and the discounts after it."""
        return sorted(super().list_own_fields(), key=lambda field: field.name in ("scheme_ids", "discounts"))

    def offer_choices(self, session: Session, deal: Deal) -> None:
        """Offer schemes, free units and free accessories."""
        super().offer_choices(session, deal)
        self.session, self.project_id = session, deal.project_id
        self.suggestions = {
            "unit_id": [
                (code, format_yuan(total)) for _id, code, total in list_free_units(session, deal.project_id)
            ],
            "accessory_ids": [
                (code, format_yuan(total))
                for _id, code, total in list_free_accessories(session, deal.project_id)
            ],
        }

    def read_terms(self) -> Values:
        """Return the unit by id with its terms; refused by the field for a code that there is not."""
        words = (self.accessory_ids.data or "").replace("，", ",").replace("、", ",").split(",")
        codes = [word.strip() for word in words if word.strip()]
        plan = self.payment_plan.data
        return {
            "unit_id": self._find("unit_id", [self.unit_id.data or ""])[0],
            "accessory_ids": self._find("accessory_ids", codes),
            **self.read_discounts(),
            "payment_plan": plan.value if plan else None,
            "deposit_fen": self.deposit_fen.data,
        }

    def _find(self, name: str, codes: list[str]) -> list[int]:
        try:
            return find_unit_ids(self.session, self.project_id, codes)
        except DomainError as refusal:
            raise refuse_field(name, refusal.message, code="unit_unknown") from refusal


class PriceForm(DiscountedForm):
    """Other discounts from the list price that was agreed, or a total."""

    total_fen = YuanField(
        _l("Total price instead of discounts"),
        [optional()],
        description=_l("With all that is sold with the unit."),
    )

    def read_terms(self) -> Values:
        """Return discounts, or the total."""
        return {**self.read_discounts(), "total_fen": self.total_fen.data}


class PlanForm(ChangeForm):
    """How the buyer pays from now on."""

    payment_plan = EnumField(_l("Payment plan"), [required()], enum=PlanKind)
    down_payment_rate = PercentField(
        _l("Share of the down payment"),
        [optional()],
        description=_l("Left empty, the project's usual share."),
    )

    def prefill_terms(self, _session: Session, deal: Deal) -> None:
        """Show the plan in force."""
        self.payment_plan.data = deal.account.plan_kind if deal.account else None

    def read_terms(self) -> Values:
        """Return plan and share."""
        rate, plan = self.down_payment_rate.data, self.payment_plan.data
        share = None if rate is None else f"{rate.normalize():f}"
        return {"payment_plan": plan.value if plan else None, "down_payment_rate": share}


class PaymentDateForm(BaseForm):
    """The day of one payment."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    position = HiddenField()
    due_on = DateField(_l("Due on"), [optional()])


class PaymentDatesForm(ChangeForm):
    """Other days for what is still to be paid."""

    dates = FieldList(
        FormField(PaymentDateForm, label=_l("Payment")), label=_l("Payments"), max_entries=MAX_PAYMENTS
    )

    def offer_choices(self, session: Session, deal: Deal) -> None:
        """Name the payments."""
        self.rows = {
            str(row.position): row
            for row in list_open_instalments(session, deal.account_id or 0)
            if row.paid_amount < row.amount
        }
        self._name_rows()

    def prefill_terms(self, _session: Session, _deal: Deal) -> None:
        """Show the days in force."""
        for position, row in self.rows.items():
            self.dates.append_entry({"position": position, "due_on": row.due_on})
        self._name_rows()

    def read_terms(self) -> Values:
        """Return the days by the place of the payment."""
        days: list[tuple[str, date | None]] = [
            (row.form.position.data or "", row.form.due_on.data) for row in self.dates
        ]
        return {
            "dates": [
                {"position": int(position), "due_on": day.isoformat()}
                for position, day in days
                if position in self.rows and day is not None
            ]
        }

    def _name_rows(self) -> None:
        for entry in self.dates:
            row = self.rows.get(entry.form.position.data or "")
            if row is not None:
                entry.form.due_on.label.text = _(
                    "Payment %(number)s: %(kind)s, %(amount)s yuan",
                    number=row.position,
                    kind=row.kind.label,
                    amount=format_yuan(row.amount),
                )


class LoanForm(ChangeForm):
    """Bank, years and, where it changes, the amount of the loan."""

    bank = StringField(_l("Bank"), [required(), at_most(100)])
    years = CountField(_l("Years of the loan"), [required()], minimum=1, maximum=40)
    loan_fen = YuanField(
        _l("Loan"),
        [optional()],
        description=_l(
            "Left empty, it stays. Rounded down to whole 10,000 yuan; the rest goes to the down payment."
        ),
    )

    def prefill_terms(self, _session: Session, deal: Deal) -> None:
        """Show what is noted."""
        self.bank.data, self.years.data = deal.loan_bank, deal.loan_years

    def read_terms(self) -> Values:
        """Return bank, years and amount."""
        return {"bank": self.bank.data, "years": self.years.data, "loan_fen": self.loan_fen.data}
