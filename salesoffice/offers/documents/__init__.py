"""An offer as it is shown and printed."""

from salesoffice.offers.documents.paper import draw_offer
from salesoffice.offers.documents.words import (
    describe_base,
    describe_rate,
    describe_scheme,
    describe_step,
    show_number,
)

__all__ = ["describe_base", "describe_rate", "describe_scheme", "describe_step", "draw_offer", "show_number"]
