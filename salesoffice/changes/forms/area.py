"""Area settlement, of one sale and of many after the final survey."""

from wtforms import TextAreaField

from salesoffice.changes.enums import ReasonCode
from salesoffice.changes.forms.base import REASON_LENGTH, ChangeForm, read_day
from salesoffice.changes.rules import Values
from salesoffice.changes.services import ChangeEntry
from salesoffice.core import clock
from salesoffice.infra.i18n import _l
from salesoffice.webkit.fields import DateField, at_most, required
from salesoffice.webkit.forms import BaseForm


class AreaSettlementForm(ChangeForm):
    """By when a difference in area is to be paid."""

    usual_reason = ReasonCode.FINAL_SURVEY

    due_on = DateField(
        _l("Difference to be paid by"), description=_l("Left empty, 15 days after the day of the paper.")
    )

    def read_terms(self) -> Values:
        """Return the day, where one was typed."""
        return {} if self.due_on.data is None else {"due_on": self.due_on.data.isoformat()}


class ManyAreasForm(BaseForm):
    """What is said about all the chosen sales; the sales themselves are checkboxes named `deal`."""

    reason = TextAreaField(_l("In words"), [required(), at_most(REASON_LENGTH)])
    signed_on = DateField(_l("Day of the paper"), [required()])
    due_on = DateField(
        _l("Difference to be paid by"), description=_l("Left empty, 15 days after the day of the paper.")
    )

    def read_terms(self) -> Values:
        """Return the day, where one was typed."""
        return {} if self.due_on.data is None else {"due_on": self.due_on.data.isoformat()}

    def read_entry(self) -> ChangeEntry:
        """Return what is said about each of the changes; the form is valid."""
        return ChangeEntry(
            reason_code=ReasonCode.FINAL_SURVEY,
            reason=self.reason.data or "",
            signed_on=read_day(self.signed_on),
            attributed_on=clock.business_today(),
        )
