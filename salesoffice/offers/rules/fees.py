"""Taxes and fees that the office collects on behalf of others. Amounts are fen, areas m²."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from salesoffice.core.money import price_of, rate_of
from salesoffice.inventory.enums import Product
from salesoffice.offers.enums import FeeKind, FeeMeasure


@dataclass(frozen=True)
class FeeTerms:
    """A fee as the office has entered it; `value` is a share (0.01), fen per m², or fen, as `measure` says.

    It is for units whose gross area is above `area_from` and at most `area_to`, and of the products named (all
    when none is). `source` is the law or the notice it comes from.
    """

    kind: FeeKind
    name: str
    measure: FeeMeasure
    value: Decimal
    area_from: Decimal | None = None
    area_to: Decimal | None = None
    products: frozenset[Product] = frozenset()
    source: str = ""


@dataclass(frozen=True)
class FeeLine:
    """A fee counted for one unit: from which base (fen for a share, m² for a price per m², else None) it comes."""

    terms: FeeTerms
    base: int | Decimal | None
    amount: int


def count_fees(
    fees: Iterable[FeeTerms], *, total: int, area: Decimal | None, product: Product
) -> tuple[FeeLine, ...]:
    """Count the fees of a unit with a deal price; those that ask for an area nobody knows are left out."""
    lines = []
    for fee in fees:
        if fee.products and product not in fee.products:
            continue
        if not _fits(fee, area):
            continue
        lines.append(_count(fee, total, area))
    return tuple(lines)


def default_fees() -> tuple[FeeTerms, ...]:
    """Return the usual fees, which a project counts with until the office has entered its own; to be checked."""
    homes = frozenset({Product.RESIDENTIAL})
    others = frozenset(Product) - homes
    tax, check = "财政部 税务总局 住房城乡建设部公告2024年第16号", "常见数值，使用前请核对"
    return (
        FeeTerms(FeeKind.DEED_TAX, "契税（家庭唯一住房，140 m² 及以下）", FeeMeasure.RATE, Decimal("0.01"),
                 None, Decimal("140.00"), homes, f"{tax}；{check}"),
        FeeTerms(FeeKind.DEED_TAX, "契税（家庭唯一住房，140 m² 以上）", FeeMeasure.RATE, Decimal("0.015"),
                 Decimal("140.00"), None, homes, f"{tax}；{check}"),
        FeeTerms(FeeKind.DEED_TAX, "契税（非住宅）", FeeMeasure.RATE, Decimal("0.03"), None, None, others, check),
        FeeTerms(FeeKind.MAINTENANCE_FUND, "住宅专项维修资金", FeeMeasure.PER_AREA, Decimal(100_00), None, None,
                 homes, f"建设部、财政部令第165号，标准由各市公布；{check}"),
        FeeTerms(FeeKind.REGISTRATION, "不动产登记费（住宅）", FeeMeasure.AMOUNT, Decimal(80_00), None, None, homes,
                 f"发改价格规〔2016〕2559号；{check}"),
        FeeTerms(FeeKind.REGISTRATION, "不动产登记费（非住宅）", FeeMeasure.AMOUNT, Decimal(550_00), None, None,
                 others, f"发改价格规〔2016〕2559号；{check}"),
    )  # fmt: skip


def _fits(fee: FeeTerms, area: Decimal | None) -> bool:
    asks = fee.area_from is not None or fee.area_to is not None or fee.measure is FeeMeasure.PER_AREA
    if area is None:
        return not asks
    return (fee.area_from is None or area > fee.area_from) and (fee.area_to is None or area <= fee.area_to)


def _count(fee: FeeTerms, total: int, area: Decimal | None) -> FeeLine:
    if fee.measure is FeeMeasure.RATE:
        return FeeLine(fee, total, rate_of(total, fee.value))
    if fee.measure is FeeMeasure.PER_AREA and area is not None:
        return FeeLine(fee, area, price_of(int(fee.value), area))
    return FeeLine(fee, None, int(fee.value))
