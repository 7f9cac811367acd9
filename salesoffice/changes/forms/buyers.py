"""Who buys: another name, co-owners, another principal."""

from collections.abc import Sequence

from sqlalchemy.orm import Session
from wtforms import Field, FieldList, FormField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from salesoffice.changes.forms.base import ChangeForm
from salesoffice.changes.queries import list_customers
from salesoffice.changes.rules import Values, refuse_field
from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.infra.i18n import _l
from salesoffice.inventory.forms import CheckboxesField
from salesoffice.offers.forms.fields import PercentField
from salesoffice.reservations.forms import CustomerUnclear, customer_entry, find_customer_id
from salesoffice.reservations.rules import MAX_BUYERS
from salesoffice.webkit.fields import at_most, optional, required
from salesoffice.webkit.forms import BaseForm

_LONGEST = 200
_HELP = _l("Type a name or choose from the list.")


class BuyersForm(ChangeForm):
    """The base of forms in which customers are named."""

    named: Sequence[str] = ()

    def offer_choices(self, session: Session, deal: Deal) -> None:
        """Offer the newest customers of the project, and those who buy."""
        self.customers: Sequence[Customer] = list_customers(session, deal.project_id)
        entries = [(customer_entry(customer), "") for customer in self.customers]
        self.suggestions = dict.fromkeys(self.named, entries)
        self.offer_buyers(deal.buyers)

    def offer_buyers(self, buyers: Sequence[DealBuyer]) -> None:
        """Offer those who buy."""

    def find(self, field: Field, name: str) -> int | None:
        """Return the id of the customer typed into a field; refused by the name where it is unclear."""
        if not field.data:
            return None
        try:
            return find_customer_id(field.data, self.customers)
        except CustomerUnclear as error:
            raise refuse_field(name, str(error), code="customer_unknown") from error


class NameForm(BuyersForm):
    """Who buys instead of whom."""

    named = ("customer_ids", "second")

    replaced_id = SelectField(_l("Who no longer buys"), choices=(), validators=[optional()])
    customer_ids = StringField(_l("Who buys from now on"), [required(), at_most(_LONGEST)], description=_HELP)
    second = StringField(_l("Second buyer"), [optional(), at_most(_LONGEST)], description=_HELP)

    def offer_buyers(self, buyers: Sequence[DealBuyer]) -> None:
        """Offer all of them, or one."""
        single = [SelectChoice(str(buyer.customer_id), buyer.customer.name) for buyer in buyers]
        self.replaced_id.choices = [SelectChoice("", _l("All buyers")), *single]

    def read_terms(self) -> Values:
        """Return the customers by id."""
        found = (self.find(self.customer_ids, "customer_ids"), self.find(self.second, "second"))
        return {
            "customer_ids": [customer_id for customer_id in found if customer_id is not None],
            "replaced_id": int(self.replaced_id.data) if self.replaced_id.data else None,
        }


class ShareForm(BaseForm):
    """The share of one buyer."""

    class Meta(BaseForm.Meta):
        """The whole form carries the token."""

        csrf = False

    customer_id = HiddenField()
    share = PercentField(_l("Share"), [optional()])


class CoOwnerForm(BuyersForm):
    """Who comes, who goes, who owns how much."""

    named = ("add",)

    add = StringField(_l("Co-owner to add"), [optional(), at_most(_LONGEST)], description=_HELP)
    added_share = PercentField(_l("Share of the new co-owner"), [optional()])
    remove = CheckboxesField(_l("Co-owners to remove"), [optional()], coerce=int, choices=())
    shares = FieldList(
        FormField(ShareForm, label=_l("Share")), label=_l("Shares of the buyers"), max_entries=MAX_BUYERS
    )

    def offer_buyers(self, buyers: Sequence[DealBuyer]) -> None:
        """Offer the co-owners to remove, and name the shares."""
        self.buyers = {str(buyer.customer_id): buyer for buyer in buyers}
        self.remove.choices = [SelectChoice(buyer.customer_id, buyer.customer.name) for buyer in buyers[1:]]
        self._name_rows()

    def prefill_terms(self, _session: Session, _deal: Deal) -> None:
        """Show the shares in force."""
        for customer_id, buyer in self.buyers.items():
            self.shares.append_entry({"customer_id": customer_id, "share": buyer.share})
        self._name_rows()

    def read_terms(self) -> Values:
        """Return who comes and goes, and the shares of those who stay."""
        removed, fresh = list(self.remove.data or ()), self.find(self.add, "add")
        share = self.added_share.data
        entry = {"customer_id": fresh} if share is None else {"customer_id": fresh, "share": _text(share)}
        typed = {row.form.customer_id.data: row.form.share.data for row in self.shares}
        return {
            "add": [] if fresh is None else [entry],
            "remove": removed,
            "shares": {
                customer_id: _text(value)
                for customer_id, value in typed.items()
                if customer_id in self.buyers and int(customer_id) not in removed and value is not None
            },
        }

    def _name_rows(self) -> None:
        for entry in self.shares:
            buyer = self.buyers.get(entry.form.customer_id.data or "")
            if buyer is not None:
                entry.form.share.label.text = buyer.customer.name


class PrincipalForm(BuyersForm):
    """Which of the buyers comes first."""

    customer_id = SelectField(_l("Principal buyer"), choices=(), validators=[required()])

    def offer_buyers(self, buyers: Sequence[DealBuyer]) -> None:
        """Offer everybody who buys."""
        self.customer_id.choices = [
            SelectChoice(str(buyer.customer_id), buyer.customer.name) for buyer in buyers
        ]

    def read_terms(self) -> Values:
        """Return the buyer by id."""
        return {"customer_id": int(self.customer_id.data)}


def _text(share: object) -> str:
    return f"{share.normalize():f}" if hasattr(share, "normalize") else str(share)
