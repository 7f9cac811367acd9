"""States and kinds of prices."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class PriceBasis(LabelledEnum):
    """What a total price is counted from."""

    GROSS = "gross", _l("By gross area")
    INNER = "inner", _l("By inner area")
    UNIT = "unit", _l("Per unit")


class PriceVersionState(LabelledEnum):
    """Life of a price version; one is in force per project. A draft that is not wanted any more is withdrawn."""

    DRAFT = "draft", _l("Draft")
    SUBMITTED = "submitted", _l("Submitted")
    APPROVED = "approved", _l("Approved")
    IN_FORCE = "in_force", _l("In force")
    SUPERSEDED = "superseded", _l("Superseded")
    WITHDRAWN = "withdrawn", _l("Withdrawn")


class DiscountKind(LabelledEnum):
    """How one discount step lowers the price."""

    PERCENTAGE = "percentage", _l("Percentage of the price so far")
    POINTS = "points", _l("Points off the list price")
    PER_AREA = "per_area", _l("Amount per m²")
    AMOUNT = "amount", _l("Fixed amount")


PRICE_VERSION_STEPS: Mapping[PriceVersionState, frozenset[PriceVersionState]] = MappingProxyType(
    {
        PriceVersionState.DRAFT: frozenset({PriceVersionState.SUBMITTED, PriceVersionState.WITHDRAWN}),
        PriceVersionState.SUBMITTED: frozenset(
            {PriceVersionState.DRAFT, PriceVersionState.APPROVED, PriceVersionState.WITHDRAWN}
        ),
        PriceVersionState.APPROVED: frozenset({PriceVersionState.IN_FORCE, PriceVersionState.WITHDRAWN}),
        PriceVersionState.IN_FORCE: frozenset({PriceVersionState.SUPERSEDED}),
        PriceVersionState.SUPERSEDED: frozenset(),
        PriceVersionState.WITHDRAWN: frozenset(),
    }
)
"""From which state a price version may go to which."""


class PriceLayer(LabelledEnum):
    """A limit of a unit's total price: the filed price above, the floors of the project and of the group below."""

    FILED = "filed", _l("Filed price")
    PROJECT_FLOOR = "project_floor", _l("Project floor price")
    GROUP_FLOOR = "group_floor", _l("Group floor price")


class ForceMoment(LabelledEnum):
    """When approved prices come into force."""

    NOW = "now", _l("At once")
    AT = "at", _l("At a moment")
    BY_HAND = "by_hand", _l("Later, when somebody puts them into force")


class FindingKind(LabelledEnum):
    """What the rules find in the prices of a version before it is approved."""

    ABOVE_FILED = "above_filed", _l("Above the filed price")
    BELOW_GROUP_FLOOR = "below_group_floor", _l("Below the group's floor price")
    BELOW_PROJECT_FLOOR = "below_project_floor", _l("Below the project's floor price")
    HIGHER_IS_CHEAPER = "higher_is_cheaper", _l("Cheaper than the floor below")
    LARGE_MOVE = "large_move", _l("Large move")
    REFILE_NEEDED = "refile_needed", _l("Too far from the filed price")
    PRICE_MISSING = "price_missing", _l("Without a price")
    TOTAL_DELTA = "total_delta", _l("Total value moves")


class FilingProblem(LabelledEnum):
    """Why the city's rules do not allow a new filed price."""

    TOO_SOON = "too_soon", _l("Too soon after the last filing")
    CUT_TOO_LARGE = "cut_too_large", _l("Lowered by too much")


class StaleReason(LabelledEnum):
    """What happened to a unit since its new price was made."""

    CLAIMED = "claimed", _l("held or sold meanwhile")
    REPRICED = "repriced", _l("repriced meanwhile")
    REMEASURED = "remeasured", _l("its areas were changed meanwhile")
    GONE = "gone", _l("no longer there")


class SheetKind(LabelledEnum):
    """Which sheet of a price version."""

    OVERVIEW = "overview", _l("Price overview")
    DETAIL = "detail", _l("Price detail sheet")
    FILING = "filing", _l("Filing sheet, one price per unit")
    COMPARISON = "comparison", _l("Comparison of two versions")
    TAGS = "tags", _l("Price tags, one per unit")
    FLOOR = "floor", _l("Floor price list")


class SheetFormat(LabelledEnum):
    """As what a sheet is written."""

    PDF = "pdf", _l("PDF")
    XLSX = "xlsx", _l("Excel")
    CSV = "csv", _l("CSV")


class SheetPaper(LabelledEnum):
    """On which paper a sheet is drawn; by itself it takes the smallest that is wide enough."""

    AUTO = "auto", _l("As fits")
    A4 = "a4", _l("A4")
    A3 = "a3", _l("A3")
