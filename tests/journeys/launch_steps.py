"""What people do before and at a launch, through the pages alone; each step looks at what the page answers."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from playwright.sync_api import FilePayload, expect

from salesoffice.core import clock
from tests.journeys.launch_figures import (
    BUILDING,
    FILE,
    HOMES,
    OLD_PRICE,
    Plan,
    Prices,
    count_prices,
    money,
    show,
    signed,
    unit_price,
    write_building,
)
from tests.journeys.steps import AT_ONCE, SLACK, read_figures
from tests.support.chromium import Desk

PERMIT = "深房许字（2026）御景001号"
BATCH = "首批开盘"
SAVED = "已保存"


def import_building(desk: Desk) -> None:
    """Import the office's own table; look at the preview, then commit it."""
    desk.open("imports")
    file = FilePayload(name=FILE, mimeType="text/csv", buffer=write_building().encode())
    desk.page.locator("input[type=file]").set_input_files(file)
    desk.send()
    area = sum(home.line.gross for home in HOMES)
    total = sum(home.line.gross * OLD_PRICE for home in HOMES)
    expected = ["24", "24", "0", "0", "0", show(area), money(total)]
    assert read_figures(desk) == expected
    desk.send("/commit")
    assert read_figures(desk) == expected


def enter_permit(desk: Desk) -> None:
    """Enter the permit of the building."""
    desk.open("permits")
    desk.fill(number=PERMIT, issued_on=clock.business_today().isoformat())
    desk.page.get_by_label(BUILDING).check()
    desk.send("/permits")
    assert PERMIT in desk.text("main table")


def begin_batch(desk: Desk) -> str:
    """Begin the release batch and put the building into it; return the path of its page."""
    desk.open("launch")
    desk.fill(name=BATCH, planned_on=clock.business_today().isoformat())
    desk.send("/batches")
    desk.page.get_by_label(BUILDING).check()
    desk.send("/units")
    expect(desk.page.locator('main a[href*="/units/1-A-"]')).to_have_count(len(HOMES))
    assert item_state(desk, "预售许可证") == "已完成"
    assert item_state(desk, "户型图与平面图") == "未完成"
    assert item_state(desk, "价格明细表") == "未完成"
    row = desk.page.locator("tr", has=desk.page.locator('form[action$="/done"]')).first
    title = row.locator("th").inner_text().strip()
    press(desk, f'form[action="{row.locator("form").first.get_attribute("action")}"] button')
    assert item_state(desk, title) == "已完成"
    return desk.page.url.removeprefix(f"{desk.base}/")


def item_state(desk: Desk, title: str) -> str:
    """Return the state of an item of the checklist."""
    head = desk.page.locator("th[scope=row]").filter(has_text=re.compile(rf"^\s*{re.escape(title)}\s*$"))
    return desk.page.locator("tr", has=head).first.locator("td").first.locator(".tag").first.inner_text()


def press(desk: Desk, selector: str, *, status: int = 200) -> None:
    """Press one button, say yes when asked, wait for the answer."""
    button = desk.page.locator(selector).first
    asks = button.evaluate("(button) => Boolean(button.dataset.confirm || button.form.dataset.confirm)")
    with desk.page.expect_navigation() as going:
        button.click()
        if asks:
            desk.page.locator("#confirm-dialog [data-confirm-yes]").click()
    assert going.value.status == status, f"{going.value.status} {going.value.url}: {desk.text('main')}"
    desk.check_width()


def make_plan(desk: Desk, plan: Plan) -> str:
    """Make a price plan for the batch; return the path of its page."""
    desk.open("plans/new")
    desk.fill(
        name="首批定价", target_price=str(plan.target), blended_discount=str(plan.discount * 100),
        base_floor=str(plan.base_floor),
    )  # fmt: skip
    desk.page.locator("#batch_id").select_option(label=BATCH)
    desk.choose(
        method="both", basis="gross", rounding_target="total", rounding_mode="half_up", rounding_step="100"
    )
    desk.send()
    assert figure(desk, "count") == "24"
    return desk.page.url.removeprefix(f"{desk.base}/")


def add_floor_step(desk: Desk, plan: Plan) -> None:
    """Let each floor from the second one upwards add the same."""
    desk.page.locator('[name="new_step"]').fill("2")
    desk.page.locator('[name="new_step.d"]').fill(str(plan.floor_step))
    press(desk, "#factor-form details button[type=submit]")
    assert desk.page.locator('[name="cell.floor_step.0.2.d"]').input_value() == str(plan.floor_step)
    see_figures(desk, plan_without(plan, lines={}, orientations={}, by_hand={}))


def paste_lines(desk: Desk, plan: Plan) -> None:
    """Paste coefficient and difference of every line as a block that was copied from a workbook."""
    block = "\n".join(f"{factor}\t{difference}" for factor, difference in plan.lines.values())
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.evaluate("(text) => navigator.clipboard.writeText(text)", block)
    desk.page.locator('[name^="cell.line.0."]').first.focus()
    desk.page.keyboard.press("Control+V")
    see_figures(desk, plan_without(plan, orientations={}, by_hand={}))


def type_orientations(desk: Desk, plan: Plan) -> None:
    """Type a coefficient for every orientation, going down with Enter; then mistype the last one and take it back."""
    fields = desk.page.locator('[name^="cell.orientation.0."][name$=".c"]')
    names = [name.split(".")[3] for name in fields.evaluate_all("(all) => all.map((one) => one.name)")]
    assert sorted(names) == sorted(plan.orientations)
    fields.first.focus()
    for name in names:
        desk.page.keyboard.type(plan.orientations[name])
        desk.page.keyboard.press("Enter")
    right = plan_without(plan, by_hand={})
    see_figures(desk, right)
    last = fields.last
    last.fill("2")
    last.press("Enter")
    mistyped = {**plan.orientations, names[-1]: "2"}
    see_figures(desk, plan_without(plan, orientations=mistyped, by_hand={}))
    last.press("Control+z")
    see_figures(desk, right)


