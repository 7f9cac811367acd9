"""The log written out: mail, plain text, PDF, the part of a page. Logs are in the project's language, Chinese."""

import re
from datetime import date
from typing import Any

import css_inline
from flask import render_template

from salesoffice.dailylog.documents.page import build_page
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.queries.logs import read_snapshot
from salesoffice.dailylog.services import Frozen
from salesoffice.infra.i18n import DEFAULT_LANGUAGE, _, speak
from salesoffice.infra.pdf import render_pdf
from salesoffice.projects.models import Project

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_CLASS = re.compile(r'\sclass="[^"]*"')
_ON_PAGE = (
    ('<caption style="', '<caption style="caption-side: top; '),
    ("padding: 16px 8px;", "padding: 0;"),
    ("padding: 16px 20px;", "padding: 12px;"),
    ("font-size: 14px;", "font-size: 13px;"),
)
"""What a page's own style sheet and its narrower column would spoil."""


def render_frozen(snapshot: dict[str, Any], digest: str) -> Frozen:
    """Write the mail's HTML and its plain text from a snapshot and nothing else."""
    with speak(DEFAULT_LANGUAGE):
        page = build_page(snapshot, digest=digest)
        html = render_template("dailylog/log_to_recipient.html", log=page)
        text = render_template("dailylog/log_to_recipient.txt", log=page)
    inliner = css_inline.CSSInliner(keep_at_rules=True)
    return Frozen(html=inliner.inline(html), text=_tidy(text))


def render_log_pdf(log: DailyLog) -> bytes:
    """Render the PDF of a closed log from its frozen snapshot; raises PdfUnavailable."""
    with speak(DEFAULT_LANGUAGE):
        page = build_page(read_snapshot(log), digest=log.snapshot_sha256)
        return render_pdf("dailylog/log_print.html", log=page)


def build_subject(project: Project, day: date) -> str:
    """Write the subject of the mail."""
    with speak(DEFAULT_LANGUAGE):
        return _("%(project)s daily log %(day)s", project=project.name, day=day.isoformat())


def page_fragment(log: DailyLog) -> str:
    """Cut out of the frozen mail what can stand inside a page: its body, without names of styles.

    The names are taken away because the page's own style sheet would read them differently.
    """
    found = _BODY.search(log.html)
    fragment = _CLASS.sub("", found[1]) if found else ""
    for mail, page in _ON_PAGE:
        fragment = fragment.replace(mail, page)
    return fragment


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
