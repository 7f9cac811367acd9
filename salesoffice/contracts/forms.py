"""What two people type of a contract, and what is noted of it later."""

from datetime import date
from decimal import Decimal

from wtforms import BooleanField, StringField, TextAreaField

from salesoffice.contracts.enums import Culprit
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import ContractEntry
from salesoffice.infra.i18n import _l
from salesoffice.payments.enums import PlanKind
from salesoffice.webkit.fields import AreaField, DateField, EnumField, YuanField, at_most, required
from salesoffice.webkit.forms import BaseForm

_BLANK = {"autocomplete": "off"}


def read_day(field: DateField) -> date:
    """Return the day of a required field of a valid form."""
    if field.data is None:
        raise ValueError(f"{field.name} is read before the form was found valid")
    return field.data


def read_amount(field: YuanField) -> int:
    """Return the fen of a required field of a valid form."""
    if field.data is None:
        raise ValueError(f"{field.name} is read before the form was found valid")
    return int(field.data)


class SecondEntryForm(BaseForm):
    """The critical fields; empty at first, nothing is offered."""

    customer_name = StringField(
        _l("Names of the buyers"),
        [required(), at_most(200)],
        description=_l("As on the paper, the principal buyer first, with 、 between the names."),
        render_kw=_BLANK,
    )
    certificate_no = StringField(
        _l("Certificate number"),
        [required(), at_most(40)],
        description=_l("Of the principal buyer."),
        render_kw=_BLANK,
    )
    unit_code = StringField(_l("Unit"), [required(), at_most(64)], render_kw=_BLANK)
    gross_area = AreaField(_l("Gross area"), [required()])
    total_fen = YuanField(_l("Total price"), [required()])
    signed_on = DateField(_l("Signed on"), [required()])

    def read_fields(self) -> CriticalFields:
        """Return what was typed; the form is valid."""
        return CriticalFields(
            customer_name=self.customer_name.data,
            certificate_no=self.certificate_no.data,
            unit_code=self.unit_code.data,
            gross_area=self.gross_area.data or Decimal(0),
            total_amount=read_amount(self.total_fen),
            signed_on=read_day(self.signed_on),
        )


class FirstEntryForm(SecondEntryForm):
    """The whole first entry."""

    contract_no = StringField(
        _l("Contract number"),
        [at_most(60)],
        description=_l("Left empty, the next number is given out."),
        render_kw=_BLANK,
    )
    payment_plan = EnumField(_l("Payment plan"), [required()], enum=PlanKind, blank=_l("Please choose"))

    def read_entry(self) -> ContractEntry:
        """Return what was typed; the form is valid."""
        return ContractEntry(
            signed_on=read_day(self.signed_on),
            total_amount=read_amount(self.total_fen),
            plan_kind=self.payment_plan.data,
            number=self.contract_no.data or None,
            customer_name=self.customer_name.data,
            certificate_no=self.certificate_no.data,
            unit_code=self.unit_code.data,
            gross_area=self.gross_area.data or Decimal(0),
        )


class OnlineForm(BaseForm):
    """The online signing."""

    online_no = StringField(_l("Number of the online signing"), [required(), at_most(60)], render_kw=_BLANK)
    on = DateField(_l("Day"), [required()])


class FilingForm(BaseForm):
    """The filing."""

    filing_no = StringField(_l("Filing number"), [required(), at_most(60)], render_kw=_BLANK)
    on = DateField(_l("Day"), [required()])


class CancelContractForm(BaseForm):
    """Why a contract is cancelled."""

    reason = TextAreaField(_l("Reason"), [required(), at_most(200)])
    is_form_spoilt = BooleanField(
        _l("The numbered form is spoilt"),
        description=_l("Only when the paper was printed or written on; else its number is used again."),
    )


class ResolveForm(BaseForm):
    """Which field, and who was wrong; sent by the buttons of a row."""

    field = StringField(_l("Field"), [required(), at_most(40)])
    culprit = EnumField(_l("Who was wrong"), [required()], enum=Culprit)
