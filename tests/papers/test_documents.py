"""Every kind of paper with the least and the most it says, read back as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.core.permissions import Actor
from salesoffice.infra.db import db, transaction
from salesoffice.papers.documents import build_data, build_preview, draw_paper, list_printed, superseded_mark
from salesoffice.papers.documents.printing import day_in_words
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.queries import Subject
from tests.factories import make_office
from tests.factories.paper_subjects import (
    CLAUSES,
    LONG_ADDRESS,
    LONG_COMPANY,
    LONG_NAME,
    make_change,
    make_large_sale,
    make_order,
)
from tests.factories.sales import CERTIFICATE, make_draft, make_sale
from tests.papers.conftest import count_pages, text_of

NOON = "2026-06-01 12:00:00+08:00"
BUYERS = (LONG_NAME, LONG_COMPANY, "买受人8号")
LAST_CLAUSE = "第40项约定的内容以本协议为准"


@dataclass(frozen=True)
class Subjects:
    """What papers are about, by name, and who issues them."""

    rows: Mapping[str, Subject]
    assistant: Actor
    rep: Actor


@pytest.fixture
def subjects(session: Session) -> Subjects:
    """A small sale and a large one, each with a change, an order and a contract."""
    with time_machine.travel(NOON, tick=False), transaction():
        office = make_office(session)
        small, large = make_sale(session, office), make_large_sale(session, office)
        rows: dict[str, Subject] = {
            "small": small,
            "large": large,
            "deal": small.deal,
            "order": make_order(session, office, small),
            "change": make_change(session, office, small),
            "swap": make_change(session, office, large, number="BG000002", kind=ChangeKind.SWAP, steps=5),
            "contract": make_draft(session, office, small),
            "large contract": make_draft(session, office, large),
        }
        return Subjects(rows, office.actor(office.assistant), office.actor(office.rep))


PAPERS = (
    (PaperKind.SUBSCRIPTION, "small", "", 1, (
        "商品房认购书", "RG000001", "P1-2026-001", "张甲", CERTIFICATE, "13800001234", "1栋A座101", "90.00m²", "人民币玖拾万元整",
        "人民币伍万元整", "2026-06-08", "双倍返还定金",
    )),
    (PaperKind.SUBSCRIPTION, "large", "", 3, (*BUYERS, LONG_ADDRESS, "E876543207", "第3页共3页", "2028-11-17")),
    (PaperKind.CONTRACT_SHEET, "contract", "", 1, (
        "合同信息表", "HT000001", "RG000001", CERTIFICATE, "1-A-101", "72.00m²", "18.00m²", "按揭贷款", "630,000.00", "复核人",
    )),
    (PaperKind.CONTRACT_SHEET, "large contract", "", 3, (
        *BUYERS, "中国工商银行股份有限公司深圳前海自贸区支行", "2028-11-17", "900,000.00",
    )),
    (PaperKind.SUPPLEMENT, "change", "车位使用权随房转让。", 1, (
        "商品房买卖合同补充协议", "BG000001-补1", "HT000001", "车位使用权随房转让。", "900,000.00元", "880,000.00元",
    )),
    (PaperKind.SUPPLEMENT, "swap", CLAUSES, 3, (*BUYERS, LAST_CLAUSE, "第3页共3页")),
    (PaperKind.APPLICATION, "change", "", 1, ("变更申请表", "BG000001", "成交价", "880,000.00元", "经办人")),
    (PaperKind.APPLICATION, "swap", CLAUSES, 3, (*BUYERS, LAST_CLAUSE)),
    (PaperKind.APPROVAL, "change", "", 1, ("变更审批表", "-20,000.00", "2026-06-01", "此类变更无需审批。")),
    (PaperKind.APPROVAL, "swap", "", 1, (
        "30,000.00", "Manager.P1", "Other_Assistant.P1", "案场经理", "2026-06-0112:00", "签字",
    )),
    (PaperKind.NOTICE, "small", "", 1, ("签约提醒函", "致：张甲", "2026-06-08前", "RG000001-函1", "2026年6月1日", "签收回执")),
    (PaperKind.NOTICE, "swap", "", 1, ("换房确认书", LONG_NAME, "1栋A座301")),
    (PaperKind.NOTICE, "deal", CLAUSES, 3, ("客户通知函", "D000001-函1", LAST_CLAUSE)),
    (PaperKind.PROVISIONAL_ORDER, "order", "", 1, (
        "小订确认单", "XD000001", "人民币壹万元整", "2026-06-0412:00", "不具定金性质",
    )),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "clauses", "pages", "wanted"),
    PAPERS,
    ids=[f"{kind.value} {name}" for kind, name, *_rest in PAPERS],
)
@time_machine.travel(NOON, tick=False)
def test_paper_says_everything(
    app: Flask,
    subjects: Subjects,
    kind: PaperKind,
    name: str,
    clauses: str,
    pages: int,
    wanted: tuple[str, ...],
) -> None:
    data = build_data(db.session(), kind, subjects.rows[name], actor=subjects.assistant, clauses=clauses)

    pdf = draw_paper(data, operator="Assistant")

    text = text_of(pdf)
    footer = ("ProjectP1", data.number, "第1版", "打印时间2026-06-0112:00", "Assistant", f"第1页共{pages}页")
    assert [item for item in (*wanted, *footer) if item.replace(" ", "") not in text] == []
    assert count_pages(pdf) == pages


def test_masked_copy_hides_numbers_and_says_that_it_is_over(app: Flask, subjects: Subjects) -> None:
    data = build_data(db.session(), PaperKind.SUBSCRIPTION, subjects.rows["small"], actor=subjects.assistant)

    mark = superseded_mark("BG000001", date(2026, 6, 2))
    text = text_of(draw_paper(data, is_masked=True, mark=mark))

    assert (CERTIFICATE in text, "13800001234" in text, "138****1234" in text) == (False, False, True)
    assert "本文书已于2026-06-02失效（BG000001）。" in text


def test_data_for_a_rep_has_no_personal_numbers(app: Flask, subjects: Subjects) -> None:
    data = build_data(db.session(), PaperKind.SUBSCRIPTION, subjects.rows["small"], actor=subjects.rep)

    assert data.private == {}
    assert CERTIFICATE not in str(list_printed(data))


def test_printed_data_spells_amounts_days_and_stored_values(app: Flask, subjects: Subjects) -> None:
    data = build_data(db.session(), PaperKind.SUBSCRIPTION, subjects.rows["small"], actor=subjects.assistant)

    printed = list_printed(data)

    names = (
        "total_amount", "total_amount_capitals", "signed_on_words", "sign_by_words", "plan_kind", "edition_words",
    )  # fmt: skip
    assert [printed[name] for name in names] == [
        "900,000.00", "人民币玖拾万元整", "2026年6月1日", "2026年6月8日", "按揭贷款", "第1版",
    ]  # fmt: skip
    assert printed["instalments"] == [
        {
            "position": str(position),
            "instalment_kind": kind,
            "due_on": day,
            "due_on_words": day_in_words(day),
            "due_amount": amount,
            "due_amount_capitals": capitals,
        }
        for position, (kind, day, amount, capitals) in enumerate(
            (
                ("定金", "2026-06-01", "50,000.00", "人民币伍万元整"),
                ("首付款", "2026-06-08", "220,000.00", "人民币贰拾贰万元整"),
                ("按揭款", "2026-07-08", "630,000.00", "人民币陆拾叁万元整"),
            ),
            start=1,
        )
    ]


def test_names_are_escaped_in_the_preview(app: Flask, subjects: Subjects) -> None:
    data = build_data(
        db.session(),
        PaperKind.NOTICE,
        subjects.rows["deal"],
        actor=subjects.assistant,
        clauses="<script>alert(1)</script>",
    )

    assert "&lt;script&gt;" in build_preview(data)
    assert "<script>" not in build_preview(data)
