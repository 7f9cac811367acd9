"""The whole history of a unit in one line of time: audit entries, prices by version, areas by edition."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from salesoffice.board.documents.story import Event, join_words, tell_story
from salesoffice.board.enums import EventKind
from salesoffice.board.queries.timeline import AreaStep, PriceStep, list_area_steps, list_price_steps
from salesoffice.board.queries.units import list_history
from salesoffice.core.money import format_yuan
from salesoffice.infra.i18n import _
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Unit

_TOLD_OTHERWISE = frozenset({"unit_price.changed", "areas.entered", "areas.checked"})
"""Entries whose news the versions and editions themselves tell, with more figures."""


@dataclass(frozen=True)
class Timeline:
    """The events shown, the newest first; how many there are of each kind in all."""

    events: tuple[Event, ...]
    counts: Mapping[EventKind, int]
    kind: EventKind | None

    @property
    def total(self) -> int:
        """How many events there are of all kinds."""
        return sum(self.counts.values())


def build_timeline(
    session: Session, unit: Unit, *, kind: EventKind | None, sees_details: Callable[[AuditEntry], bool]
) -> Timeline:
    """Tell what happened to a unit, of one kind or of all."""
    told = [
        event
        for event in tell_story(list_history(session, unit), sees_details=sees_details)
        if event.action not in _TOLD_OTHERWISE
    ]
    told += [_tell_price(step) for step in list_price_steps(session, unit)]
    told += [_tell_area(step) for step in list_area_steps(session, unit)]
    if not any(event.action in {"unit.added", "unit.imported"} for event in told):
        text = str(_("Unit entered"))
        told.append(Event(0, unit.created_at, "unit.added", text, "", EventKind.FACTS))
    told.sort(key=lambda event: (event.at, event.sequence), reverse=True)
    counted = Counter(event.kind for event in told)
    return Timeline(
        tuple(event for event in told if kind in {None, event.kind}),
        {each: counted[each] for each in EventKind if counted[each]},
        kind,
    )


def _tell_price(step: PriceStep) -> Event:
    new = format_yuan(step.new)
    if step.old is None:
        text = _("List price %(new)s yuan (version %(version)s)", new=new, version=step.version)
    else:
        text = _(
            "List price %(old)s → %(new)s yuan (version %(version)s)",
            old=format_yuan(step.old),
            new=new,
            version=step.version,
        )
    return Event(0, step.at, "unit_price.changed", str(text), step.who, EventKind.PRICE)


def _tell_area(step: AreaStep) -> Event:
    action = "areas.checked" if step.is_check else "areas.entered"
    if step.is_check:
        words = [str(_("%(edition)s: areas checked by a second person", edition=step.edition.label))]
    else:
        figures = [
            str(_("%(name)s %(area)s m²", name=name, area=f"{area:.2f}"))
            for name, area in (
                (_("Gross area"), step.gross),
                (_("Inner area"), step.inner),
                (_("Shared area"), step.shared),
            )
            if area is not None
        ]
        words = [str(_("%(edition)s: areas entered", edition=step.edition.label)), *figures]
    return Event(0, step.at, action, join_words(words), step.who, EventKind.AREA)
