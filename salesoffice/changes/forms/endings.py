"""The ends of a sale, and the two ways back from a forfeiture."""

from datetime import timedelta

from sqlalchemy.orm import Session

from salesoffice.changes.enums import ReasonCode
from salesoffice.changes.forms.base import ChangeForm, read_day
from salesoffice.changes.rules import Values
from salesoffice.core import clock
from salesoffice.core.money import format_yuan
from salesoffice.deals.models import Deal
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import get_project
from salesoffice.webkit.fields import DateField, YuanField, optional, required


class CancellationForm(ChangeForm):
    """Through whose fault a sale ends; another amount than the rule's only where it was agreed."""

    asks_fault = True

    refundable_fen = YuanField(
        _l("Paid back instead of what the rule says"),
        [optional()],
        description=_l(
            "Leave it empty for the rule: nobody's fault, all money; the buyer's, all but the deposit;"
            " the seller's, all and the deposit once more. Another amount must be approved."
        ),
    )

    def read_terms(self) -> Values:
        """Return the amount, where one is given."""
        return {} if self.refundable_fen.data is None else {"refundable_fen": self.refundable_fen.data}


class ForfeitureForm(ChangeForm):
    """Nothing but the reason: the deposit is kept, the rest is paid back."""

    usual_reason = ReasonCode.DEADLINE_PASSED


class VoidForm(ChangeForm):
    """Nothing but the reason: it was entered by mistake and nobody has paid."""

    usual_reason = ReasonCode.ENTRY_ERROR


class RevivalForm(ChangeForm):
    """Until when the contract is to be signed now."""

    sign_by = DateField(_l("New last day for signing"), [required()])

    def prefill_terms(self, session: Session, deal: Deal) -> None:
        """Propose the project's usual number of days."""
        days = get_project(session, deal.project_id).sign_by_days
        self.sign_by.data = clock.business_today() + timedelta(days=days)

    def read_terms(self) -> Values:
        """Return the day."""
        return {"sign_by": read_day(self.sign_by).isoformat()}


class LateRefundForm(ChangeForm):
    """How much of what was kept is given back."""

    amount_fen = YuanField(_l("Amount to give back"), [required()])

    def offer_choices(self, _session: Session, deal: Deal) -> None:
        """Say how much is kept."""
        if deal.account is not None:
            kept = format_yuan(deal.account.retained_amount)
            self.amount_fen.description = _("The seller keeps %(kept)s yuan.", kept=kept)

    def read_terms(self) -> Values:
        """Return the amount."""
        return {"amount_fen": self.amount_fen.data}
