"""A rep on a phone who reads English, and every page under the eyes of axe-core on a phone and on a desk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from tests.conftest import ROOT
from tests.factories import Office, make_office
from tests.factories.sales import BUYER, make_draft, make_receipt, make_sale
from tests.journeys.conftest import Scene, sign_in
from tests.support.chromium import Desk, open_desk
from tests.support.server import run_server

pytestmark = pytest.mark.parametrize("scene", ["sqlite"], indirect=True)

AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = {"serious", "critical"}
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
DATA = {"栋", "座", "住宅", "一期", "中文", "简体中文", BUYER, BUYER[0]}
"""Chinese that is no text of a page: data of the office, an example in a field, the other language by its name."""


@dataclass(frozen=True)
class Sold:
    """An office with a sale whose contract waits for the second entry, and the address it is served at."""

    origin: str
    office: Office
    deal: str
    contract_id: int
    subscription: str

    @property
    def base(self) -> str:
        """The address of the project."""
        return f"{self.origin}/p/{self.office.project.code}"

    def paths(self) -> list[str]:
        """List the pages, below the project's address."""
        day = clock.business_today().isoformat()
        return [
            "board", "board?show=price&building=1", "units/1-A-101", "units/1-A-202",
            "units/1-A-202/hold", "units/1-A-202/subscribe", "units/1-A-202/edit", "holds",
            "deals", f"deals/{self.deal}", f"subscriptions/{self.subscription}/extend",
            f"subscriptions/{self.subscription}/cancel", f"contracts/{self.contract_id}/correct",
            f"contracts/{self.contract_id}/verify", f"contracts/{self.contract_id}/cancel",
            "receipts", "receipts/1/refuse", "receivables", f"deals/{self.deal}/refund",
            "customers", "customers/new", "customers/1", "customers/1/edit", "visits", "visits/new",
            "prices", "imports", "permits", "units", "buildings", "unit-types", "doubts",
            "log", f"log/{day}", "opinions", "outbox", "settings",
            "../..", "../../users", "../../users/new", "../../users/1", "../../account", "../../account/password",
            "../../permissions", "../../projects", "../../projects/new",
        ]  # fmt: skip


@pytest.fixture
def sold(scene: Scene) -> Iterator[Sold]:
    """The office on the scene's database, served."""
    with scene.app.test_request_context():
        with transaction() as session:
            office = make_office(session)
        with transaction() as session:
            subscription = make_sale(session, office)
        with transaction() as session:
            contract = make_draft(session, office, subscription)
        with transaction() as session:
            make_receipt(session, office, subscription)
        deal, number, contract_id = subscription.deal.number, subscription.number, contract.id
    with run_server(scene.url, scene.data_dir) as server:
        yield Sold(server.url, office, deal, contract_id, number)


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
    """Return the Chinese words of a page that are no data."""
    return set(CHINESE.findall(desk.text("body"))) - DATA


def test_rep_reads_english_on_a_phone(sold: Sold, chromium: Browser) -> None:
    desk = sign_in(open_desk(chromium, sold.base, is_phone=True), "rep.p1")
    desk.open("board")
    assert "销控表" in desk.text("h1")

    desk.page.locator(".account-menu summary").click()
    with desk.page.expect_navigation():
        desk.page.locator('.account-menu [name=language][value="en"]').click()

    expect(desk.page.locator("h1")).to_contain_text("Sale-status board")
    assert desk.page.locator("html").get_attribute("lang") == "en"
    assert untranslated(desk) == set()
    desk.follow('.unit-grid a[href="units/1-A-202"]')
    expect(desk.page.locator("h1")).to_contain_text("1-A-202")
    assert untranslated(desk) == set()
    desk.send("/hold")
    expect(desk.page.locator(".state-line")).to_contain_text("Held")
    assert untranslated(desk) == set()
    assert desk.problems == []


def test_pages_are_whole_in_english(sold: Sold, chromium: Browser) -> None:
    desk = sign_in(open_desk(chromium, sold.base, language="en"), "admin.p1")

    found = {}
    for path in sold.paths():
        desk.open(path)
        found[path] = untranslated(desk)

    assert {path: words for path, words in found.items() if words} == {}
    assert desk.problems == []


@pytest.mark.parametrize("is_phone", [True, False], ids=["phone", "desktop"])
def test_pages_have_no_serious_barriers(sold: Sold, chromium: Browser, is_phone: bool) -> None:
    desk = open_desk(chromium, sold.base, is_phone=is_phone)
    desk.page.goto(f"{sold.origin}/login")
    violations = find_violations(desk.page)
    sign_in(desk, "admin.p1")

    for path in sold.paths():
        desk.open(path)
        violations += find_violations(desk.page)

    assert violations == [], "\n".join(violations)
    assert desk.problems == []
