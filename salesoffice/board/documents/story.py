"""What happened to a unit, in plain words from the audit entries."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString

from salesoffice.board.documents.changed import tell_change
from salesoffice.board.enums import EventKind
from salesoffice.core import clock
from salesoffice.core.money import format_yuan
from salesoffice.infra.i18n import _, _l, current_language
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import OverlayKind, ReleaseState
from salesoffice.papers.enums import PaperKind
from salesoffice.tracks.enums import TrackKind, TrackState

WORDS: Mapping[str, LazyString] = {
    "unit.added": _l("Unit entered"),
    "unit.imported": _l("Unit imported from a file"),
    "unit.placed": _l("Unit moved to its place"),
    "unit.edited": _l("Facts of the unit changed"),
    "unit.confirmed": _l("Room label confirmed"),
    "unit.withheld": _l("Kept back by management"),
    "unit.released": _l("Released for sale"),
    "areas.entered": _l("Areas entered"),
    "areas.checked": _l("Areas checked by a second person"),
    "overlay.placed": _l("Legal note entered"),
    "overlay.lifted": _l("Legal note lifted"),
    "unit_price.changed": _l("List price changed"),
    "waiting.joined": _l("A customer joined the waiting list"),
    "waiting.offered": _l("Offered to the first of the waiting list"),
    "waiting.taken": _l("Taken by the first of the waiting list"),
    "waiting.lapsed": _l("Offer to the waiting list ran out"),
    "waiting.withdrawn": _l("A customer left the waiting list"),
    "hold.placed": _l("Held"),
    "hold.extended": _l("Hold extended"),
    "hold.released": _l("Hold released"),
    "hold.expired": _l("Hold ran out"),
    "hold.shortened": _l("Extension of the hold undone"),
    "waiting.waiting": _l("A customer is back on their place of the waiting list"),
    "unit.release_undone": _l("Release or keeping back undone"),
    "attachment.added": _l("Paper attached"),
    "attachment.removed": _l("Paper taken out"),
    "attachment.restored": _l("Paper put back"),
    "contract.difference_resolved": _l("Decided whose entry of the contract was wrong"),
    "provisional.signed": _l("Provisional order signed"),
    "provisional.converted": _l("Provisional order turned into a subscription"),
    "provisional.cancelled": _l("Provisional order cancelled"),
    "provisional.voided": _l("Provisional order void, entered by mistake"),
    "provisional.expired": _l("Provisional order ran out"),
    "registration.made": _l("Interest registered"),
    "registration.renamed": _l("Registration given to another customer"),
    "registration.given_back": _l("Registration given back"),
    "registration.converted": _l("Earnest money of a registration carried over"),
    "subscription.signed": _l("Subscription agreement signed"),
    "subscription.printed": _l("Subscription agreement printed"),
    "subscription.extended": _l("Last day for signing moved"),
    "subscription.cancelled": _l("Subscription cancelled"),
    "subscription.forfeited": _l("Subscription forfeited"),
    "subscription.voided": _l("Subscription void, entered by mistake"),
    "subscription.swapped": _l("Subscription moved to another unit"),
    "subscription.revived": _l("Forfeited sale goes on with a new agreement"),
    "subscription.amended": _l("Subscription agreement amended"),
    "contract.entered": _l("Contract entered, waiting for the second entry"),
    "contract.checked": _l("Second entry of the contract differed"),
    "contract.corrected": _l("Contract corrected"),
    "contract.discarded": _l("Contract discarded"),
    "contract.verified": _l("Contract verified by a second person"),
    "contract.signed_online": _l("Contract signed online"),
    "contract.filed": _l("Contract filed"),
    "contract.cancelled": _l("Contract cancelled"),
    "contract.forfeited": _l("Contract forfeited"),
    "contract.swapped": _l("Contract ended by a swap"),
    "contract.amended": _l("Contract amended"),
    "contract.filing_withdrawn": _l("Filing withdrawn"),
    "accessory.bound": _l("Sold together with a flat"),
    "accessory.advanced": _l("Moved on together with its flat"),
    "change.requested": _l("Change asked for"),
    "change.applied": _l("Change in force"),
    "change.rejected": _l("Change rejected"),
    "change.withdrawn": _l("Change withdrawn"),
    "change.stale": _l("Change overtaken"),
    "change.undone": _l("Change undone"),
    "contract.delivered": _l("Handed over"),
    "track.moved": _l("After signing"),
    "paper.issued": _l("Paper issued"),
    "paper.superseded": _l("Paper no longer in force"),
    "notice.planned": _l("Engineering change notice: the buyers have to be told"),
    "notice.notified": _l("Engineering change notice: buyers told"),
    "notice.accepted": _l("Engineering change notice: accepted by the buyers"),
    "notice.withdrew": _l("Engineering change notice: the buyers withdraw from the contract"),
    "notice.silent": _l("Engineering change notice: no answer in time, counts as consent"),
    "deal.ended": _l("Deal ended"),
    "account.opened": _l("Account opened"),
    "account.ended": _l("Account closed"),
    "account.settled": _l("Settled what the seller keeps or owes"),
    "account.rescheduled": _l("New payment schedule"),
    "account.reopened": _l("Account opened again"),
    "receipt.recorded": _l("Receipt recorded"),
    "receipt.confirmed": _l("Receipt confirmed"),
    "receipt.refused": _l("Receipt refused"),
    "receipt.reversed": _l("Receipt reversed"),
    "receipt.carried": _l("Receipt carried over"),
    "receipt.carried_over": _l("Receipt made of money carried over"),
    "receipt.printed": _l("Receipt printed"),
    "refund.requested": _l("Refund asked for"),
    "refund.approved": _l("Refund approved"),
    "refund.rejected": _l("Refund rejected"),
}
"""Actions and what people call them."""


_KINDS: Mapping[str, EventKind] = {
    "unit.withheld": EventKind.RELEASE,
    "unit.released": EventKind.RELEASE,
    "unit.release_undone": EventKind.RELEASE,
    "attachment": EventKind.CONTRACT,
    "batch": EventKind.RELEASE,
    "unit": EventKind.FACTS,
    "areas": EventKind.AREA,
    "overlay": EventKind.OVERLAY,
    "unit_price": EventKind.PRICE,
    "hold": EventKind.HOLD,
    "waiting": EventKind.HOLD,
    "provisional": EventKind.HOLD,
    "registration": EventKind.OTHER,
    "subscription": EventKind.SUBSCRIPTION,
    "deal": EventKind.SUBSCRIPTION,
    "accessory": EventKind.SUBSCRIPTION,
    "change": EventKind.SUBSCRIPTION,
    "contract": EventKind.CONTRACT,
    "notice": EventKind.CONTRACT,
    "track": EventKind.CONTRACT,
    "paper": EventKind.CONTRACT,
    "account": EventKind.MONEY,
    "receipt": EventKind.MONEY,
    "refund": EventKind.MONEY,
}
"""What an action, or all actions about a thing, have to do with."""

FACTS: Mapping[str, LazyString] = {
    "building": _l("Building"),
    "section": _l("Section"),
    "floor": _l("Floor"),
    "unit_type": _l("Unit type"),
    "usage": _l("Usage"),
    "orientation": _l("Orientation"),
    "view": _l("View"),
    "light": _l("Light"),
    "storey_height": _l("Storey height"),
    "gross_area": _l("Gross area"),
    "inner_area": _l("Inner area"),
    "shared_area": _l("Shared area"),
    "release_state": _l("Release state"),
}
"""What is told as old and new value, with its name. Values are words or numbers as people know them."""


@dataclass(frozen=True)
class Event:
    """One line of a unit's story."""

    sequence: int
    at: datetime
    action: str
    text: str
    actor_name: str
    kind: EventKind