def adjust_unit(desk: Desk, plan: Plan) -> None:
    """Adjust one unit by hand: without a reason it is refused, with one its price is shown at once."""
    ((code, difference),) = plan.by_hand.items()
    cell = desk.page.locator(f'.price-grid a[href$="/{code}"]')
    cell.click()
    panel = desk.page.locator("#unit-panel")
    panel.locator("#difference").fill(str(difference))
    panel.locator("button[type=submit]").click()
    expect(panel.locator("[data-refusal]")).to_be_visible()
    panel.locator("#reason").fill("楼王，正对中央花园")
    panel.locator("button[type=submit]").click()
    expect(desk.page.locator("#unit-dialog")).to_be_hidden()
    prices = count_prices(plan)
    see_figures(desk, prices)
    assert figure(desk, "adjusted") == "1"
    assert "hand" in (cell.get_attribute("class") or "")
    see_grid(desk, prices)


def see_figures(desk: Desk, prices: Prices) -> None:
    """Base, average and what remains to the target are on the page at once."""
    texts = {
        "base": money(prices.base),
        "average": money(prices.average),
        "net_average": money(prices.net_average),
        "residual": signed(prices.residual),
        "total": money(sum(prices.totals.values())),
    }
    for name, text in texts.items():
        place = desk.page.locator(f'[data-figure="{name}"]')
        expect(place).to_have_text(text, timeout=AT_ONCE + SLACK)


def see_grid(desk: Desk, prices: Prices) -> None:
    """Every cell of the grid shows the unit's price per m²."""
    for home in HOMES:
        if home.code in prices.totals:
            cell = desk.page.locator(f'.price-grid a[href$="/{home.code}"] i').first
            expect(cell).to_have_text(whole_yuan(unit_price(prices.totals[home.code], home)))


def plan_without(plan: Plan, **left_out: Mapping[str, object]) -> Prices:
    """Count a plan some of whose tables are still empty."""
    return count_prices(Plan(**(vars(plan) | left_out)))


def whole_yuan(fen: int) -> str:
    """Write a unit price in whole yuan, as grids do."""
    return f"{(fen + 50) // 100:,}"


def figure(desk: Desk, name: str) -> str:
    """Return one of the figures on top of a plan."""
    return desk.text(f'[data-figure="{name}"]')


def make_version(desk: Desk, plan_path: str, *, kept: Sequence[str] = ()) -> str:
    """Look at the preview, make the draft, submit it; return the path of the version."""
    desk.open(f"{plan_path}/version")
    for code in kept:
        row = desk.page.locator("main tr", has=desk.page.locator("th", has_text=code))
        assert "价格不变" in row.first.inner_text(), row.first.inner_text()
    desk.fill(note="按首批目标均价测算")
    desk.send()
    assert "草稿" in desk.text("main")
    path = desk.page.url.removeprefix(f"{desk.base}/")
    press(desk, 'main form[action$="/submit"] button[type=submit]:not([formaction])')
    assert "请由他人审批" in desk.text("body")
    return path


def approve(desk: Desk, version_path: str, *, status: int = 200) -> str:
    """Press the button that approves and puts into force; return what the page answers."""
    desk.open(version_path)
    press(desk, 'main form[action$="/approve"] button[type=submit]:not([formaction])', status=status)
    return desk.text("main") if status == 200 else desk.text(".alert-danger")


def change_target(desk: Desk, plan_path: str, target: int) -> None:
    """Set another target average."""
    desk.open(f"{plan_path}/terms")
    desk.fill(target_price=str(target))
    desk.send()
    assert figure(desk, "target") == money(target * 100)


def launch(desk: Desk, batch_path: str) -> None:
    """Launch the batch; its numbers are frozen."""
    desk.open(batch_path)
    press(desk, 'main form[action$="/launch"] button')
    expect(desk.page.locator(f'form[action$="{batch_path}/launch"]')).to_have_count(0)
    assert "已推盘" in desk.text("main")


def open_public_page(desk: Desk) -> None:
    """Switch the public price page on."""
    desk.open("settings")
    desk.page.locator("#is_price_page_public").check()
    desk.send("/settings")


def add_scheme(desk: Desk, name: str, percent: Decimal) -> None:
    """Enter the launch discount."""
    desk.open("discounts/new")
    desk.fill(name=name, value=str(percent))
    desk.choose(kind="percentage")
    desk.send()
    assert name in desk.text("main")


def read_board(desk: Desk) -> dict[str, tuple[str, str]]:
    """Return state and price per m² of each unit on the board, by room."""
    desk.open("board?show=unit_price")
    cells = desk.page.locator(".unit-grid a")
    expect(cells).to_have_count(len(HOMES))
    rows = cells.evaluate_all("(all) => all.map((one) => [one.className, ...one.innerText.split(/\\s+/)])")
    return {row[-2]: (row[0], row[-1]) for row in rows}


def read_public_page(desk: Desk) -> dict[str, tuple[str, str]]:
    """Return state and total of each unit on the public page, by room, as somebody who is not signed in."""
    rows = desk.page.locator("main table tbody tr").evaluate_all(
        "(all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
    )
    return {row[0].split()[-1]: (row[1], row[7]) for row in rows}
