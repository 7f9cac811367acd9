"""Service tracks after signing, which run side by side."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class TrackKind(LabelledEnum):
    """What has to be done after signing."""

    MORTGAGE = "mortgage", _l("Mortgage")
    PROVIDENT_FUND = "provident_fund", _l("Provident fund")
    REGISTRATION = "registration", _l("Contract registration")
    AREA_SETTLEMENT = "area_settlement", _l("Area settlement")
    HANDOVER = "handover", _l("Handover")
    TITLE = "title", _l("Title deed")


class TrackState(LabelledEnum):
    """How far a track has come."""

    NOT_STARTED = "not_started", _l("Not started")
    UNDER_WAY = "under_way", _l("Under way")
    DONE = "done", _l("Done")
    STOPPED = "stopped", _l("Stopped")


TRACK_STEPS: Mapping[TrackState, frozenset[TrackState]] = MappingProxyType(
    {
        TrackState.NOT_STARTED: frozenset({TrackState.UNDER_WAY, TrackState.DONE, TrackState.STOPPED}),
        TrackState.UNDER_WAY: frozenset({TrackState.DONE, TrackState.STOPPED}),
        TrackState.STOPPED: frozenset({TrackState.UNDER_WAY}),
        TrackState.DONE: frozenset(),
    }
)
"""From which state a track may go to which; what is done stays done."""
