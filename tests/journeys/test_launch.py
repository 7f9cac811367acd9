"""A launch, from the imported building to the comparison sheet: everybody at work at once, each in a browser."""

import io
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from salesoffice.core.permissions import Role
from salesoffice.infra.db import transaction
from salesoffice.projects.queries import get_project_by_code
from salesoffice.staff.models import Membership
from salesoffice.staff.queries import find_user
from tests.journeys import launch_steps as steps
from tests.journeys.conftest import CODE, Desks, Scene
from tests.journeys.launch_figures import (
    HOMES,
    OLD_PRICE,
    Plan,
    count_prices,
    half_up,
    money,
    monthly_payment,
    moved_most,
    show,
    unit_price,
)
from tests.journeys.papers import squeeze
from tests.journeys.steps import register_visitor
from tests.support.chromium import Desk, open_desk

PLAN = Plan(
    target=20_500,
    discount=Decimal("0.97"),
    base_floor=3,
    floor_step=120,
    lines={"01": ("1.02", 50), "02": ("0.985", 0), "03": ("0.99", -30), "04": ("1.03", 80)},
    orientations={"东": "1.005", "东南": "1.015", "北": "0.98", "南": "1.02"},
    by_hand={"1-A-504": 350},
)
RAISED = replace(PLAN, target=21_115)
"""Three per cent more."""
HELD = "1-A-302"
OFFERED = "1-A-401"
SCHEME, PERCENT = "开盘优惠", Decimal(98)
LIMIT = Fraction(5, 100)
"""Up to which single move a manager approves."""
RATE = Decimal("0.035")


