"""Discount schemes and offers for tests."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM
from salesoffice.customers.models import Customer
from salesoffice.infra.files import store_file
from salesoffice.offers.enums import DiscountSource
from salesoffice.offers.models import DiscountScheme, Offer
from salesoffice.offers.services import OfferTerms, SchemeDetails, add_scheme, attach_paper, make_offer
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from tests.factories import Office


@dataclass(frozen=True)
class Offers:
    """A scheme, the rep's offer with its paper, one without, and another rep's."""

    scheme: DiscountScheme
    offer: Offer
    undrawn: Offer
    other: Offer


def make_scheme(
    session: Session, office: Office, name: str = "开盘优惠", **changes: object
) -> DiscountScheme:
    """Add a scheme: 98 % of the price, valid from today, for every payment plan."""
    usual: dict[str, object] = {
        "name": name,
        "source": DiscountSource.LAUNCH,
        "kind": DiscountKind.PERCENTAGE,
        "value": Decimal("0.98"),
        "valid_from": clock.business_today(),
    }
    details = SchemeDetails(**(usual | changes))  # type: ignore[arg-type]
    return add_scheme(session, office.project.id, actor=SYSTEM, details=details)


def make_offers(session: Session, office: Office, buyer: Customer) -> Offers:
    """Add a scheme and three offers for the last unit, the first for the buyer."""
    scheme, unit = make_scheme(session, office), office.units[-1]
    terms = OfferTerms(PlanKind.MORTGAGE, scheme_ids=(scheme.id,), customer_id=buyer.id)
    rep = office.actor(office.rep)
    offer = make_offer(session, unit, actor=rep, terms=terms)
    paper = store_file(
        session, b"%PDF-1.7 offer", name=f"{offer.number}.pdf", media_type="application/pdf",
        project_id=office.project.id,
    )  # fmt: skip
    attach_paper(session, offer, paper)
    plain = OfferTerms(PlanKind.FULL)
    return Offers(
        scheme,
        offer,
        make_offer(session, unit, actor=rep, terms=plain),
        make_offer(session, unit, actor=office.actor(office.other_rep), terms=plain),
    )
