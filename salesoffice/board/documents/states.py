"""The transition tables of every axis, for the page and for docs/states.md: the same data as services and buttons use."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import LazyString

from salesoffice.approvals.enums import REQUEST_STEPS, TASK_STEPS
from salesoffice.changes.enums import CHANGE_STEPS, CHANGES_OF_CLAIM, ENDED_KINDS
from salesoffice.contracts.enums import CONTRACT_STEPS
from salesoffice.deals.enums import CLAIM_ENDS, CLAIM_STEPS, FILING_WITHDRAWN, UNIT_STATE_OF_CLAIM, ClaimKind
from salesoffice.deals.rules import derive_unit_state, why_not_free
from salesoffice.infra.i18n import _l, speak
from salesoffice.inventory.enums import OverlayKind, ReleaseState
from salesoffice.payments.enums import RECEIPT_STEPS, REFUND_STEPS
from salesoffice.pricing.enums import PRICE_VERSION_STEPS
from salesoffice.registrations.enums import REGISTRATION_STEPS
from salesoffice.reservations.enums import HOLD_STEPS, PROVISIONAL_STEPS, SUBSCRIPTION_STEPS, WAITING_STEPS
from salesoffice.stationery.enums import FORM_STEPS
from salesoffice.tracks.enums import TRACK_STEPS


@dataclass(frozen=True)
class Axis:
    """One table: what its two columns are called, and its rows of labels; codes stand beside them."""

    key: str
    title: LazyString
    heads: tuple[LazyString, LazyString]
    rows: tuple[tuple[Any, tuple[Any, ...]], ...]


_STEP_HEADS = (_l("State"), _l("may become"))


def build_axes() -> list[Axis]:
    """Build the tables: release, overlay, claim, tracks, then the documents and what goes with them."""
    released = tuple(
        (state, (derive_unit_state(state.value, is_permitted=True, claim_kind=None),))
        for state in ReleaseState
    )
    overlaid = why_not_free(ReleaseState.RELEASED.value, is_permitted=True, claim_kind=None, is_overlaid=True)
    withdrawn = {kind: frozenset({target}) for kind, target in FILING_WITHDRAWN.items()}
    forward = {kind: steps | withdrawn.get(kind, frozenset()) for kind, steps in CLAIM_STEPS.items()}
    return [
        Axis("release", _l("Release"), (_l("State"), _l("The unit then is, with a permit and without a claim")), released),
        Axis("overlay", _l("Legal overlay"), (_l("While it stands"), _l("a new claim is refused")),
             tuple((kind, (overlaid,)) for kind in OverlayKind)),
        _steps("claim", _l("Claim"), forward),
        Axis("claim_ends", _l("How a claim ends"), (_l("Claim"), _l("may end as")), _rows(CLAIM_ENDS)),
        Axis("unit_state", _l("The state everybody sees"), (_l("Claim"), _l("The unit then is")),
             tuple((kind, (UNIT_STATE_OF_CLAIM[kind],)) for kind in ClaimKind)),
        _steps("track", _l("Service after signing, each track"), TRACK_STEPS),
        _steps("hold", _l("Hold"), HOLD_STEPS),
        _steps("waiting", _l("Place on the waiting list"), WAITING_STEPS),
        _steps("registration", _l("Registration"), REGISTRATION_STEPS),
        _steps("provisional", _l("Provisional order"), PROVISIONAL_STEPS),
        _steps("subscription", _l("Subscription agreement"), SUBSCRIPTION_STEPS),
        _steps("contract", _l("Contract"), CONTRACT_STEPS),
        Axis("changes", _l("Changes of a sale"), (_l("Change"), _l("possible while the claim is")),
             tuple((kind, _ordered(CHANGES_OF_CLAIM[kind]) or (_l("ended by forfeiture"),)) for kind in CHANGES_OF_CLAIM
                   if CHANGES_OF_CLAIM[kind] or kind in ENDED_KINDS)),
        _steps("change", _l("A change"), CHANGE_STEPS),
        _steps("request", _l("Request for approval"), REQUEST_STEPS),
        _steps("task", _l("One person's part in a request"), TASK_STEPS),
        _steps("receipt", _l("Receipt"), RECEIPT_STEPS),
        _steps("refund", _l("Refund"), REFUND_STEPS),
        _steps("price_version", _l("Price version"), PRICE_VERSION_STEPS),
        _steps("form", _l("Numbered form"), FORM_STEPS),
    ]  # fmt: skip


def build_states_document() -> str:
    """Build the text of docs/states.md, in English."""
    lines = [
        "# States and what may follow",
        "",
        "Made from the tables in `salesoffice/*/enums.py` by `python -m salesoffice.cli states`; a test keeps both in",
        "agreement. Services, buttons, the page “Why can't I…” of a unit and the tests read the same tables.",
        "",
    ]
    with speak("en"):
        for axis in build_axes():
            lines += [f"## {axis.title}", "", f"| {axis.heads[0]} | {axis.heads[1]} |", "| --- | --- |"]
            for state, followers in axis.rows:
                lines.append(f"| {_write(state)} | {', '.join(_write(one) for one in followers) or '–'} |")
            lines.append("")
    return "\n".join(lines)


def _steps(key: str, title: LazyString, table: Mapping[Any, frozenset[Any]]) -> Axis:
    return Axis(key, title, _STEP_HEADS, _rows(table))


def _rows(table: Mapping[Any, frozenset[Any]]) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    return tuple((state, _ordered(followers)) for state, followers in table.items())


def _ordered(members: frozenset[Any]) -> tuple[Any, ...]:
    """Return members in the order of their enumeration."""
    if not members:
        return ()
    return tuple(one for one in type(next(iter(members))) if one in members)


def _write(state: Any) -> str:
    if isinstance(state, StrEnum):
        return f"{getattr(state, 'label', state)} (`{state.value}`)"
    return str(state)