def test_launch_goes_from_the_import_to_the_comparison(
    scene: Scene, desks: Desks, chromium: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {home.code: OLD_PRICE * home.line.gross for home in HOMES}
    new = dict(count_prices(PLAN).totals)
    raised = {**new, **count_prices(RAISED, kept=[HELD]).totals}
    visitor = open_desk(chromium, desks.rep.origin)

    batch = prepare_launch(desks)
    plan = price_batch(desks.planner)
    first = decide_by_executive(scene, desks, plan, moved_most(old, new))
    steps.launch(desks.manager, batch)
    check_board(desks.rep2, new, held=())
    check_sheets(desks, batch, first, new)
    seconds = make_offer(desks.rep, new[OFFERED])
    hold(desks.rep)
    second = decide_by_manager(desks, plan)
    check_board(desks.rep2, raised, held=[HELD])
    check_comparison(desks.assistant, second, new, raised)
    check_public_page(desks, visitor, first, raised)

    assert moved_most(new, raised) <= LIMIT < moved_most(old, new)
    assert raised[HELD] == new[HELD]
    assert scene.command("verify")["breaches"] == []
    assert desks.problems + visitor.problems == []
    with capsys.disabled():
        sys.stdout.write(
            f"\n置业计划书 from a phone: {seconds[0]:.3f} s until drawn, {seconds[1]:.3f} s to fetch\n"
        )
    visitor.page.context.close()


def prepare_launch(desks: Desks) -> str:
    """The assistant brings building, permit and batch; the manager opens the price page and enters the discount."""
    steps.import_building(desks.assistant)
    steps.enter_permit(desks.assistant)
    batch = steps.begin_batch(desks.assistant)
    steps.open_public_page(desks.manager)
    steps.add_scheme(desks.manager, SCHEME, PERCENT)
    return batch


def price_batch(desk: Desk) -> str:
    """The planner makes the plan and fills in its tables, as in a sheet."""
    path = steps.make_plan(desk, PLAN)
    steps.add_floor_step(desk, PLAN)
    steps.paste_lines(desk, PLAN)
    steps.type_orientations(desk, PLAN)
    steps.adjust_unit(desk, PLAN)
    desk.open(path)
    steps.see_grid(desk, count_prices(PLAN))
    return path


def decide_by_executive(scene: Scene, desks: Desks, plan: str, move: Fraction) -> str:
    """Neither the author nor the manager may approve the first prices; return the path of the version."""
    version = steps.make_version(desks.planner, plan)
    desks.planner.open(version)
    assert desks.planner.page.locator('form[action$="/approve"]').count() == 0
    make_manager_too(scene, "planner@example.test")
    assert "须由他人审批" in steps.approve(desks.planner, version, status=409)
    refusal = steps.approve(desks.manager, version, status=403)
    assert f"{Decimal(-(-move * 10**6 // 1)).scaleb(-4):.2f}%" in refusal
    assert "梁总" in refusal
    assert "执行中" in steps.approve(desks.executive, version)
    return version


def make_manager_too(scene: Scene, email: str) -> None:
    """Let a person be a manager of the project as well, as in small offices."""
    with scene.app.test_request_context(), transaction() as session:
        project, user = get_project_by_code(session, CODE), find_user(session, email)
        assert user is not None
        session.add(Membership(user_id=user.id, project_id=project.id, role=Role.MANAGER))


def decide_by_manager(desks: Desks, plan: str) -> str:
    """The planner raises the prices; the unit that is held is named and keeps its price; the manager approves."""
    steps.change_target(desks.planner, plan, RAISED.target)
    steps.see_grid(desks.planner, count_prices(RAISED, kept=[HELD]))
    assert steps.figure(desks.planner, "kept") == "1"
    version = steps.make_version(desks.planner, plan, kept=[HELD])
    assert "须由他人审批" in steps.approve(desks.planner, version, status=409)
    assert "执行中" in steps.approve(desks.manager, version)
    return version


def number_of(version: str) -> str:
    """Return the number of a version from the path of its page."""
    return version.rsplit("/", 1)[-1]


def check_board(desk: Desk, totals: Mapping[str, int], *, held: list[str] | tuple[()]) -> None:
    """Everybody sees the prices in force on the board, and the exact one on the unit's page."""
    board = steps.read_board(desk)
    for home in HOMES:
        state = "held" if home.code in held else "available"
        assert board[home.room] == (state, steps.whole_yuan(unit_price(totals[home.code], home)))
    for code in (HELD, OFFERED, "1-A-504"):
        desk.open(f"units/{code}")
        assert money(totals[code]) in desk.text(".unit-price")


def print_sheet(desk: Desk, kind: str) -> list[str]:
    """Print a sheet and read it back; return the text of each page without white space."""
    desk.open("prices")
    desk.choose(kind=kind, format="pdf")
    with desk.page.expect_response(lambda answer: "/prices/prints/" in answer.url) as printed:
        desk.page.locator('main form[action$="/sheets"] button:not([formaction])').click()
    answer = desk.page.request.get(printed.value.url)
    assert answer.status == 200
    return read_pages(answer.body())


def read_pages(data: bytes) -> list[str]:
    """Return the text of each page of a PDF without white space."""
    assert data.startswith(b"%PDF-")
    return [squeeze(page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages]


def check_sheets(desks: Desks, batch: str, version: str, totals: Mapping[str, int]) -> None:
    """Every unit's price is on the sheets as the fractions say; each page names version and approver."""
    for kind in ("overview", "detail", "filing", "tags"):
        pages = print_sheet(desks.assistant, kind)
        for page in pages:
            assert f"价格版本{number_of(version)}，" in page, (kind, page)
            assert "审批：梁总" in page, (kind, page)
        whole = "".join(pages)
        for home in HOMES:
            total = totals[home.code]
            assert money(total) in whole, (kind, home.code)
            if kind in {"detail", "filing"}:
                assert money(unit_price(total, home)) in whole, (kind, home.code)
                assert show(home.line.gross) in whole
        if kind != "tags":
            assert money(sum(totals.values())) in whole, kind
    desks.assistant.open(batch)
    assert steps.item_state(desks.assistant, "价格明细表") == "已完成"


def make_offer(desk: Desk, list_total: int) -> tuple[float, float]:
    """Make an offer on a phone and read its paper; return the seconds that the server took for both."""
    register_visitor(desk, "张甲", "13800001234")
    desk.open(f"units/{OFFERED}")
    desk.follow(f'a[href$="/{OFFERED}/offer"]')
    choice = desk.page.locator("#customer_id option", has_text="张甲").get_attribute("value")
    desk.choose(customer_id=choice or "", plan="mortgage", repayment="equal_payment")
    desk.page.get_by_label(SCHEME).check()
    desk.fill(down_payment_rate="30", loan_years="30")
    total = half_up(list_total * Fraction(PERCENT) / 100)
    with desk.page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/offer")
    ) as made:
        desk.send()
    desk.page.wait_for_load_state()
    assert money(total) in desk.text("main")
    address = desk.page.locator('a[href$="/paper"]').first.get_attribute("href")
    since = time.monotonic()
    paper = desk.page.request.get(f"{desk.origin}{address}")
    fetched = time.monotonic() - since
    (page,) = read_pages(paper.body())
    loan = total * 7 // 10 // 1_000_000 * 1_000_000
    for fen in (list_total, total, list_total - total, loan, total - loan, monthly_payment(loan, RATE, 360)):
        assert money(fen) in page, money(fen)
    for words in ("置业计划书", "张甲", "陈置业", SCHEME, steps.PERMIT, "3.5%"):
        assert words in page, words
    timing = made.value.request.timing
    return (timing["responseStart"] - timing["requestStart"]) / 1000, fetched


def hold(desk: Desk) -> None:
    """Hold a unit for the same customer."""
    desk.open(f"units/{HELD}")
    choice = desk.page.locator("#hold-customer option", has_text="张甲").get_attribute("value")
    desk.choose(hold__customer=choice or "")
    desk.send("/hold")


def check_comparison(desk: Desk, version: str, old: Mapping[str, int], new: Mapping[str, int]) -> None:
    """Old, new and difference of every changed unit are on the sheet; the kept unit is not."""
    pages = print_sheet(desk, "comparison")
    whole = "".join(pages)
    assert all("审批：周经理" in page for page in pages)
    for home in HOMES:
        if home.code == HELD:
            assert home.code not in whole
            continue
        row = f"{money(unit_price(old[home.code], home))}{money(old[home.code])}"
        row += f"{money(unit_price(new[home.code], home))}{money(new[home.code])}{money(new[home.code] - old[home.code])}"
        assert f"{home.code}{home.line.unit_type}{show(home.line.gross)}{row}" in whole, home.code


def check_public_page(desks: Desks, visitor: Desk, first: str, totals: Mapping[str, int]) -> None:
    """Somebody who is not signed in reads the rows of the office's board; a sheet of the first prices holds no more."""
    visitor.page.goto(f"{visitor.base}/prices/{CODE}")
    board, shown = steps.read_board(desks.manager), steps.read_public_page(visitor)
    words = {"available": "在售", "held": "已预订"}
    expected = {home.room: (words[board[home.room][0]], money(totals[home.code])) for home in HOMES}
    assert shown == expected
    visitor.page.goto(f"{visitor.base}/prices/{CODE}/versions/{number_of(first)}")
    assert "已被取代" in visitor.text(".verdict-bad")
