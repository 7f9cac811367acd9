"""What a template never holds, and that what it names exists."""

import re
from pathlib import Path

import pytest

from tests.support.sources import ROOT, place, templates

SAFE_FILTER = re.compile(r"\|\s*safe\b")
SAFE_WITH_REASON = re.compile(r"\|\s*safe\b.*\{#-?\s*safe:\s*\S")
INLINE_SCRIPT = re.compile(
    r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*[\"']application/(?:ld\+)?json[\"'])", re.IGNORECASE
)
EVENT_ATTRIBUTE = re.compile(r"<[a-z][^>{}]*\son[a-z]+\s*=", re.IGNORECASE)
AUTOESCAPE_OFF = re.compile(r"\{%-?\s*autoescape\s+false")
ICON = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
SPRITE = ROOT / "static" / "vendor" / "icons" / "tabler.svg"


def lines_matching(text: str, pattern: re.Pattern[str], unless: re.Pattern[str] | None = None) -> list[int]:
    """Return the numbers of the lines that match a pattern and not the other one."""
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line) and not (unless and unless.search(line))
    ]


def places_matching(pattern: re.Pattern[str], unless: re.Pattern[str] | None = None) -> list[str]:
    """Return `file:line` of every template line that matches a pattern and not the other one."""
    return [
        place(path, line)
        for path in templates()
        for line in lines_matching(path.read_text("utf-8"), pattern, unless)
    ]


def test_templates_mark_text_as_safe_only_with_a_reason() -> None:
    assert places_matching(SAFE_FILTER, unless=SAFE_WITH_REASON) == []


def test_templates_have_no_inline_script() -> None:
    assert places_matching(INLINE_SCRIPT) == []


def test_templates_have_no_event_attributes() -> None:
    assert places_matching(EVENT_ATTRIBUTE) == []


def test_templates_never_switch_escaping_off() -> None:
    assert places_matching(AUTOESCAPE_OFF) == []


@pytest.mark.parametrize(
    ("line", "pattern", "is_found"),
    [
        ("{{ text|safe }}", SAFE_FILTER, True),
        ("{{ text | safe }}", SAFE_FILTER, True),
        ("{{ text|safely }}", SAFE_FILTER, False),
        ("<script>alert(1)</script>", INLINE_SCRIPT, True),
        ('<script src="/static/app.js"></script>', INLINE_SCRIPT, False),
        ('<script type="application/json" id="data">', INLINE_SCRIPT, False),
        ('<a href="#" onclick="go()">', EVENT_ATTRIBUTE, True),
        ('<option value="on">', EVENT_ATTRIBUTE, False),
    ],
)
def test_pattern_finds_what_it_should(line: str, pattern: re.Pattern[str], *, is_found: bool) -> None:
    assert bool(lines_matching(line, pattern)) is is_found


def test_reason_for_safe_is_accepted() -> None:
    line = "{{ grid|safe }} {# safe: joined from escaped parts in board.documents #}"

    assert lines_matching(line, SAFE_FILTER, unless=SAFE_WITH_REASON) == []


def test_icons_named_in_templates_are_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text("utf-8")))
    named = {name for path in templates() for name in ICON.findall(path.read_text("utf-8"))}

    assert named - known == set()


def test_pages_extend_a_base() -> None:
    folders_without_base = {"_macros", "mail"}
    pages = [
        path
        for path in templates()
        if path.suffix == ".html"
        and not path.name.startswith("_")
        and not folders_without_base & set(path.parts)
    ]

    found = [str(path.relative_to(ROOT)) for path in pages if not is_whole_page(path)]

    assert found == []


def is_whole_page(path: Path) -> bool:
    """Tell whether a template extends a base, or is one."""
    text = path.read_text("utf-8")
    return "{% extends" in text or path.stem.endswith("base")
