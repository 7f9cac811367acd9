"""The figures an offer was made with, as they are stored and printed: plain values that never change again."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from salesoffice.inventory.enums import Product
from salesoffice.offers.enums import FeeKind, FeeMeasure, LoanKind, RepaymentKind
from salesoffice.offers.rules.fees import FeeLine, FeeTerms
from salesoffice.offers.rules.loans import Loan
from salesoffice.payments.enums import InstalmentKind
from salesoffice.pricing.enums import DiscountKind, PriceBasis


@dataclass(frozen=True)
class UnitFacts:
    """What an offer tells of the unit and its project; areas in m², `permit_no` of the permit that covers it."""

    project: str
    seller: str
    address: str
    phone: str
    permit_no: str
    code: str
    building: str
    section: str
    floor: str
    room_no: str
    unit_type: str
    layout: str
    orientation: str
    product: Product
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None


@dataclass(frozen=True)
class StepLine:
    """One discount step with the price before and after it (fen); `scheme_id` of the scheme it comes from."""

    name: str
    kind: DiscountKind
    value: Decimal
    before: int
    after: int
    scheme_id: int | None = None


@dataclass(frozen=True)
class PaymentLine:
    """One instalment (fen)."""

    kind: InstalmentKind
    due_on: date
    amount: int
    is_loan: bool


@dataclass(frozen=True)
class OfferFigures:
    """Everything an offer states. Amounts in fen, unit prices in fen per m², rates as shares."""

    unit: UnitFacts
    customer: str
    rep: str
    rep_phone: str
    version_number: int
    in_force_from: str
    basis: PriceBasis
    list_total: int
    list_unit_price: int | None
    steps: tuple[StepLine, ...]
    total: int
    unit_price: int | None
    down_payment_rate: Decimal | None
    payments: tuple[PaymentLine, ...]
    loans: tuple[Loan, ...]
    fees: tuple[FeeLine, ...]

    @property
    def loan_total(self) -> int:
        """What lenders pay."""
        return sum(line.amount for line in self.payments if line.is_loan)

    @property
    def own_total(self) -> int:
        """What the buyer pays out of their own pocket for the unit."""
        return self.total - self.loan_total

    @property
    def fee_total(self) -> int:
        """All taxes and fees on behalf."""
        return sum(line.amount for line in self.fees)

    @property
    def saved(self) -> int:
        """What the discounts take off."""
        return self.list_total - self.total


def dump_figures(figures: OfferFigures) -> str:
    """Write figures as JSON: decimals and days as text, sets as sorted lists."""
    return json.dumps(asdict(figures), ensure_ascii=False, default=_plain)


def load_figures(text: str) -> OfferFigures:
    """Read figures that `dump_figures` wrote."""
    found: dict[str, Any] = json.loads(text)
    areas = {name: _decimal(found["unit"][name]) for name in ("gross_area", "inner_area", "shared_area")}
    changed = {
        "unit": UnitFacts(**(found["unit"] | areas | {"product": Product(found["unit"]["product"])})),
        "basis": PriceBasis(found["basis"]),
        "steps": tuple(_read_step(row) for row in found["steps"]),
        "down_payment_rate": _decimal(found["down_payment_rate"]),
        "payments": tuple(_read_payment(row) for row in found["payments"]),
        "loans": tuple(_read_loan(row) for row in found["loans"]),
        "fees": tuple(_read_fee(row) for row in found["fees"]),
    }
    return OfferFigures(**(found | changed))


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _read_step(row: dict[str, Any]) -> StepLine:
    return StepLine(**(row | {"kind": DiscountKind(row["kind"]), "value": Decimal(row["value"])}))


def _read_payment(row: dict[str, Any]) -> PaymentLine:
    known = {"kind": InstalmentKind(row["kind"]), "due_on": date.fromisoformat(row["due_on"])}
    return PaymentLine(**(row | known))


def _read_loan(row: dict[str, Any]) -> Loan:
    known = {
        "kind": LoanKind(row["kind"]),
        "repayment": RepaymentKind(row["repayment"]),
        "rate": Decimal(row["rate"]),
    }
    return Loan(**(row | known))


def _read_fee(row: dict[str, Any]) -> FeeLine:
    terms = row["terms"] | {
        "kind": FeeKind(row["terms"]["kind"]),
        "measure": FeeMeasure(row["terms"]["measure"]),
        "value": Decimal(row["terms"]["value"]),
        "area_from": _decimal(row["terms"]["area_from"]),
        "area_to": _decimal(row["terms"]["area_to"]),
        "products": frozenset(Product(name) for name in row["terms"]["products"]),
    }
    base = Decimal(row["base"]) if isinstance(row["base"], str) else row["base"]
    return FeeLine(FeeTerms(**terms), base, row["amount"])
