"""An offer as it is shown and printed."""

from salesoffice.offers.documents.paper import draw_offer
from salesoffice.offers.documents.standing import Standing, judge_offer, read_floor_plan

__all__ = ["Standing", "draw_offer", "judge_offer", "read_floor_plan"]
