"""The Chromium of this machine, and people who sit in front of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
NOT_INSTALLED = (
    "Chromium was not found: `./salesoffice.sh test` installs it, or apt-get install chromium"
    " (macOS: brew install --cask google-chrome)"
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PHONE = (390, 844)
DESKTOP = (1440, 900)
_EXPECTED_NOISE = "Failed to load resource"
"""What Chromium writes to its console about an answer that is a refusal; a page may be refused on purpose."""


class ChromiumMissing(Exception):
    """This machine has no Chromium; the message says how to install it."""


def find_chromium() -> str:
    """Return the path of the installed browser; refused with ChromiumMissing."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        raise ChromiumMissing(NOT_INSTALLED)
    return found


@contextmanager
def run_chromium() -> Iterator[Browser]:
    """Start the browser and close it at the end."""
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@dataclass
class Desk:
    """One person with a browser of their own; `problems` collects what no page may have."""

    page: Page
    base: str
    is_phone: bool = False
    problems: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the office and find it whole."""
        answer = self.page.goto(f"{self.base}/{path.removeprefix('/')}")
        assert answer is not None
        assert answer.status == 200, f"{answer.status} {answer.url}"
        self.check_width()

    def follow(self, selector: str) -> None:
        """Follow a link of the page."""
        with self.page.expect_navigation() as going:
            self.page.locator(selector).first.click()
        assert going.value.status == 200, f"{going.value.status} {going.value.url}"
        self.check_width()

    def fill(self, **values: str) -> None:
        """Type into fields, by their ids."""
        for name, value in values.items():
            self.page.locator(f"#{name.replace('__', '-')}").fill(value)

    def choose(self, **values: str) -> None:
        """Choose entries of lists, by the ids of the lists and the values of the entries."""
        for name, value in values.items():
            self.page.locator(f"#{name.replace('__', '-')}").select_option(value)

    def send(self, action: str = "", *, status: int = 200) -> None:
        """Press the button of the form whose address ends in `action`, say yes when asked, wait for the answer.

        Without `action` it is the form that is sent to the page's own address.
        """
        form = f'main form[action$="{action}"]' if action else 'main form[method="post"]:not([action])'
        button = self.page.locator(f"{form} button[type=submit]").last
        asks = self.page.locator(f"{form}[data-confirm], {form} [data-confirm]").count() > 0
        with self.page.expect_navigation() as going:
            button.click()
            if asks:
                self.page.locator("#confirm-dialog [data-confirm-yes]").click()
        assert going.value.status == status, f"{going.value.status} {going.value.url}: {self.text('main')}"
        self.check_width()

    def drop(self, zone: str, name: str, data: str) -> None:
        """Let a file fall onto a zone, as the mouse does."""
        transfer = self.page.evaluate_handle(
            "([name, data]) => { const box = new DataTransfer();"
            " box.items.add(new File([data], name, {type: 'text/csv'})); return box; }",
            [name, data],
        )
        self.page.dispatch_event(zone, "drop", {"dataTransfer": transfer})

    def download(self, selector: str) -> bytes:
        """Return the file behind a link."""
        address = self.page.locator(selector).first.get_attribute("href")
        answer = self.page.request.get(f"{self.origin}{address}")
        assert answer.status == 200, f"{answer.status} {answer.url}"
        return answer.body()

    @property
    def origin(self) -> str:
        """The address of the server."""
        return "/".join(self.base.split("/")[:3])

    def text(self, selector: str) -> str:
        """Return the text that is shown in a part of the page."""
        return self.page.locator(selector).first.inner_text()

    def check_width(self) -> None:
        """On a phone nothing is wider than the screen."""
        if self.is_phone:
            width = self.page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE[0]:
                self.problems.append(f"{self.page.url} is {width} px wide")

    def hear(self, message: ConsoleMessage) -> None:
        """Note an error that a script or the content policy wrote to the console."""
        if message.type == "error" and not message.text.startswith(_EXPECTED_NOISE):
            self.problems.append(f"{self.page.url}: {message.text}")

    def fail(self, error: Error) -> None:
        """Note a script that broke."""
        self.problems.append(f"{self.page.url}: {error.message}")

    def see(self, answer: Response) -> None:
        """Note an answer that the server should never give."""
        if answer.status >= 500:
            self.problems.append(f"{answer.url}: {answer.status}")


def open_desk(browser: Browser, base: str, *, is_phone: bool = False, language: str = "zh-CN") -> Desk:
    """Give a person a browser window of their own, on a desk or as a phone."""
    width, height = PHONE if is_phone else DESKTOP
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=is_phone, is_mobile=is_phone, locale=language
    )
    page = context.new_page()
    desk = Desk(page, base, is_phone=is_phone)
    page.on("console", desk.hear)
    page.on("pageerror", desk.fail)
    page.on("response", desk.see)
    return desk
