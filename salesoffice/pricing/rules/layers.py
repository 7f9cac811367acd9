"""The layers of a unit's price and their order. All amounts are fen."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan


class AboveFiledPrice(DomainError):
    """A list or deal price is above the filed price."""

    def __init__(self, price: int, filed: int) -> None:
        message = _l(
            "%(price)s yuan is above the filed price of %(filed)s yuan.",
            price=format_yuan(price),
            filed=format_yuan(filed),
        )
        super().__init__(message, code="above_filed_price", price=price, filed=filed)


class AboveListPrice(DomainError):
    """A deal price is above the list price."""

    def __init__(self, price: int, list_price: int) -> None:
        message = _l(
            "%(price)s yuan is above the list price of %(list_price)s yuan.",
            price=format_yuan(price),
            list_price=format_yuan(list_price),
        )
        super().__init__(message, code="above_list_price", price=price, list_price=list_price)


class BelowFloorPrice(DomainError):
    """A deal price is below the floor price and needs approval. The floor itself is not told: not everybody may know."""

    def __init__(self, price: int) -> None:
        message = _l(
            "%(price)s yuan is below the floor price; the manager must approve it.", price=format_yuan(price)
        )
        super().__init__(message, code="below_floor_price", price=price)


@dataclass(frozen=True)
class PriceLayers:
    """The layers of one unit's total price that are known, from the highest to the lowest."""

    deal: int
    filed: int | None = None
    list_price: int | None = None
    project_floor: int | None = None
    group_floor: int | None = None


def check_price_layers(layers: PriceLayers) -> None:
    """Refuse prices out of order: filed ≥ list ≥ deal ≥ project floor ≥ group floor.

    Layers that are not known are not checked. Refused with AboveFiledPrice, AboveListPrice, BelowFloorPrice.
    """
    highest = max(layers.deal, layers.list_price or 0)
    if layers.filed is not None and highest > layers.filed:
        raise AboveFiledPrice(highest, layers.filed)
    if layers.list_price is not None and layers.deal > layers.list_price:
        raise AboveListPrice(layers.deal, layers.list_price)
    floors = [floor for floor in (layers.project_floor, layers.group_floor) if floor is not None]
    if floors and layers.deal < max(floors):
        raise BelowFloorPrice(layers.deal)
