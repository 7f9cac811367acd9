"""Kinds of contacts and their sources."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class VisitKind(LabelledEnum):
    """How the customer got in touch."""

    CALL = "call", _l("Call")
    VISIT = "visit", _l("Visit")


class Source(LabelledEnum):
    """How the customer came to know the project."""

    WALK_IN = "walk_in", _l("Walk-in")
    REFERRAL = "referral", _l("Referral by an owner")
    OUTDOOR = "outdoor", _l("Outdoor advertising")
    ONLINE = "online", _l("Online")
    SOCIAL = "social", _l("WeChat and short video")
    CHANNEL = "channel", _l("Agency channel")
    CALL_OUT = "call_out", _l("Telemarketing")
    PRESS = "press", _l("Press and radio")
    EVENT = "event", _l("Event")
    OTHER = "other", _l("Other")
