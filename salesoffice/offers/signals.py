"""At which price a claimed unit is kept is known further left (`reservations`); this is how offers ask for it.

Exactly one teller is registered when the application is made. Without it no offer can be made for a held unit: the
question fails instead of being answered with today's price.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy.orm import Session

from salesoffice.deals.models import Claim


class KeptPrice(NamedTuple):
    """The price that a claim keeps: the row of the price version, and the list total (fen) the customer was shown."""

    unit_price_id: int
    list_total: int


PriceTeller = Callable[[Session, Claim], KeptPrice | None]

_tellers: list[PriceTeller] = []


def tells_kept_prices(teller: PriceTeller) -> PriceTeller:
    """Register the function that finds the price a claim keeps."""
    _tellers.append(teller)
    return teller


def find_kept_price(session: Session, claim: Claim) -> KeptPrice | None:
    """Find the price that a claim keeps; None when it is not a hold."""
    if not _tellers:
        raise RuntimeError("nobody tells kept prices: salesoffice.reservations.receivers was not imported")
    return _tellers[-1](session, claim)
