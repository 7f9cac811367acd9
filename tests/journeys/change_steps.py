"""What people do to change a sale, through the pages alone: ask, look, send; decide on a phone from the mail's link."""

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, expect

from salesoffice.core import clock
from tests.factories import PASSWORD
from tests.journeys.conftest import CODE, Scene
from tests.support.chromium import Desk, open_desk
from tests.support.server import Server


@dataclass
class Approvers:
    """People who decide on their phones: each link of a mail is opened in a browser where nobody is signed in."""

    scene: Scene
    server: Server
    chromium: Browser
    read: int = 0

    def decide(self, name: str, *, approve: bool = True, expected: str = "") -> str:
        """Open the link of the mail that came last for a person, sign in, look, decide; return what the page says then."""
        self.scene.command("outbox", "deliver")
        link = self._find_link(f"{name}@example.test")
        phone = open_desk(self.chromium, f"{self.server.url}/p/{CODE}", is_phone=True)
        phone.page.goto(f"{self.server.url}{link}")
        assert "/login" in phone.page.url
        phone.fill(email=f"{name}@example.test", password=PASSWORD)
        phone.send("/login")
        assert phone.page.url.endswith(link), phone.page.url
        assert expected in phone.text("main")
        if not approve:
            phone.fill(comment="资料不全")
        button = "form[action$='/approve'] button" + (
            ":not([formaction])" if approve else "[formaction$='/reject']"
        )
        with phone.page.expect_navigation() as going:
            phone.page.locator(button).click()
        assert going.value.status == 200, phone.text("main")
        words = phone.text("main")
        assert phone.problems == []
        phone.page.context.close()
        return words

    def _find_link(self, recipient: str) -> str:
        mine = [mail.message for mail in self.scene.smtp.messages if mail.recipient == recipient]
        plain = mine[-1].get_body(("plain",))
        assert plain is not None
        found = re.search(r"https?://[^/\s]+(/p/\S+)", plain.get_content())
        assert found is not None, plain.get_content()
        return found[1]


def ask(desk: Desk, number: str, kind: str, *, reason: str = "客户申请", **fields: str) -> str:
    """Fill in a change of a sale, look at what it would do, send it; return its number. `fields` are typed by id."""
    desk.open(f"deals/{number}")
    desk.follow('a[href$="/changes/new"]')
    desk.follow(f'a[href$="/changes/new/{kind}"]')
    desk.choose(reason_code="buyers_wish")
    desk.fill(reason=reason)
    for name, value in fields.items():
        field = desk.page.locator(f"#{name}")
        if field.evaluate("(element) => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    return look_and_send(desk)


def look_and_send(desk: Desk) -> str:
    """Look at what a filled form would do, then send it; return the number of the change."""
    for step in ("look", "send"):
        with desk.page.expect_navigation() as going:
            desk.page.locator(f'button[name="step"][value="{step}"]').click()
        assert going.value.status == 200, desk.text("main")
        desk.check_width()
    return desk.page.url.rsplit("/", 1)[-1]


def state_of(desk: Desk, change: str) -> str:
    """Return what the page of a change shows."""
    desk.open(f"changes/{change}")
    return desk.text("main")


def subscribe(desk: Desk, unit: str, name: str, *, plan: str = "full") -> str:
    """Sign a free unit for a customer; return the number of the deal."""
    desk.open(f"units/{unit}/subscribe")
    entry = desk.page.locator("#customers option").evaluate_all(
        "(options, name) => options.map((option) => option.value).find((text) => text.includes(name))", name
    )
    desk.fill(buyer_1=entry, deposit="50000")
    desk.choose(plan=plan)
    desk.send()
    return desk.page.url.rsplit("/", 1)[-1]


def pay_deposit(assistant: Desk, finance: Desk, number: str) -> None:
    """Record the deposit and have finance confirm it."""
    assistant.open(f"deals/{number}")
    assistant.page.locator(".money-form").evaluate("(form) => { form.open = true; }")
    assistant.choose(kind="deposit", method="transfer")
    assistant.fill(amount="50000", slip_no=f"YH-{number}", received_on=clock.business_today().isoformat())
    assistant.send("/receipts")
    finance.open("receipts")
    finance.send("/confirm")


def cell_is(desk: Desk, unit: str, state: str) -> None:
    """Look at a unit on the board."""
    desk.open("board")
    expect(desk.page.locator(f'.unit-grid a[href="units/{unit}"]')).to_have_class(state)
