"""What people do in the journey, through the pages alone; each step looks at what the page answers."""

import re
import time
from collections.abc import Sequence
from datetime import date

from playwright.sync_api import FilePayload, expect

from salesoffice.core import clock
from tests.journeys.conftest import Desks
from tests.journeys.filing import Filing
from tests.journeys.papers import read_pdf, squeeze
from tests.support.chromium import Desk

CERTIFICATE = "110101199003070011"
SOLD = "21-A-201"
CANCELLED = "21-A-302"
AT_ONCE = 2_000
"""Within how many milliseconds an open board shows what somebody else did."""
SLACK = 500
"""What a loaded machine may take to draw it."""


def import_filings(desk: Desk, filings: Sequence[Filing]) -> None:
    """Drop the first file onto the page and choose the others; look at the preview, then commit it."""
    for number, filing in enumerate(filings):
        desk.open("imports")
        if number == 0:
            desk.drop("[data-dropzone]", filing.name, filing.text)
            expect(desk.page.locator(".dropzone-names")).to_have_text(filing.name)
        else:
            file = FilePayload(name=filing.name, mimeType="text/csv", buffer=filing.text.encode())
            desk.page.locator("input[type=file]").set_input_files(file)
        desk.send()
        assert read_figures(desk) == expected_figures(filing)
        desk.send("/commit")
        assert read_figures(desk) == expected_figures(filing)
    desk.open("board")
    expect(desk.page.locator(".unit-grid a")).to_have_count(sum(filing.unit_count for filing in filings))


def read_figures(desk: Desk) -> list[str]:
    """Return the figures on top of an import: rows, new, changed, unchanged, rejected, area, total."""
    return desk.page.locator(".figure-tile .figure-value").all_inner_texts()


def expected_figures(filing: Filing) -> list[str]:
    """Return what they must be for a file of new units."""
    count = str(filing.unit_count)
    return [count, count, "0", "0", "0", f"{filing.area}", f"{filing.total:,.2f}"]


def permit_sales(desk: Desk) -> None:
    """Without a permit nothing is for sale; enter one for the whole project."""
    desk.open("board?building=")
    assert desk.page.locator(".unit-grid a.available").count() == 0
    desk.open("permits")
    desk.fill(number="深房许字（2026）信义001号", issued_on=clock.business_today().isoformat())
    desk.send("/permits")
    assert "深房许字（2026）信义001号" in desk.text("main")


def register_visitor(desk: Desk, name: str, phone: str, certificate: str = "") -> None:
    """Register a customer, then the visit that brought them."""
    desk.open("customers/new")
    desk.fill(name=name, phones=phone, certificate_no=certificate)
    desk.choose(source="walk_in")
    desk.send()
    assert name in desk.text("h1")
    desk.follow('a[href*="visits/new"]')
    desk.choose(source="walk_in")
    desk.fill(wants="三房，中间楼层")
    desk.send("/visits/new")


def hold_while_others_watch(desks: Desks, watchers: Sequence[Desk], buyer: str) -> None:
    """Take a free unit from the board; the boards that are open show it within two seconds, not reloaded."""
    for watcher in watchers:
        watcher.open("board")
        watcher.page.evaluate("window.isSamePage = true")
    desks.rep2.open(f"units/{SOLD}")
    rep = desks.rep
    rep.open("board")
    expect(rep.page.locator(cell(SOLD))).to_have_class("available")
    rep.follow(cell(SOLD))
    choice = rep.page.locator("#hold-customer option", has_text=buyer).get_attribute("value")
    rep.choose(hold__customer=choice or "")
    rep.send("/hold")
    since = time.monotonic()
    for watcher in watchers:
        rest = AT_ONCE + SLACK - (time.monotonic() - since) * 1000
        expect(watcher.page.locator(cell(SOLD))).to_have_class(re.compile(r"\bheld\b"), timeout=rest)
        assert watcher.page.evaluate("window.isSamePage") is True
        expect(watcher.page.locator('#legend [data-state="held"] [data-count]')).to_have_text("1")


def refuse_second_hold(desk: Desk) -> None:
    """Somebody whose page is a moment old asks for the same unit and is told in words."""
    desk.send("/hold", status=409)
    assert "该房源" in desk.text(".alert-danger")
    assert "陈置业" not in desk.text("main")
    desk.open(f"units/{SOLD}")
    assert desk.page.locator('form[action$="/hold"]').count() == 0


def subscribe(
    desk: Desk, unit: str, *, deposit: str, plan: str, steps: Sequence[tuple[str, str, str]] = ()
) -> str:
    """Sign the subscription of a unit; return the number of its deal."""
    desk.open(f"units/{unit}/subscribe")
    for number, (kind, value, name) in enumerate(steps):
        desk.choose(**{f"steps__{number}__kind": kind})
        desk.fill(**{f"steps__{number}__value": value, f"steps__{number}__name": name})
    desk.choose(plan=plan)
    desk.fill(deposit=deposit)
    if steps:
        expect(desk.page.locator("#preview tfoot")).to_contain_text("1,750,000.00")
    desk.send()
    return desk.page.url.rsplit("/", 1)[-1]


