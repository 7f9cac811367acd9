"""Pictures of a running demonstration office for the README and the documents.

Run: python -m tools.screenshots --base-url http://127.0.0.1:8000 --mail-dir var/mail --out docs/screenshots
Pages and the mail by Chromium, PDFs by pdftoppm (poppler-utils); each PNG is at most 250 KB.
"""

import argparse
import email
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from salesoffice.demo.office import CODE, DOMAIN, PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome")
DESKTOP, PHONE = (1440, 900), (390, 844)
LARGEST = 250_000
PAPER_WIDTH = 1100
FONT = Path(__file__).parent.parent / "static" / "fonts" / "NotoSansSC-Regular.ttf"
MAIL_HOST = "http://mail.invalid"
PHONE_FONT = '@font-face { font-family: "PingFang SC"; src: url("/font.ttf"); }'
"""A phone has a Chinese font; the machine that takes the pictures may have none."""


@dataclass(frozen=True)
class Camera:
    """Where pictures are taken and kept, and how the demonstration is entered."""

    browser: Browser
    base_url: str
    project: str
    password: str
    domain: str
    out: Path

    @contextmanager
    def sit(self, name: str, size: tuple[int, int], language: str) -> Iterator[Page]:
        """Open a window, signed in when a name is given."""
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale=language, is_mobile=size == PHONE
        )
        page = context.new_page()
        if name:
            page.goto(f"{self.base_url}/login")
            page.locator("#email").fill(f"{name}@{self.domain}")
            page.locator("#password").fill(self.password)
            with page.expect_navigation():
                page.locator('form[action="/login"] button[type=submit]').click()
        yield page
        context.close()

    def take(self, page: Page, name: str, *, is_whole: bool = False) -> None:
        """Take a picture of what is seen, or of the whole page."""
        path = self.out / f"{name}.png"
        page.screenshot(path=path, full_page=is_whole, animations="disabled")
        make_small(path)

    def address(self, path: str) -> str:
        """Return the address of a page of the project."""
        return f"{self.base_url}/p/{self.project}/{path}"


