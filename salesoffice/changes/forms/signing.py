"""Extension of signing, and withdrawal of the filing."""

from sqlalchemy.orm import Session

from salesoffice.changes.forms.base import ChangeForm
from salesoffice.changes.rules import Values
from salesoffice.deals.models import Deal
from salesoffice.infra.i18n import _, _l
from salesoffice.reservations.queries import find_subscription_of_deal
from salesoffice.webkit.fields import CountField, required


class ExtensionForm(ChangeForm):
    """By how many days the last day for signing moves."""

    days = CountField(_l("Days more"), [required()], minimum=1, maximum=365)

    def offer_choices(self, session: Session, deal: Deal) -> None:
        """Say what the last day is now."""
        subscription = find_subscription_of_deal(session, deal.id)
        if subscription is not None:
            self.days.description = _(
                "Until now to be signed by %(day)s.", day=subscription.sign_by.isoformat()
            )

    def prefill_terms(self, _session: Session, _deal: Deal) -> None:
        """Propose a week."""
        self.days.data = 7

    def read_terms(self) -> Values:
        """Return the days."""
        return {"days": self.days.data}


class FilingWithdrawalForm(ChangeForm):
    """Nothing but the reason: the authority's decision is the paper."""
