"""The shared script in a real browser: sent once, asked first, busy only while waiting."""

import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

SOURCE = """{% extends "plain_base.html" %}{% block title %}Test{% endblock %}{% block content %}
{{ ui.post_button("/post?once", "Send") }}
{{ ui.post_button("/post?asked", "Cancel it", confirm="Really?") }}
<form method="post" action="/post?value" id="value"><button name="choice" value="b">Choose</button></form>
{% endblock %}"""


@pytest.fixture
def posts(app: Flask) -> list[str]:
    received: list[str] = []

    def take() -> tuple[str, int]:
        received.append(request.query_string.decode() + str(request.form.get("choice", "")))
        return "", 204

    app.add_url_rule("/post", "post", take, methods=["POST"])
    app.add_url_rule("/", "page", lambda: render_template_string(SOURCE))
    return received


@pytest.fixture
def page(app: Flask, posts: list[str]) -> Iterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    posts.clear()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{server.port}/")
        yield opened
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_form_pressed_twice_is_sent_once(page: Page, posts: list[str]) -> None:
    button = page.get_by_role("button", name="Send")

    with page.expect_response("**/post?once"):
        button.evaluate("(button) => { button.click(); button.click(); button.form.requestSubmit(); }")

    assert posts == ["once"]
    assert button.is_disabled()


def test_form_that_asks_is_sent_only_after_yes(page: Page, posts: list[str]) -> None:
    page.get_by_role("button", name="Cancel it").click()
    page.locator("#confirm-dialog [data-dialog-close]").click()
    refused = list(posts)

    page.get_by_role("button", name="Cancel it").click()
    with page.expect_response("**/post?asked"):
        page.locator("#confirm-dialog [data-confirm-yes]").click()

    assert (refused, posts) == ([], ["asked"])


def test_pressed_button_sends_its_own_value(page: Page, posts: list[str]) -> None:
    with page.expect_response("**/post?value"):
        page.get_by_role("button", name="Choose").click()

    assert posts == ["valueb"]
