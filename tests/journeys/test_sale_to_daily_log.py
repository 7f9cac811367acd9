"""From the price filing to the executives' mail: everybody at work at once, each in a browser of their own."""

import os
from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from salesoffice.core import clock
from tests.conftest import ROOT
from tests.journeys import steps
from tests.journeys.conftest import NAME, RECIPIENTS, Desks, Scene
from tests.journeys.filing import BUILDING, Filing, list_filings
from tests.journeys.papers import lines_after, log_lines, read_pdf
from tests.support.chromium import Desk

PERIODS = ("今日", "本周", "本月", "本年", "累计")
SALES = {
    "认购": ("2", "180.00", "3,568,000.00"),
    "退认购": ("1", "90.00", "1,818,000.00"),
    "净认购": ("1", "90.00", "1,750,000.00"),
    "签约": ("1", "90.00", "1,750,000.00"),
    "净签约": ("1", "90.00", "1,750,000.00"),
}
"""Units, m², yuan: 1,809,000 × 98 % − 22,820 = 1,750,000 for 21-A-201, the list price 1,818,000 for 21-A-302."""
COLLECTED = "530,000.00"
"""The down payment 1,750,000 − 1,220,000 (loan of 70 %, rounded down): a deposit of 100,000 and 430,000 after it."""
OPINION = "客户关注学位与交楼标准，建议准备书面说明。"


def test_sale_goes_from_the_filing_to_the_mail(scene: Scene, desks: Desks) -> None:
    today = clock.business_today()
    filings = list_filings(Path(os.environ.get("SALESOFFICE_SHARED_DATA", ROOT.parent / "shared" / "data")))
    steps.import_filings(desks.assistant, filings)
    steps.permit_sales(desks.manager)

    sell_and_collect(desks)
    cancel_another_sale(desks)
    steps.write_opinion(desks.rep, "rep", OPINION)
    steps.close_day(desks.assistant, today)
    report = scene.command("outbox", "deliver")

    assert (report["sent"], report["refused"], report["uncertain"]) == (len(RECIPIENTS), 0, 0)
    check_mails(scene, today, build_stock(filings))
    check_what_the_executive_reads(desks.executive, today)
    assert scene.command("verify")["breaches"] == []
    assert desks.problems == []


def sell_and_collect(desks: Desks) -> None:
    """One unit goes from the first visit to the verified contract and its down payment."""
    steps.register_visitor(desks.rep, "张甲", "13800001234", steps.CERTIFICATE)
    steps.hold_while_others_watch(desks, (desks.executive, desks.assistant), "张甲")
    steps.refuse_second_hold(desks.rep2)
    number = steps.subscribe_held_unit(desks.assistant)
    steps.receive(desks, number, kind="deposit", amount="100000", slip="YH-001")
    steps.print_deposit_receipt(desks.assistant, number)
    steps.contract(desks, number)
    steps.receive(desks, number, kind="down_payment", amount="430000", slip="YH-002")
    desks.assistant.open(f"deals/{number}")
    figures = desks.assistant.page.locator(".figure-tile .figure-value").all_inner_texts()
    assert figures[:2] == ["1,750,000.00", COLLECTED]


def cancel_another_sale(desks: Desks) -> None:
    """Another unit is subscribed and given up on the same day."""
    steps.register_visitor(desks.rep2, "李乙", "13800005678")
    number = steps.subscribe_for_new_customer(desks.assistant, "李乙")
    steps.cancel_subscription(desks.manager, number)


def build_stock(filings: Sequence[Filing]) -> dict[str, tuple[int, int, int]]:
    """Count for each building what is for sale, withheld and contracted at the end of the day."""
    stock = {}
    for filing in filings:
        for name in filing.on_sale | filing.off_sale:
            stock[name] = (filing.on_sale[name], filing.off_sale[name], 0)
    free, withheld, _contracted = stock[BUILDING]
    return stock | {BUILDING: (free - 2, withheld + 1, 1)}


