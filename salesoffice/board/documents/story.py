"""What happened to a unit, in plain words from the audit entries."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import LazyString

from salesoffice.core import clock
from salesoffice.core.money import format_yuan
from salesoffice.infra.i18n import _, _l, current_language
from salesoffice.infra.models import AuditEntry

WORDS: Mapping[str, LazyString] = {
    "unit.added": _l("Unit entered"),
    "unit.imported": _l("Unit imported from a file"),
    "unit.placed": _l("Unit moved to its place"),
    "unit.edited": _l("Facts of the unit changed"),
    "unit.confirmed": _l("Room label confirmed"),
    "unit.withheld": _l("Kept back by management"),
    "unit.released": _l("Released for sale"),
    "unit_price.changed": _l("List price changed"),
    "hold.placed": _l("Held"),
    "hold.extended": _l("Hold extended"),
    "hold.released": _l("Hold released"),
    "hold.expired": _l("Hold ran out"),
    "subscription.signed": _l("Subscription agreement signed"),
    "subscription.printed": _l("Subscription agreement printed"),
    "subscription.extended": _l("Last day for signing moved"),
    "subscription.cancelled": _l("Subscription cancelled"),
    "contract.entered": _l("Contract entered, waiting for the second entry"),
    "contract.checked": _l("Second entry of the contract differed"),
    "contract.corrected": _l("Contract corrected"),
    "contract.discarded": _l("Contract discarded"),
    "contract.verified": _l("Contract verified by a second person"),
    "contract.signed_online": _l("Contract signed online"),
    "contract.filed": _l("Contract filed"),
    "contract.cancelled": _l("Contract cancelled"),
    "deal.ended": _l("Deal ended"),
    "account.opened": _l("Account opened"),
    "account.ended": _l("Account closed"),
    "receipt.recorded": _l("Receipt recorded"),
    "receipt.confirmed": _l("Receipt confirmed"),
    "receipt.refused": _l("Receipt refused"),
    "receipt.reversed": _l("Receipt reversed"),
    "receipt.printed": _l("Receipt printed"),
    "refund.requested": _l("Refund asked for"),
    "refund.approved": _l("Refund approved"),
    "refund.rejected": _l("Refund rejected"),
}
"""Actions and what people call them."""


@dataclass(frozen=True)
class Event:
    """One line of a unit's story."""

    sequence: int
    at: datetime
    action: str
    text: str
    actor_name: str


def tell_story(
    entries: Sequence[AuditEntry], *, sees_details: Callable[[AuditEntry], bool] = lambda _entry: True
) -> list[Event]:
    """Tell a history, in the order given. Names and numbers of customers never appear.

    Reasons, numbers and amounts are left out of entries for which `sees_details` says no.
    """
    return [
        Event(entry.sequence, entry.at, entry.action, _tell(entry, sees_details(entry)), entry.actor_name)
        for entry in entries
    ]


def _tell(entry: AuditEntry, sees_details: bool) -> str:
    words = str(WORDS.get(entry.action) or _("Changed (%(action)s)", action=entry.action))
    if not sees_details:
        return words
    details = [detail for detail in _details(json.loads(entry.after)) if detail]
    return ("; " if current_language() == "en" else "；").join([words, *details])


def _details(after: Mapping[str, object]) -> list[str]:
    return [
        str(_("reason: %(reason)s", reason=after["reason"])) if after.get("reason") else "",
        _until(after.get("until") or after.get("withheld_until") or after.get("expires_at")),
        str(_("number %(number)s", number=after["number"])) if after.get("number") else "",
        _amount(after.get("total") or after.get("list_total") or after.get("amount")),
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
