"""The factor tables in a real browser: typing, moving, pasting from Excel, taking back; somebody else meanwhile."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, expect
from werkzeug.serving import make_server

from salesoffice.infra.db import transaction
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.services import PlanEdit, change_plan
from tests.factories import PASSWORD
from tests.priceplans.conftest import Planned, coefficient
from tests.support.chromium import Desk, open_desk, run_chromium

PASTE = """(field, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for the tests of this file."""
    with run_chromium() as browser:
        yield browser


@pytest.fixture
def desk(app: Flask, planned: Planned, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The planner in front of the plan, with protection against forged requests switched on."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found = open_desk(chromium, f"http://127.0.0.1:{server.port}", language="en")
    found.open("/login")
    found.fill(email=planned.office.planner.email, password=PASSWORD)
    found.send("/login")
    found.open(planned.address)
    yield found
    found.page.context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def figure(desk: Desk, name: str) -> Locator:
    """Return the input of a figure."""
    return desk.page.locator(f'input[name="cell.{name}"]')


def price(desk: Desk, planned: Planned, place: int) -> Locator:
    """Return the unit price that the grid shows of a unit."""
    return desk.page.locator(f"#u{planned.office.units[place].id} i").first


def test_typing_moves_down_and_recounts_the_prices(desk: Desk, planned: Planned) -> None:
    figure(desk, "line.0.01.c").click()
    desk.page.keyboard.type("1.1")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.type("1.05")
    desk.page.keyboard.press("Tab")

    expect(figure(desk, "line.0.02.d")).to_be_focused()
    expect(price(desk, planned, 0)).to_have_text("10,602")
    expect(price(desk, planned, 1)).to_have_text("10,120")
    assert desk.problems == []


def test_arrows_move_and_f2_edits(desk: Desk) -> None:
    figure(desk, "line.0.01.c").click()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("ArrowRight")
    expect(figure(desk, "line.0.02.d")).to_be_focused()
    desk.page.keyboard.type("25")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("ArrowUp")
    desk.page.keyboard.press("F2")
    desk.page.keyboard.type("0")
    desk.page.keyboard.press("Enter")

    expect(figure(desk, "line.0.02.d")).to_have_attribute("data-saved", "250")
    desk.page.reload()
    expect(figure(desk, "line.0.02.d")).to_have_value("250")


def test_block_from_excel_is_pasted_and_taken_back(desk: Desk, planned: Planned) -> None:
    figure(desk, "line.0.01.c").click()
    figure(desk, "line.0.01.c").evaluate(PASTE, "1.02\t30\r\n0.98\t-30\r\n")
    expect(price(desk, planned, 0)).to_have_text("10,230")
    expect(figure(desk, "line.0.02.d")).to_have_value("-30")

    figure(desk, "line.0.03.c").click()
    desk.page.keyboard.press("Control+z")

    expect(price(desk, planned, 0)).to_have_text("10,000")
    expect(figure(desk, "line.0.02.d")).to_have_value("")
    assert desk.problems == []


def test_block_that_does_not_fit_or_is_no_number_changes_nothing(desk: Desk, planned: Planned) -> None:
    refusal = desk.page.locator("#plan-refusal")
    figure(desk, "line.0.01.d").click()
    figure(desk, "line.0.01.d").evaluate(PASTE, "1\t2")
    expect(refusal).to_contain_text("The block is wider than the table")

    figure(desk, "line.0.03.c").click()
    figure(desk, "line.0.03.c").evaluate(PASTE, "1.01\t5\nabc\t6")

    expect(refusal).to_contain_text("Position “04”, Coefficient: “abc” is not a number that fits.")
    expect(figure(desk, "line.0.03.c")).to_have_value("")
    expect(price(desk, planned, 0)).to_have_text("10,000")


def test_change_of_somebody_else_asks_to_reload(app: Flask, desk: Desk, planned: Planned) -> None:
    other = planned.office.actor(planned.office.assistant)
    with app.test_request_context(), transaction() as session:
        plan = session.get_one(PricePlan, planned.plan.id)
        edit = PlanEdit({coefficient(FactorKind.LINE, "04"): 1_050_000})
        change_plan(session, plan, actor=other, revision=1, edit=edit)

    figure(desk, "line.0.01.c").click()
    desk.page.keyboard.type("1.1")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#plan-refusal")).to_contain_text("Somebody else changed this plan meanwhile")
    with desk.page.expect_navigation():
        desk.page.locator("#plan-refusal button").click()

    expect(figure(desk, "line.0.04.c")).to_have_value("1.05")


def test_click_says_why_and_adjusts(desk: Desk, planned: Planned) -> None:
    desk.page.locator(f"#u{planned.office.units[5].id}").click()
    dialog = desk.page.locator("#unit-dialog")
    expect(dialog).to_contain_text("Why unit 1-A-202 has this price")
    dialog.locator("#difference").fill("-100")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_contain_text("An adjustment by hand needs a reason.")
    dialog.locator("#reason").fill("beside the lift")
    dialog.locator("button[type=submit]").click()

    expect(dialog).not_to_be_visible()
    expect(price(desk, planned, 5)).to_have_text("9,905")
    assert desk.problems == []