def check_mails(scene: Scene, today: date, stock: dict[str, tuple[int, int, int]]) -> None:
    """Each recipient has one mail, and every figure of it is right in all three forms."""
    assert scene.smtp.recipients == sorted(RECIPIENTS)
    mails = [received.message for received in scene.smtp.messages]
    assert len({mail["Message-ID"] for mail in mails}) == len(RECIPIENTS)
    for mail in mails:
        assert mail["Message-ID"].strip().startswith(f"<dailylog.xy.{today:%Y%m%d}.")
        assert mail["Subject"] == f"{NAME} 工作日志 {today.isoformat()}"
        check_text(body_of(mail, "plain"), stock)
        check_html(body_of(mail, "html"))
        (attachment,) = mail.iter_attachments()
        assert attachment.get_filename() == f"daily-log-{today.isoformat()}.pdf"
        check_pdf(log_lines(read_pdf(attachment.get_content())), stock)


def body_of(mail: EmailMessage, kind: str) -> str:
    """Return the text or the HTML of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def check_text(text: str, stock: dict[str, tuple[int, int, int]]) -> None:
    """Check the plain text, figure by figure."""
    lines = text.splitlines()
    left = sum(free + withheld for free, withheld, _ in stock.values())
    assert "今日认购: 2 套 (180.00 m² · 356.80 万元)" in lines
    assert "今日签约: 1 套 (90.00 m² · 175.00 万元)" in lines
    assert "今日回款: 53.00 万元 (非贷款 53.00 万元，贷款 0.00 元)" in lines
    by_file = sum(withheld for _, withheld, _ in stock.values()) - 1
    share = f"去化率 {100 / (left + 1):.2f}%＝本系统已售 1 套÷已推 {left + 1} 套"
    assert f"剩余房源: {left} 套 (其中导入文件标明已售 {by_file} 套; {share})" in lines
    assert "今日来访: 2 (首访 2，复访 0，来电 0)" in lines
    for title, figures in SALES.items():
        assert lines_after(lines, title, 5) == [f"  {period}: {_dotted(figures)}" for period in PERIODS]
    money = [f"{period}: {COLLECTED} (非贷款 {COLLECTED}, 贷款 0.00)" for period in PERIODS]
    assert lines_after(lines, "== 回款（元） ==", 5) == money
    assert f"账上款项（元）: 0.00 + {COLLECTED} − 0.00 = {COLLECTED}" in lines
    assert f"- 陈置业: {OPINION}" in lines
    assert "张甲" not in text


def check_html(html: str) -> None:
    """Check what is read at a glance on a phone."""
    for figure in ("2 套", "356.80 万元", "53.00 万元", COLLECTED, "3,568,000.00", OPINION):
        assert figure in html, figure


def check_pdf(lines: Sequence[str], stock: dict[str, tuple[int, int, int]]) -> None:
    """Check the PDF, figure by figure."""
    left = sum(free + withheld for free, withheld, _ in stock.values())
    sums = [sum(row[column] for row in stock.values()) for column in (0, 1, 2)]
    assert "今日认购 2 套 180.00 m² · 356.80 万元" in lines
    assert "今日签约 1 套 90.00 m² · 175.00 万元" in lines
    assert "今日回款 53.00 万元 非贷款 53.00 万元，贷款 0.00 元" in lines
    for title, figures in SALES.items():
        assert lines_after(lines, title, 5) == [f"{period} {' '.join(figures)}" for period in PERIODS]
    assert "退房 无" in lines
    for period in PERIODS:
        assert f"{period} 非贷款 {COLLECTED} 贷款 0.00 {COLLECTED}" in lines
        assert f"{period} 0 2 0 0" in lines
    for name, (free, withheld, contracted) in stock.items():
        assert f"{name} {free + withheld} 0 {free} {withheld} 0 0 0 {contracted}" in lines
    assert f"合计 {left} 0 {sums[0]} {sums[1]} 0 0 0 {sums[2]}" in lines
    assert "合计 3,568,000.00" in lines
    assert f"期末 {COLLECTED}" in lines


def check_what_the_executive_reads(desk: Desk, today: date) -> None:
    """The page of the closed log shows the mail's figures to somebody who may only read."""
    desk.open(f"log/{today.isoformat()}")
    shown = desk.text("main")
    for figure in ("2 套", "356.80 万元", COLLECTED, "1,750,000.00", OPINION):
        assert figure in shown, figure
    assert desk.page.locator('form[action$="/send"]').count() == 0


def _dotted(figures: tuple[str, str, str]) -> str:
    count, area, amount = figures
    return f"{count} · {area} m² · {amount}"
