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
    """Life of a price version; one is in force per project."""

    DRAFT = "draft", _l("Draft")
    APPROVED = "approved", _l("Approved")
    IN_FORCE = "in_force", _l("In force")
    SUPERSEDED = "superseded", _l("Superseded")


class DiscountKind(LabelledEnum):
    """How one discount step lowers the price."""

    PERCENTAGE = "percentage", _l("Percentage of the price so far")
    POINTS = "points", _l("Points off the list price")
    PER_AREA = "per_area", _l("Amount per m²")
    AMOUNT = "amount", _l("Fixed amount")


PRICE_VERSION_STEPS: Mapping[PriceVersionState, frozenset[PriceVersionState]] = MappingProxyType(
    {
        PriceVersionState.DRAFT: frozenset({PriceVersionState.APPROVED}),
        PriceVersionState.APPROVED: frozenset({PriceVersionState.IN_FORCE}),
        PriceVersionState.IN_FORCE: frozenset({PriceVersionState.SUPERSEDED}),
        PriceVersionState.SUPERSEDED: frozenset(),
    }
)
"""From which state a price version may go to which."""


class SheetKind(LabelledEnum):
    """Which sheet of a price version."""

    OVERVIEW = "overview", _l("Price overview")
    DETAIL = "detail", _l("Price detail sheet")
    FILING = "filing", _l("Filing sheet, one price per unit")
    COMPARISON = "comparison", _l("Comparison with the version before")


class SheetFormat(LabelledEnum):
    """As what a sheet is written."""

    PDF = "pdf", _l("PDF")
    XLSX = "xlsx", _l("Excel")
