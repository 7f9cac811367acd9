"""The daily log as people read it: mail, plain text, PDF, page."""

from salesoffice.dailylog.documents.page import LogPage, build_page
from salesoffice.dailylog.documents.publishing import close_and_send, close_day, deliver_log
from salesoffice.dailylog.documents.rendering import (
    build_subject,
    page_fragment,
    render_frozen,
    render_log_pdf,
)

__all__ = [
    "LogPage",
    "build_page",
    "build_subject",
    "close_and_send",
    "close_day",
    "deliver_log",
    "page_fragment",
    "render_frozen",
    "render_log_pdf",
]
