"""The verbs of the daily log."""

from salesoffice.dailylog.services.closing import (
    Frozen,
    Renderer,
    catch_up,
    close_log,
    keep_document,
    list_missed_days,
)
from salesoffice.dailylog.services.compiling import build_snapshot, restated_since
from salesoffice.dailylog.services.notes import add_opinion, get_or_open_log, save_notes, update_opinion
from salesoffice.dailylog.services.sending import send_log

__all__ = [
    "Frozen",
    "Renderer",
    "add_opinion",
    "build_snapshot",
    "catch_up",
    "close_log",
    "get_or_open_log",
    "keep_document",
    "list_missed_days",
    "restated_since",
    "save_notes",
    "send_log",
    "update_opinion",
]