def subscribe_held_unit(desk: Desk) -> str:
    """Sign for the unit that is held, with two discounts; make the agreement and read it back."""
    steps = (("percentage", "98", "开盘优惠"), ("amount", "22820", "总经理特批"))
    number = subscribe(desk, SOLD, deposit="100000", plan="mortgage", steps=steps)
    desk.send("/agreement")
    paper = squeeze(read_pdf(desk.download('a[href*="/subscriptions/"][href$=".pdf"]')))
    for words in (
        "认购书", "张甲", "深房许字（2026）信义001号",
        "1,809,000.00", "开盘优惠", "1,772,820.00", "总经理特批", "1,750,000.00",
        "人民币壹佰柒拾伍万元整", "100,000.00", "人民币壹拾万元整", "430,000.00", "1,220,000.00",
    ):  # fmt: skip
        assert words in paper, words
    return number


def subscribe_for_new_customer(desk: Desk, name: str) -> str:
    """Sign directly for a free unit, in full."""
    desk.open(f"units/{CANCELLED}/subscribe")
    entry = desk.page.locator("#customers option").evaluate_all(
        "(options, name) => options.map((option) => option.value).find((text) => text.includes(name))", name
    )
    desk.fill(buyer_1=entry, deposit="80000")
    desk.choose(plan="full")
    desk.send()
    return desk.page.url.rsplit("/", 1)[-1]


def receive(desks: Desks, number: str, *, kind: str, amount: str, slip: str) -> None:
    """The assistant records money; it counts only when finance has confirmed it."""
    paid = desks.assistant
    paid.open(f"deals/{number}")
    paid.page.locator(".money-form").evaluate("(form) => { form.open = true; }")
    paid.choose(kind=kind, method="transfer")
    paid.fill(amount=amount, slip_no=slip, received_on=clock.business_today().isoformat())
    paid.send("/receipts")
    finance = desks.finance
    finance.open("receipts")
    assert slip in finance.text("main table")
    finance.send("/confirm")
    finance.open("receipts?state=recorded")
    assert finance.page.locator('form[action$="/confirm"]').count() == 0


def print_deposit_receipt(desk: Desk, number: str) -> None:
    """Print the receipt of the deposit and read it back."""
    desk.open(f"deals/{number}")
    desk.send("/print")
    desk.open(f"deals/{number}")
    paper = squeeze(read_pdf(desk.download('a[href*="/receipts/"][href$=".pdf"]')))
    for words in ("定金", "100,000.00", "人民币壹拾万元整", "张甲", SOLD):
        assert words in paper, words


def contract(desks: Desks, number: str) -> None:
    """One assistant enters the contract; the other one's entry differs once, then agrees."""
    first, second = desks.assistant, desks.assistant2
    first.open(f"deals/{number}")
    first.follow('a[href$="/contract"]')
    type_contract(first, total="1750000")
    first.fill(contract_no="HT-2026-0001")
    first.choose(payment_plan="mortgage")
    first.send()
    second.open(f"deals/{number}")
    second.follow('a[href$="/verify"]')
    assert second.page.locator("#total_fen").input_value() == ""
    type_contract(second, total="1570000")
    second.send(status=409)
    differing = second.page.locator("main table tbody tr").all_inner_texts()
    assert len(differing) == 1
    assert "1,750,000.00" in differing[0]
    assert "1,570,000.00" in differing[0]
    type_contract(second, total="1750000")
    second.send()
    assert "HT-2026-0001" in second.text("main")


def type_contract(desk: Desk, *, total: str) -> None:
    """Type the critical fields as they stand on the paper."""
    desk.fill(
        customer_name="张甲", certificate_no=CERTIFICATE, unit_code=SOLD, gross_area="90.00", total_fen=total,
        signed_on=clock.business_today().isoformat(),
    )  # fmt: skip


def cancel_subscription(desk: Desk, number: str) -> None:
    """The manager cancels a sale; its unit comes back withheld."""
    desk.open(f"deals/{number}")
    desk.follow('a[href$="/changes/new/cancellation"]')
    desk.choose(reason_code="family")
    desk.fill(reason="客户家庭原因，协商解除")
    desk.send()
    desk.page.locator('button[name="step"][value="send"]').click()
    desk.page.wait_for_url("**/changes/BG000001")
    desk.open("board")
    expect(desk.page.locator(cell(CANCELLED))).to_have_class("withheld")


def write_opinion(desk: Desk, kind: str, words: str) -> None:
    """Write down an opinion of the day."""
    desk.open("opinions")
    desk.choose(kind=kind)
    desk.fill(text=words)
    desk.send("/opinions")
    assert words in desk.text("main")


def close_day(desk: Desk, day: date) -> None:
    """Review the log, add the notes, close it and send it."""
    desk.open(f"log/{day.isoformat()}")
    assert "核对无误" in desk.text("main")
    desk.fill(weather="晴", plan="约访意向客户三组")
    desk.send("/notes")
    desk.send("/close")
    assert "已关账" in desk.text("main")


def cell(unit: str) -> str:
    """Return the selector of a unit's cell on the board."""
    return f'.unit-grid a[href="units/{unit}"]'
