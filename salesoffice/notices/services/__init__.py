"""The verbs of engineering change notices: entered, told to the buyers, answered, silent."""

from salesoffice.notices.services.delivering import (
    Telling,
    enter_answer,
    mark_notified,
    mark_silent,
)
from salesoffice.notices.services.entering import NoticeDraft, enter_notice

__all__ = ["NoticeDraft", "Telling", "enter_answer", "enter_notice", "mark_notified", "mark_silent"]
