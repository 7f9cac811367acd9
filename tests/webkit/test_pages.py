"""Languages, filters and the shared templates."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask, render_template, render_template_string

from salesoffice.infra.i18n import _, choose_language, html_language, remember_language, speak
from salesoffice.payments.enums import ReceiptState
from salesoffice.webkit.filters import area, day, label, moment, percent, tone, url_with, yuan


@pytest.mark.parametrize(
    ("asked", "language"),
    [("", "zh_CN"), ("zh-CN,zh;q=0.9,en;q=0.5", "zh_CN"), ("en-GB,en;q=0.8", "en"), ("fr", "zh_CN")],
)
def test_language_of_browser(app: Flask, asked: str, language: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": asked}):
        assert choose_language() == language


def test_language_chosen_wins_over_browser(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        is_known = remember_language("zh_CN")

        assert (is_known, html_language(), _("Sign out")) == (True, "zh-CN", "退出登录")


def test_language_unknown_is_not_kept(app: Flask) -> None:
    with app.test_request_context("/"):
        assert remember_language("xx") is False


def test_speak_changes_language_for_a_while(app: Flask) -> None:
    with app.app_context():
        with speak("en"):
            english = _("Sign out")
        with speak("zh_CN"):
            chinese = _("Sign out")

    assert (english, chinese) == ("Sign out", "退出登录")


def test_filters_show_figures_days_and_states() -> None:
    late = datetime(2026, 5, 31, 16, 30, tzinfo=UTC)
    shown = [
        yuan(123450),
        yuan(None),
        area(Decimal("1234.5")),
        percent(Decimal("0.2")),
        day(date(2026, 5, 31)),
    ]

    assert shown == ["1,234.50", "–", "1,234.50", "20.0%", "2026-05-31"]
    assert (moment(late), tone(ReceiptState.CONFIRMED), tone("unheard"), label(None)) == (
        "2026-06-01 00:30",
        "green",
        "grey",
        "–",
    )


def test_url_with_keeps_other_arguments(app: Flask) -> None:
    with app.test_request_context("/list?q=张&page=2&state=a&state=b"):
        assert url_with(page=3, q=None) == "/list?state=a&state=b&page=3"


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 429, 500])
def test_error_page_names_code_and_request(app: Flask, code: int) -> None:
    with app.test_request_context("/"):
        page = render_template(f"errors/{code}.html", request_id="abc123")

    assert f'<p class="error-code">{code}</p>' in page
    assert "<code>abc123</code>" in page


def test_post_button_is_protected_and_asks(app: Flask) -> None:
    source = '{% import "_macros/ui.html" as ui %}{{ ui.post_button("/x", "退订", confirm="<确定>") }}'

    with app.test_request_context("/"):
        page = render_template_string(source)

    assert 'name="csrf_token"' in page
    assert 'data-confirm="&lt;确定&gt;"' in page
