"""The claim on a unit, the deal it belongs to, and the state everybody sees."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class UnitState(LabelledEnum):
    """The one state of a unit that board, pages and API show; always derived, never stored."""

    UNRELEASED = "unreleased", _l("Unreleased")
    AVAILABLE = "available", _l("Available")
    WITHHELD = "withheld", _l("Withheld")
    HELD = "held", _l("Held")
    PROVISIONAL = "provisional", _l("Provisional order")
    SUBSCRIBED = "subscribed", _l("Subscribed")
    CONTRACTED = "contracted", _l("Contracted")
    SIGNED_ONLINE = "signed_online", _l("Signed online")
    FILED = "filed", _l("Filed")
    DELIVERED = "delivered", _l("Delivered")


class ClaimKind(LabelledEnum):
    """How far the open claim of a unit has come."""

    HOLD = "hold", _l("Hold")
    PROVISIONAL = "provisional", _l("Provisional order")
    SUBSCRIPTION = "subscription", _l("Subscription")
    CONTRACT = "contract", _l("Draft contract")
    SIGNED_ONLINE = "signed_online", _l("Contract signed online")
    FILED = "filed", _l("Contract filed")
    DELIVERED = "delivered", _l("Handed over")


class ClaimEnd(LabelledEnum):
    """How a claim ended."""

    RELEASE = "release", _l("Hold released")
    EXPIRE = "expire", _l("Expired")
    CANCEL = "cancel", _l("Cancelled")
    SWAP = "swap", _l("Swapped for another unit")
    FORFEIT = "forfeit", _l("Forfeited")
    VOID = "void", _l("Void, entered by mistake")


class Stage(LabelledEnum):
    """A step of a sale that papers may have to be complete for."""

    SUBSCRIBE = "subscribe", _l("Subscription")
    CONTRACT = "contract", _l("Contract")
    SIGN_ONLINE = "sign_online", _l("Online signing")
    FILE = "file", _l("Filing")
    HAND_OVER = "hand_over", _l("Handover")


class AttachmentKind(LabelledEnum):
    """What an attached paper is."""

    CERTIFICATE = "certificate", _l("Copy of the certificate")
    HOUSEHOLD = "household", _l("Household register or marriage certificate")
    ENTITLEMENT = "entitlement", _l("Proof of the right to buy")
    DEPOSIT_SLIP = "deposit_slip", _l("Slip of the deposit")
    SIGNED_AGREEMENT = "signed_agreement", _l("Signed subscription agreement")
    SIGNED_CONTRACT = "signed_contract", _l("Signed contract")
    LOAN_APPROVAL = "loan_approval", _l("Approval of the loan")
    APPLICATION = "application", _l("Signed application")
    HANDOVER_RECORD = "handover_record", _l("Record of the handover")
    OTHER = "other", _l("Another paper")


class DealState(LabelledEnum):
    """A deal is open as long as its claim is, then ended for good."""

    OPEN = "open", _l("Under way")
    ENDED = "ended", _l("Ended")


class NotFreeReason(LabelledEnum):
    """Why a unit cannot be claimed now; the values are the codes of the refusals."""

    UNIT_TAKEN = "unit_taken", _l("Another claim on this unit is open.")
    UNIT_WITHHELD = "unit_withheld", _l("Management is keeping this unit back.")
    UNIT_NOT_RELEASED = "unit_not_released", _l("This unit has not been released for sale.")
    UNIT_OVERLAID = (
        "unit_overlaid",
        _l(
            "This unit is mortgaged, seized or restricted. It can be sold once the office has noted that this is lifted."
        ),
    )
    PERMIT_MISSING = "permit_missing", _l("No pre-sale permit covers this unit yet.")


CLAIM_STEPS: Mapping[ClaimKind, frozenset[ClaimKind]] = MappingProxyType(
    {
        ClaimKind.HOLD: frozenset({ClaimKind.PROVISIONAL, ClaimKind.SUBSCRIPTION}),
        ClaimKind.PROVISIONAL: frozenset({ClaimKind.SUBSCRIPTION}),
        ClaimKind.SUBSCRIPTION: frozenset({ClaimKind.CONTRACT}),
        ClaimKind.CONTRACT: frozenset({ClaimKind.SIGNED_ONLINE}),
        ClaimKind.SIGNED_ONLINE: frozenset({ClaimKind.FILED}),
        ClaimKind.FILED: frozenset({ClaimKind.DELIVERED}),
        ClaimKind.DELIVERED: frozenset(),
    }
)
"""To which kind an open claim may move on."""

_AGREED_ENDS = frozenset({ClaimEnd.CANCEL, ClaimEnd.SWAP, ClaimEnd.FORFEIT, ClaimEnd.VOID})

CLAIM_ENDS: Mapping[ClaimKind, frozenset[ClaimEnd]] = MappingProxyType(
    {
        ClaimKind.HOLD: frozenset({ClaimEnd.RELEASE, ClaimEnd.EXPIRE, ClaimEnd.VOID}),
        ClaimKind.PROVISIONAL: frozenset({ClaimEnd.EXPIRE, ClaimEnd.CANCEL, ClaimEnd.SWAP, ClaimEnd.VOID}),
        ClaimKind.SUBSCRIPTION: _AGREED_ENDS,
        ClaimKind.CONTRACT: _AGREED_ENDS,
        ClaimKind.SIGNED_ONLINE: _AGREED_ENDS,
        ClaimKind.FILED: frozenset(),
        ClaimKind.DELIVERED: frozenset(),
    }
)
"""How a claim of each kind may end; a filed one first has its filing withdrawn."""

FILING_WITHDRAWN: Mapping[ClaimKind, ClaimKind] = MappingProxyType({ClaimKind.FILED: ClaimKind.SIGNED_ONLINE})
"""The one step back: withdrawing a filing leaves a contract that is signed online."""

UNIT_STATE_OF_CLAIM: Mapping[ClaimKind, UnitState] = MappingProxyType(
    {
        ClaimKind.HOLD: UnitState.HELD,
        ClaimKind.PROVISIONAL: UnitState.PROVISIONAL,
        ClaimKind.SUBSCRIPTION: UnitState.SUBSCRIBED,
        ClaimKind.CONTRACT: UnitState.CONTRACTED,
        ClaimKind.SIGNED_ONLINE: UnitState.SIGNED_ONLINE,
        ClaimKind.FILED: UnitState.FILED,
        ClaimKind.DELIVERED: UnitState.DELIVERED,
    }
)
"""The state a unit shows while it has an open claim of this kind."""

TIMED_KINDS = frozenset({ClaimKind.HOLD, ClaimKind.PROVISIONAL})
"""Claims that expire by time."""

SOLD_STATES = frozenset(
    {
        UnitState.SUBSCRIBED,
        UnitState.CONTRACTED,
        UnitState.SIGNED_ONLINE,
        UnitState.FILED,
        UnitState.DELIVERED,
    }
)
"""States that count as sold."""

UNSOLD_STATES = frozenset({UnitState.AVAILABLE, UnitState.WITHHELD, UnitState.HELD, UnitState.PROVISIONAL})
"""States that count as unsold in the statistics (available + withheld + held + provisional)."""

PERSONAL_KINDS = frozenset({AttachmentKind.CERTIFICATE, AttachmentKind.HOUSEHOLD, AttachmentKind.ENTITLEMENT})
"""Papers that carry personal numbers: opened only by who may see certificate numbers."""
