"""Kinds of opinions and states of a daily log."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class OpinionKind(LabelledEnum):
    """Whose opinion, or what kind of note, a day's entry is."""

    REP = "rep", _l("Rep's opinion")
    LIKED = "liked", _l("Customers liked")
    OBJECTED = "objected", _l("Customers objected")
    ASKED = "asked", _l("Customers asked")
    COMPETITOR = "competitor", _l("Competitors and press")


class DailyLogState(LabelledEnum):
    """Life of a day's log; a closed one never changes."""

    OPEN = "open", _l("Open")
    CLOSED = "closed", _l("Closed")