def make_small(path: Path) -> None:
    """Reduce a picture to as many colours as fit into the limit; a picture too large even so is made narrower."""
    original = Image.open(path).convert("RGB")
    picture = original
    for colours in (256, 128, 64, 32):
        picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
    while path.stat().st_size > LARGEST:
        picture = picture.resize((picture.width * 3 // 4, picture.height * 3 // 4), Image.Resampling.LANCZOS)
        picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def show_entrance(camera: Camera, language: str) -> None:
    """The sign-in page and the page after it."""
    with camera.sit("", PHONE, language) as page:
        page.goto(f"{camera.base_url}/login")
        camera.take(page, "login")
    with camera.sit("manager", DESKTOP, language) as page:
        page.goto(f"{camera.base_url}/")
        camera.take(page, "home")


def show_board(camera: Camera, language: str) -> None:
    """The board and a unit, at the office and in a rep's hand."""
    with camera.sit("assistant", DESKTOP, language) as page:
        page.goto(camera.address("board"))
        camera.take(page, "board-desktop")
        page.goto(camera.address(find_unit(page, "subscribed")))
        camera.take(page, "unit-desktop")
    with camera.sit("rep1", PHONE, language) as page:
        page.goto(camera.address("board"))
        camera.take(page, "board-phone")
        page.goto(camera.address(find_unit(page, "available")))
        camera.take(page, "unit-phone")


def find_unit(page: Page, state: str) -> str:
    """Return the path of a unit in a state, from the open board."""
    cells = page.locator(f".unit-grid a.{state}")
    if cells.count() == 0:
        raise SystemExit(f"no unit of the board is {state}")
    return str(cells.first.get_attribute("href"))


def show_deal(camera: Camera, language: str) -> None:
    """A deal under contract, and its agreement on paper."""
    with camera.sit("assistant", DESKTOP, language) as page:
        page.goto(camera.address("board"))
        page.goto(camera.address(find_unit(page, "contracted")))
        deal = page.locator('main a[href*="/deals/"]').first.get_attribute("href")
        page.goto(f"{camera.base_url}{deal}")
        camera.take(page, "deal-desktop", is_whole=True)
        make = page.locator('main form[action$="/agreement"] button')
        if make.count():
            make.click()
        link = page.locator('a[href*="/subscriptions/"][href$=".pdf"]').first.get_attribute("href")
        draw_paper(camera, page.request.get(f"{camera.base_url}{link}").body(), "agreement")


def show_prices(camera: Camera, language: str) -> None:
    """How prices are made and decided: plan, waiting version, launch with its checklist, sheets, the public page."""
    with camera.sit("manager", DESKTOP, language) as page:
        page.goto(camera.address("plans"))
        page.locator("main tbody th a, main tbody td a").filter(has_text="4栋加推定价").last.click()
        page.wait_for_load_state()
        camera.take(page, "price-plan")
        page.goto(camera.address("prices/versions"))
        page.locator("main tbody th a").first.click()
        page.wait_for_load_state()
        camera.take(page, "price-version")
        page.goto(camera.address("launch"))
        page.locator("main tbody th a").first.click()
        page.wait_for_load_state()
        camera.take(page, "launch-checklist", is_whole=True)
        page.goto(camera.address("prices"))
        building = page.locator("#building option[value]:not([value=''])").first.get_attribute("value")
        fields = {
            name: page.locator(f"main form #{name}").input_value()
            for name in ("csrf_token", "version", "paper")
        }
        for kind, name in (("overview", "price-sheet"), ("tags", "price-tags")):
            form: dict[str, str | float | bool] = {
                **fields,
                "kind": kind,
                "format": "pdf",
                "building": str(building),
            }
            answer = page.request.post(camera.address("prices/sheets"), form=form)
            draw_paper(camera, answer.body(), name)
    with camera.sit("", PHONE, language) as page:
        page.goto(f"{camera.base_url}/prices/{camera.project}")
        camera.take(page, "public-prices-phone")


def show_offer(camera: Camera, language: str) -> None:
    """An offer in a rep's hand, and on paper."""
    with camera.sit("assistant", PHONE, language) as page:
        page.goto(camera.address("offers"))
        page.locator('main a[href*="/offers/"]').first.click()
        page.wait_for_load_state()
        camera.take(page, "offer-phone")
        paper = page.locator('main a[href$="/paper"]').first.get_attribute("href")
        draw_paper(camera, page.request.get(f"{camera.base_url}{paper}").body(), "offer-paper")


def draw_paper(camera: Camera, data: bytes, name: str) -> None:
    """Turn the first page of a PDF into a picture."""
    program = shutil.which("pdftoppm")
    if program is None:
        raise SystemExit("pdftoppm was not found: apt-get install poppler-utils")
    if not data.startswith(b"%PDF-"):
        raise SystemExit(f"{name}: the answer is no PDF")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "paper.pdf"), Path(folder, "paper")
        source.write_bytes(data)
        subprocess.run(
            [
                program,
                "-png",
                "-singlefile",
                "-scale-to-x",
                str(PAPER_WIDTH),
                "-scale-to-y",
                "-1",
                source,
                target,
            ],
            check=True,
        )
        shutil.move(target.with_suffix(".png"), camera.out / f"{name}.png")
    make_small(camera.out / f"{name}.png")


def show_log(camera: Camera, language: str) -> None:
    """The newest closed log, as the executive reads it."""
    for name, size in (("log-desktop", DESKTOP), ("log-phone", PHONE)):
        with camera.sit("executive", size, language) as page:
            page.goto(camera.address("log"))
            closed = page.locator("main tbody tr", has=page.locator(".tag-green")).first
            address = closed.locator("a").first.get_attribute("href")
            page.goto(f"{camera.base_url}{address}")
            camera.take(page, name)


def show_mail(camera: Camera, mail_dir: Path) -> None:
    """The newest mail of a daily log, as a phone shows it."""
    mails = sorted(mail_dir.glob("*.eml"))
    if not mails:
        raise SystemExit(f"no mail in {mail_dir}")
    part = email.message_from_bytes(mails[-1].read_bytes(), policy=policy.default).get_body(("html",))
    if part is None:
        raise SystemExit(f"{mails[-1]} has no HTML")
    context = camera.browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, is_mobile=True)
    page = context.new_page()
    html = part.get_content().replace("</head>", f"<style>{PHONE_FONT}</style></head>", 1)
    page.route(
        f"{MAIL_HOST}/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
    )
    page.route(f"{MAIL_HOST}/font.ttf", lambda route: route.fulfill(path=FONT))
    page.goto(f"{MAIL_HOST}/")
    page.evaluate("document.fonts.ready")
    camera.take(page, "mail-phone")
    context.close()


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--mail-dir", type=Path, required=True, help="folder of the caught mail")
    parser.add_argument("--project", default=CODE)
    parser.add_argument("--password", default=PASSWORD, help="of the demonstration's people")
    parser.add_argument("--domain", default=DOMAIN, help="of their addresses")
    parser.add_argument("--language", default="zh-CN", choices=["zh-CN", "en"])
    return parser.parse_args()


def main() -> None:
    """Take all pictures."""
    wanted = read_arguments()
    chromium = next((path for path in map(shutil.which, NAMES) if path), None)
    if chromium is None:
        sys.exit("Chromium was not found: apt-get install chromium")
    wanted.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        camera = Camera(
            browser, wanted.base_url.rstrip("/"), wanted.project, wanted.password, wanted.domain, wanted.out
        )
        show_entrance(camera, wanted.language)
        show_board(camera, wanted.language)
        show_deal(camera, wanted.language)
        show_prices(camera, wanted.language)
        show_offer(camera, wanted.language)
        show_log(camera, wanted.language)
        show_mail(camera, wanted.mail_dir)
        browser.close()
    for path in sorted(wanted.out.glob("*.png")):
        print(f"{path} {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
