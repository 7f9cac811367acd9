"""Taxes and fees on behalf; the stored figures of an offer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from salesoffice.inventory.enums import Product
from salesoffice.offers.enums import FeeKind, FeeMeasure, LoanKind, RepaymentKind
from salesoffice.offers.rules import (
    FeeTerms,
    OfferFigures,
    PaymentLine,
    StepLine,
    UnitFacts,
    count_fees,
    count_loan,
    default_fees,
    dump_figures,
    load_figures,
)
from salesoffice.payments.enums import InstalmentKind
from salesoffice.pricing.enums import DiscountKind, PriceBasis


@pytest.mark.parametrize(
    ("area", "amounts"),
    [
        (Decimal("89.00"), [10_000_00, 8_900_00, 80_00]),
        (Decimal("140.00"), [10_000_00, 14_000_00, 80_00]),
        (Decimal("140.01"), [15_000_00, 14_001_00, 80_00]),
        (None, [80_00]),
    ],
)
def test_usual_fees_of_a_flat_follow_its_area(area: Decimal | None, amounts: list[int]) -> None:
    lines = count_fees(default_fees(), total=1_000_000_00, area=area, product=Product.RESIDENTIAL)

    assert [line.amount for line in lines] == amounts


def test_usual_fees_of_a_shop_are_its_own() -> None:
    lines = count_fees(default_fees(), total=1_000_000_00, area=Decimal("89.00"), product=Product.COMMERCIAL)

    assert [(line.terms.kind, line.base, line.amount) for line in lines] == [
        (FeeKind.DEED_TAX, 1_000_000_00, 30_000_00),
        (FeeKind.REGISTRATION, None, 550_00),
    ]


def test_every_usual_fee_asks_to_be_checked() -> None:
    assert [fee.name for fee in default_fees() if "核对" not in fee.source] == []


def test_figures_come_back_from_the_store_as_they_were() -> None:
    unit = UnitFacts(
        "锦绣台", "锦绣置业", "", "", "深房许字001", "1-A-101", "1栋", "A座", "1", "101", "A", "三房", "南",
        Product.RESIDENTIAL, Decimal("90.00"), None, None,
    )  # fmt: skip
    fee = FeeTerms(
        FeeKind.OTHER, "其他", FeeMeasure.PER_AREA, Decimal(100), None, Decimal("140.00"),
        frozenset({Product.PARKING, Product.RESIDENTIAL}),
    )  # fmt: skip
    figures = OfferFigures(
        unit=unit,
        customer="张甲",
        rep="李乙",
        rep_phone="",
        version_number=3,
        in_force_from="2026-06-01T01:00:00Z",
        basis=PriceBasis.GROSS,
        list_total=900_000_00,
        list_unit_price=10_000_00,
        steps=(StepLine("98折", DiscountKind.PERCENTAGE, Decimal("0.98"), 900_000_00, 882_000_00, 7),),
        total=882_000_00,
        unit_price=9_800_00,
        down_payment_rate=Decimal("0.3"),
        payments=(PaymentLine(InstalmentKind.MORTGAGE, date(2026, 6, 30), 610_000_00, is_loan=True),),
        loans=(
            count_loan(LoanKind.PROVIDENT, 610_000_00, Decimal("0.026"), 30, RepaymentKind.EQUAL_PRINCIPAL),
        ),
        fees=count_fees([fee], total=882_000_00, area=Decimal("90.00"), product=Product.PARKING),
    )

    found = load_figures(dump_figures(figures))

    assert found == figures
    assert (found.saved, found.loan_total, found.own_total, found.fee_total) == (
        18_000_00, 610_000_00, 272_000_00, 90_00,
    )  # fmt: skip
    assert load_figures(dump_figures(replace(figures, down_payment_rate=None))).down_payment_rate is None
