"""What reservations tell features further right: offers ask here which price a hold keeps."""

from sqlalchemy.orm import Session

from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.offers.signals import KeptPrice, tells_kept_prices
from salesoffice.reservations.models import Hold


@tells_kept_prices
def tell_kept_price(session: Session, claim: Claim) -> KeptPrice | None:
    """Find the price the customer was shown when the unit was held."""
    hold = session.get(Hold, claim.document_id) if claim.kind is ClaimKind.HOLD else None
    return None if hold is None else KeptPrice(hold.unit_price_id, hold.list_total_amount)
