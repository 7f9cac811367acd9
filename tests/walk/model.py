"""What a sales office is, in so few words that one can see it is right: plain Python, nothing of the application.

Amounts are fen. A sale is known by its number, which never changes; it stands on one unit at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

PRICE = 900_000_00
DEPOSIT = 50_000_00
KEEPING = ("held", "provisional")
AGREED = ("subscribed", "contracted", "signed_online")
SOLD = (*AGREED, "filed", "delivered")


@dataclass
class Sale:
    """One sale: its stage is the state its unit shows, or how it ended."""

    number: str
    unit: int
    stage: str
    until: datetime | None = None
    buyers: list[int] = field(default_factory=list)
    price: int = 0
    has_draft: bool = False
    has_account: bool = False
    is_open: bool = True
    received: int = 0
    deposit_received: int = 0
    refunded: int = 0
    kept: int = 0
    owed: int = 0
    extended_days: int = 0
    asked_days: int | None = None
    asked_from: int = 0

    @property
    def refundable(self) -> int:
        """What may be paid back."""
        return self.received + self.owed - self.kept - self.refunded

    @property
    def can_extend(self) -> bool:
        """Whether there is a last day for signing to be moved: nothing has been entered yet."""
        return self.stage == "subscribed" and not self.has_draft

    def overtake(self) -> None:
        """Forget an extension that waits, once a change of the sale came between and it is not possible any more."""
        if not self.can_extend:
            self.asked_days = None

    @property
    def outstanding(self) -> int:
        """What is missing of the price."""
        return self.price - min(self.price, self.received - self.refunded)


@dataclass
class Unit:
    """A unit that is on sale or withheld, perhaps under a legal note, perhaps claimed by one sale."""

    is_withheld: bool = False
    is_overlaid: bool = False
    sale: Sale | None = None


class Model:
    """All units and sales of an office."""

    def __init__(self, units: Iterable[int]) -> None:
        self.units = {unit: Unit() for unit in units}
        self.sales: dict[str, Sale] = {}

    def state_of(self, unit: int) -> str:
        """Return the state that a unit shows."""
        found = self.units[unit]
        if found.sale is not None:
            return found.sale.stage
        return "withheld" if found.is_withheld else "available"

    def is_free(self, unit: int) -> bool:
        """Tell whether anybody may claim a unit now."""
        return self.state_of(unit) == "available" and not self.units[unit].is_overlaid

    def begin(self, number: str, unit: int, stage: str) -> Sale:
        """Begin a sale on a unit."""
        sale = self.sales[number] = Sale(number, unit, stage)
        self.units[unit].sale = sale
        return sale

    def subscribe(self, sale: Sale, buyers: list[int]) -> None:
        """Let a sale become a subscription; provisional money becomes part of the deposit."""
        sale.stage, sale.until, sale.buyers = "subscribed", None, buyers
        sale.price, sale.has_account = PRICE, True
        sale.deposit_received = sale.received

    def move(self, sale: Sale, unit: int) -> None:
        """Let a sale go on with another unit; the old one waits until its price is confirmed."""
        old = self.units[sale.unit]
        old.sale, old.is_withheld = None, True
        self.units[unit].sale = sale
        sale.unit, sale.stage, sale.has_draft = unit, "subscribed", False
        sale.price, sale.extended_days, sale.asked_days = PRICE, 0, None

    def end(self, sale: Sale, how: str, *, comes_back: bool) -> None:
        """End a sale; the unit is free again, or comes back withheld."""
        unit = self.units[sale.unit]
        unit.sale, unit.is_withheld = None, comes_back or unit.is_withheld
        sale.stage, sale.until, sale.is_open, sale.has_draft = how, None, False, False
        sale.asked_days = None

    def pass_time(self, now: datetime) -> None:
        """End what was kept only until now."""
        for sale in self.sales.values():
            if sale.until is not None and sale.until <= now:
                self.end(sale, "expired", comes_back=False)