def kind_of(action: str) -> EventKind:
    """Tell what an action has to do with."""
    return _KINDS.get(action) or _KINDS.get(action.partition(".")[0], EventKind.OTHER)


def tell_story(
    entries: Sequence[AuditEntry], *, sees_details: Callable[[AuditEntry], bool] = lambda _entry: True
) -> list[Event]:
    """Tell a history, in the order given. Names and numbers of customers never appear.

    Reasons, numbers and amounts are left out of entries for which `sees_details` says no.
    """
    return [
        Event(
            entry.sequence,
            entry.at,
            entry.action,
            _tell(entry, sees_details(entry)),
            entry.actor_name,
            kind_of(entry.action),
        )
        for entry in entries
    ]


def join_words(words: Sequence[str]) -> str:
    """Join the parts of an event's text as the reader's language does."""
    return ("; " if current_language() == "en" else "；").join(words)


def _tell(entry: AuditEntry, sees_details: bool) -> str:
    words = str(WORDS.get(entry.action) or _("Changed (%(action)s)", action=entry.action))
    if not sees_details:
        return words
    before, after = json.loads(entry.before), json.loads(entry.after)
    details = [detail for detail in _details(after) if detail]
    return join_words(
        [
            words,
            *_overlay(entry.action, after),
            *_track(entry.action, after),
            *_paper(entry.action, after),
            *tell_change(entry.action, before, after),
            *details,
            *_changed(entry.action, before, after),
        ]
    )


