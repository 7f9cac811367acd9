"""Search box and work list by keyboard, in a real browser."""

import shutil
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from salesoffice.infra.db import db, transaction
from salesoffice.reservations.services import place_hold
from salesoffice.search.models import RecentFind
from tests.factories import PASSWORD, Office
from tests.factories.sales import make_sale


@pytest.fixture
def page(app: Flask, office: Office) -> Iterator[Page]:
    """A browser of the assistant; 101 is sold, 102 and 103 are held."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with app.test_request_context(), transaction() as session:
        make_sale(session, office)
        for unit in office.units[1:3]:
            place_hold(session, unit, actor=office.actor(office.rep))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(base_url=f"http://127.0.0.1:{server.port}")
        opened.goto("/login")
        opened.fill("[name=email]", office.assistant.email)
        opened.fill("[name=password]", PASSWORD)
        opened.press("[name=password]", "Enter")
        opened.wait_for_selector("#find-text")
        yield opened
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_slash_letters_arrow_and_enter_open_what_was_found_and_remember_it(app: Flask, page: Page) -> None:
    page.goto("/p/P1/work")

    page.keyboard.press("/")
    page.keyboard.type("zj")
    page.wait_for_selector("#find-list a")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_function(
        "fetch('/p/P1/search/box').then((answer) => answer.text()).then((text) => text.includes('find-recent-1'))"
    )

    assert urlsplit(page.url).path == "/p/P1/customers/1"
    with app.app_context():
        assert db.session.execute(select(RecentFind.subject_kind, RecentFind.subject_id)).all() == [
            ("customers", 1)
        ]


def test_escape_closes_the_list_and_enter_alone_opens_the_search_page(page: Page) -> None:
    page.goto("/p/P1/work")
    page.keyboard.press("/")
    page.keyboard.type("1-A-1")
    page.wait_for_selector("#find-list a")

    page.keyboard.press("Escape")
    is_hidden = page.locator("#find-list").is_hidden()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert (is_hidden, urlsplit(page.url).path, urlsplit(page.url).query) == (True, "/p/P1/search", "q=1-A-1")


def test_figures_and_arrows_walk_through_the_work_list(page: Page) -> None:
    page.goto("/p/P1/work")
    row = "document.activeElement.closest('tr').rowIndex"

    page.keyboard.press("1")
    first = page.evaluate(row)
    page.keyboard.press("ArrowDown")
    second = page.evaluate(row)
    page.keyboard.press("ArrowUp")

    assert (first, second, page.evaluate(row)) == (1, 2, 1)
