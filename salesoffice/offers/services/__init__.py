"""Discount schemes and authority, loan terms and fees, offers."""

from salesoffice.offers.services.authority import Grant, check_discount, set_authorities
from salesoffice.offers.services.drafting import (
    MAX_DAYS,
    USUAL_DAYS,
    OfferDraft,
    OfferTerms,
    draft_offer,
    find_offer_price,
)
from salesoffice.offers.services.making import attach_paper, make_offer
from salesoffice.offers.services.schemes import (
    SchemeDetails,
    add_scheme,
    change_scheme,
    close_scheme,
    mark_used,
    move_scheme,
)
from salesoffice.offers.services.terms import set_tools

__all__ = [
    "MAX_DAYS",
    "USUAL_DAYS",
    "Grant",
    "OfferDraft",
    "OfferTerms",
    "SchemeDetails",
    "add_scheme",
    "attach_paper",
    "change_scheme",
    "check_discount",
    "close_scheme",
    "draft_offer",
    "find_offer_price",
    "make_offer",
    "mark_used",
    "move_scheme",
    "set_authorities",
    "set_tools",
]
