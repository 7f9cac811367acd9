"""A rep on a phone who reads English, and every page under the eyes of axe-core on a phone and on a desk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from salesoffice.infra.db import transaction
from salesoffice.offers.rules import DEFAULT_LOAN_TERMS, default_fees
from tests.conftest import ROOT
from tests.factories.everything import make_everything
from tests.factories.sales import BUYER
from tests.journeys.conftest import Scene, sign_in
from tests.support.chromium import Desk, open_desk
from tests.support.routes import build_address, is_api, list_routes
from tests.support.server import run_server

pytestmark = pytest.mark.parametrize("scene", ["sqlite"], indirect=True)

AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
OK = 200
FREE = "1-A-404"
FEWEST_PAGES = 80
SERIOUS = {"serious", "critical"}
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
DATA = {BUYER, BUYER[0]} | set(
    CHINESE.findall(
        "栋 座 号 房 单元 房号 住宅 一期 首开 价目 期房待售 半地下 三房两厅两卫 园景 南北通透 开盘优惠 李乙 钱丁 客户申请 小区入口调整 东入口改至锦绣路 李 请审批 三室 中文 简体中文"
        f" {DEFAULT_LOAN_TERMS.source} {' '.join(f'{fee.name} {fee.source}' for fee in default_fees())}"
    )
)
"""Chinese that is no text of a page: data of the office, an example in a field, the other language by its name."""


TEXT_OF_THE_PAGE = """() => {
  const papers = [...document.querySelectorAll("main [lang=zh-CN]")];
  papers.forEach((paper) => { paper.hidden = true; });
  const words = document.body.innerText;
  papers.forEach((paper) => { paper.hidden = false; });
  return words;
}"""


@dataclass(frozen=True)
class Served:
    """An office with one of everything, the address it is served at, and the paths of all its pages."""

    origin: str
    pages: tuple[str, ...]

    @property
    def base(self) -> str:
        """The address of the project."""
        return f"{self.origin}/p/P1"


@pytest.fixture
def served(scene: Scene) -> Iterator[Served]:
    """The office on the scene's database, served."""
    app = scene.app
    with app.test_request_context():
        with transaction() as session:
            found = make_everything(session)
        addresses = {
            build_address(app, rule, found.values_for(rule.endpoint)): rule.endpoint
            for rule, method in list_routes(app)
            if method == "GET" and not is_api(rule)
        }
    with run_server(scene.url, scene.data_dir) as server:
        yield Served(server.url, tuple(addresses))


def list_pages(desk: Desk, served: Served) -> Iterator[str]:
    """Open every page, one after the other; what is a file or leads elsewhere is left out."""
    for path in served.pages:
        answer = desk.page.request.get(f"{served.origin}{path}", max_redirects=0)
        is_page = answer.headers["content-type"].startswith("text/html") and "<html" in answer.text()
        if answer.status == OK and is_page:
            desk.open(f"../..{path}")
            yield path


def find_violations(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on a page, with the first place of each."""
    page.evaluate(AXE)
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url} {found['id']}: {found['nodes'][0]['html'][:200]}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
    ]


def untranslated(desk: Desk) -> set[str]:
    """Return the Chinese words of a page that are no data; what a page itself marks as Chinese, a paper, is left out."""
    return set(CHINESE.findall(desk.page.evaluate(TEXT_OF_THE_PAGE))) - DATA


def test_rep_reads_english_on_a_phone(served: Served, chromium: Browser) -> None:
    desk = sign_in(open_desk(chromium, served.base, is_phone=True), "rep.p1")
    desk.open("board")
    assert "销控表" in desk.text("h1")

    desk.page.locator(".account-menu summary").click()
    with desk.page.expect_navigation():
        desk.page.locator('.account-menu [name=language][value="en"]').click()

    expect(desk.page.locator("h1")).to_contain_text("Sale-status board")
    assert desk.page.locator("html").get_attribute("lang") == "en"
    assert untranslated(desk) == set()
    desk.follow(f'.unit-grid a[href="units/{FREE}"]')
    expect(desk.page.locator("h1")).to_contain_text(FREE)
    assert untranslated(desk) == set()
    desk.send("/hold")
    expect(desk.page.locator(".state-line")).to_contain_text("Held")
    assert untranslated(desk) == set()
    assert desk.problems == []


def test_pages_are_whole_in_english(served: Served, chromium: Browser) -> None:
    desk = sign_in(open_desk(chromium, served.base, language="en"), "admin.p1")

    found = {path: untranslated(desk) for path in list_pages(desk, served)}

    assert len(found) > FEWEST_PAGES
    assert {path: words for path, words in found.items() if words} == {}
    assert desk.problems == []


@pytest.mark.parametrize("is_phone", [True, False], ids=["phone", "desktop"])
def test_pages_have_no_serious_barriers(served: Served, chromium: Browser, is_phone: bool) -> None:
    desk = open_desk(chromium, served.base, is_phone=is_phone)
    desk.page.goto(f"{served.origin}/login")
    violations = find_violations(desk.page)
    sign_in(desk, "admin.p1")

    for _path in list_pages(desk, served):
        violations += find_violations(desk.page)

    assert violations == [], "\n".join(violations)
    assert desk.problems == []
