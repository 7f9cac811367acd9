"""An offer as it is shown and printed."""

from salesoffice.offers.documents.paper import draw_offer
from salesoffice.offers.documents.standing import Standing, judge_offer, read_floor_plan
from salesoffice.offers.documents.words import (
    describe_base,
    describe_rate,
    describe_scheme,
    describe_step,
    show_number,
)

__all__ = [
    "Standing",
    "describe_base",
    "describe_rate",
    "describe_scheme",
    "describe_step",
    "draw_offer",
    "judge_offer",
    "read_floor_plan",
    "show_number",
]
