"""The paper: always one page with every figure, quickly made."""

import io
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from sqlalchemy.orm import Session

from salesoffice.core.money import format_yuan
from salesoffice.offers.documents import draw_offer
from salesoffice.offers.enums import LoanKind, RepaymentKind
from salesoffice.offers.models import Offer
from salesoffice.offers.rules import (
    OfferFigures,
    PaymentLine,
    StepLine,
    count_fees,
    count_loan,
    default_fees,
    dump_figures,
    load_figures,
)
from salesoffice.payments.enums import InstalmentKind
from salesoffice.pricing.enums import DiscountKind


def draw(offer: Offer, figures: OfferFigures | None = None, plan: bytes | None = None) -> bytes:
    """Draw an offer, with other figures than its own if given."""
    made = Offer(
        number=offer.number,
        figures=dump_figures(figures) if figures else offer.figures,
        made_at=offer.made_at,
        valid_until=offer.valid_until,
    )
    return draw_offer(made, code="P1", base_url="https://office.example.test", plan=plan)


def read(data: bytes) -> tuple[int, str]:
    """The number of pages and the text without spaces."""
    reader = PdfReader(io.BytesIO(data))
    return len(reader.pages), "".join("".join(page.extract_text().split()) for page in reader.pages)


def missing(text: str, wanted: Sequence[str]) -> list[str]:
    """What is not in the text."""
    return [words for words in wanted if "".join(words.split()) not in text]


def figures_of(figures: OfferFigures) -> list[str]:
    """Every amount an offer states."""
    amounts = [figures.list_total, figures.total, figures.saved, figures.fee_total]
    amounts += [amount for step in figures.steps for amount in (step.before - step.after, step.after)]
    amounts += [payment.amount for payment in figures.payments] + [fee.amount for fee in figures.fees]
    for loan in figures.loans:
        amounts += [loan.principal, loan.first_payment, loan.total_interest]
    return [format_yuan(amount) for amount in amounts]


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    """A grey picture."""
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "grey").save(stream, kind)
    return stream.getvalue()


def crowd(figures: OfferFigures) -> OfferFigures:
    """As much as an offer can hold: eleven steps, ten instalments, two loans, twelve fees, the longest names."""
    price, steps = figures.list_total, []
    for number in range(11):
        steps.append(
            StepLine(
                f"{'优' * 56}{number:02d}", DiscountKind.AMOUNT, Decimal(1_234_56), price, price - 1_234_56
            )
        )
        price -= 1_234_56
    payments = [
        PaymentLine(
            InstalmentKind.HOUSE_PRICE,
            date(2026, 6, 1) + timedelta(days=30 * number),
            10_001_01,
            is_loan=False,
        )
        for number in range(9)
    ]
    rest = price - sum(line.amount for line in payments)
    payments.append(PaymentLine(InstalmentKind.MORTGAGE, date(2027, 6, 1), rest, is_loan=True))
    fees = [replace(default_fees()[0], name="费" * 60, source="依据" * 100)] * 12
    unit = replace(
        figures.unit, project="锦" * 100, seller="公" * 100, address="路" * 200, building="楼" * 60, section="单" * 60,
        room_no="9" * 30, unit_type="户" * 60, layout="厅" * 60, orientation="南" * 20, permit_no="证" * 60,
    )  # fmt: skip
    loans = tuple(
        count_loan(kind, 3_330_000_00, Decimal("0.035"), 30, RepaymentKind.EQUAL_PRINCIPAL)
        for kind in LoanKind
    )
    counted = count_fees(fees, total=price, area=Decimal("90.00"), product=unit.product)
    return replace(
        figures, unit=unit, customer="客" * 100, rep="顾" * 100, rep_phone="1" * 40, steps=tuple(steps), total=price,
        payments=tuple(payments), loans=loans, fees=counted,
    )  # fmt: skip


def test_paper_is_one_page_with_every_figure(session: Session, offer: Offer) -> None:
    figures = load_figures(offer.figures)

    pages, text = read(draw(offer))

    wanted = [
        "置业计划书", "ZY000001", "张甲", "1栋 A座 101", "Rep.P1", "建筑面积", "90.00 m²", "套内面积", "72.00 m²",
        "开盘优惠", "× 98 %", "付款计划", "等额本息", "代收税费", "P1-2026-001", "不构成要约", "表价为第 1 版",
    ]  # fmt: skip
    assert (pages, missing(text, [*wanted, *figures_of(figures)])) == (1, [])


@pytest.mark.parametrize("plan", [None, picture(3000, 500), picture(500, 3000, "JPEG")])
def test_crowded_paper_is_one_page_with_every_figure(
    session: Session, offer: Offer, plan: bytes | None
) -> None:
    figures = crowd(load_figures(offer.figures))

    pages, text = read(draw(offer, figures, plan))

    names = [step.name for step in figures.steps]
    assert (pages, missing(text, [*names, *figures_of(figures)])) == (1, [])


def test_rare_names_are_on_the_paper(session: Session, offer: Offer) -> None:
    figures = replace(load_figures(offer.figures), customer="㛃𬀩", rep="䶮𫘝")

    _pages, text = read(draw(offer, figures))

    assert missing(text, ["㛃𬀩", "䶮𫘝"]) == []


@pytest.mark.parametrize("plan", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_broken_floor_plan_leaves_no_gap(session: Session, offer: Offer, plan: bytes) -> None:
    pages, text = read(draw(offer, plan=plan))

    assert (pages, "户型图" in text) == (1, False)


def test_floor_plan_is_on_the_paper(session: Session, offer: Offer) -> None:
    data = draw(offer, plan=picture(800, 600))

    assert len(PdfReader(io.BytesIO(data)).pages[0].images) == 1
    assert "户型图" in read(data)[1]


def test_paper_is_drawn_quickly(app: Flask, session: Session, offer: Offer) -> None:
    plan = picture(2400, 1800)
    draw(offer, plan=plan)

    begun = time.process_time()
    draw(offer, plan=plan)
    spent = time.process_time() - begun

    assert spent < 1