def _overlay(action: str, after: Mapping[str, object]) -> list[str]:
    if not action.startswith("overlay."):
        return []
    kinds = {kind.value: str(kind.label) for kind in OverlayKind}
    return [
        word for word in (kinds.get(str(after.get("kind")), ""), str(after.get("reference") or "")) if word
    ]


def _track(action: str, after: Mapping[str, object]) -> list[str]:
    if action != "track.moved":
        return []
    labels = {member.value: str(member.label) for member in (*TrackKind, *TrackState)}
    return [f"{labels.get(str(after.get('kind')), '')}: {labels.get(str(after.get('state')), '')}"]


def _paper(action: str, after: Mapping[str, object]) -> list[str]:
    if not action.startswith("paper."):
        return []
    return [str(kind.label) for kind in PaperKind if kind.value == after.get("kind")]


def _changed(action: str, before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Tell old and new value of each fact; a withheld unit's state is said by the action itself."""
    if action in {"unit.withheld", "unit.released", "unit.release_undone"}:
        return []
    names = [name for name in FACTS if name in before and name in after and before[name] != after[name]]
    return [
        str(
            _(
                "%(fact)s: %(old)s → %(new)s",
                fact=FACTS[name],
                old=_value(name, before[name]),
                new=_value(name, after[name]),
            )
        )
        for name in names
    ]


def _value(name: str, value: object) -> str:
    if name == "release_state":
        return str(next((state.label for state in ReleaseState if state.value == value), value))
    return "–" if value in (None, "") else str(value)


def _details(after: Mapping[str, object]) -> list[str]:
    return [
        str(_("reason: %(reason)s", reason=after["reason"])) if after.get("reason") else "",
        _until(after.get("until") or after.get("withheld_until") or after.get("expires_at")),
        str(_("number %(number)s", number=after["number"])) if after.get("number") else "",
        _amount(
            after.get("total")
            or after.get("list_total")
            or after.get("list_total_amount")
            or after.get("amount")
        ),
    ]


def _until(value: object) -> str:
    if not isinstance(value, str) or not value:
        return ""
    try:
        if len(value) > len("2026-01-01"):
            return str(
                _("until %(until)s", until=clock.local(datetime.fromisoformat(value)).strftime("%m-%d %H:%M"))
            )
        return str(_("until %(until)s", until=date.fromisoformat(value).isoformat()))
    except ValueError:
        return ""


def _amount(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return ""
    return str(_("%(amount)s yuan", amount=format_yuan(value)))
