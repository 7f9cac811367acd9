"""What can be changed about a sale, why, through whose fault, and how far a change has come."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum
from salesoffice.deals.enums import ClaimKind


class ChangeKind(LabelledEnum):
    """The kinds of change, the most frequent first."""

    EXTENSION = "extension", _l("Extension of signing")
    SCHEDULE = "schedule", _l("Change of the payment plan")
    CO_OWNER = "co_owner", _l("Co-owners")
    PAYMENT_DATES = "payment_dates", _l("Payment dates")
    PRICE = "price", _l("Price or discount")
    CANCELLATION = "cancellation", _l("Cancellation")
    AREA_SETTLEMENT = "area_settlement", _l("Area settlement")
    LOAN = "loan", _l("Bank and loan")
    REFUND_AFTER_FORFEITURE = "refund_after_forfeiture", _l("Refund after forfeiture")
    FORFEITURE = "forfeiture", _l("Forfeiture")
    REVIVAL = "revival", _l("Revival of a forfeited sale")
    SWAP = "swap", _l("Unit swap")
    NAME_CHANGE = "name_change", _l("Name change")
    PRINCIPAL = "principal", _l("Change of the principal buyer")
    FILING_WITHDRAWAL = "filing_withdrawal", _l("Withdrawal of the filing")
    VOID = "void", _l("Void, entered by mistake")


class ChangeState(LabelledEnum):
    """Life of a change."""

    REQUESTED = "requested", _l("Waiting for approval")
    APPLIED = "applied", _l("Applied")
    REJECTED = "rejected", _l("Rejected")
    WITHDRAWN = "withdrawn", _l("Withdrawn")
    STALE = "stale", _l("Overtaken by another change")
    UNDONE = "undone", _l("Undone")


class Fault(LabelledEnum):
    """Through whose fault a sale ends; it decides what happens to the deposit."""

    NONE = "none", _l("Nobody's fault")
    BUYER = "buyer", _l("The buyer's fault")
    SELLER = "seller", _l("The seller's fault")


class ReasonCode(LabelledEnum):
    """Why something changes; the words beside it say more."""

    BUYERS_WISH = "buyers_wish", _l("The buyer wishes it")
    FUNDS_LATE = "funds_late", _l("The buyer's money comes later")
    LOAN_REFUSED = "loan_refused", _l("The bank refused the loan")
    NOT_ENTITLED = "not_entitled", _l("The buyer may not buy under the city's rules")
    FAMILY = "family", _l("Family matters")
    BOUGHT_ELSEWHERE = "bought_elsewhere", _l("Bought elsewhere")
    UNHAPPY_WITH_UNIT = "unhappy_with_unit", _l("Not content with the unit")
    PRICE_CHANGED = "price_changed", _l("The price or the discount changed")
    DESIGN_CHANGED = "design_changed", _l("The design changed")
    FINAL_SURVEY = "final_survey", _l("Final survey")
    DEADLINE_PASSED = "deadline_passed", _l("The deadline passed")
    SELLERS_CAUSE = "sellers_cause", _l("Cause on the seller's side")
    ENTRY_ERROR = "entry_error", _l("Entered by mistake")
    OTHER = "other", _l("Something else")


CHANGE_STEPS: Mapping[ChangeState, frozenset[ChangeState]] = MappingProxyType(
    {
        ChangeState.REQUESTED: frozenset(
            {ChangeState.APPLIED, ChangeState.REJECTED, ChangeState.WITHDRAWN, ChangeState.STALE}
        ),
        ChangeState.APPLIED: frozenset({ChangeState.UNDONE}),
        ChangeState.REJECTED: frozenset(),
        ChangeState.WITHDRAWN: frozenset(),
        ChangeState.STALE: frozenset(),
        ChangeState.UNDONE: frozenset(),
    }
)
"""From which state a change may go to which."""

_SUBSCRIBED = frozenset({ClaimKind.SUBSCRIPTION})
_UNFILED = frozenset({ClaimKind.SUBSCRIPTION, ClaimKind.CONTRACT, ClaimKind.SIGNED_ONLINE})
_SIGNED = frozenset({ClaimKind.CONTRACT, ClaimKind.SIGNED_ONLINE, ClaimKind.FILED})
_ANY = _UNFILED | {ClaimKind.FILED}

CHANGES_OF_CLAIM: Mapping[ChangeKind, frozenset[ClaimKind]] = MappingProxyType(
    {
        ChangeKind.EXTENSION: _SUBSCRIBED,
        ChangeKind.SCHEDULE: _ANY,
        ChangeKind.CO_OWNER: _UNFILED,
        ChangeKind.PAYMENT_DATES: _ANY,
        ChangeKind.PRICE: _UNFILED,
        ChangeKind.CANCELLATION: _UNFILED | {ClaimKind.PROVISIONAL},
        ChangeKind.AREA_SETTLEMENT: _SIGNED | {ClaimKind.DELIVERED},
        ChangeKind.LOAN: _ANY,
        ChangeKind.REFUND_AFTER_FORFEITURE: frozenset(),
        ChangeKind.FORFEITURE: _UNFILED,
        ChangeKind.REVIVAL: frozenset(),
        ChangeKind.SWAP: _UNFILED,
        ChangeKind.NAME_CHANGE: _UNFILED,
        ChangeKind.PRINCIPAL: _UNFILED,
        ChangeKind.FILING_WITHDRAWAL: frozenset({ClaimKind.FILED}),
        ChangeKind.VOID: _SUBSCRIBED | {ClaimKind.PROVISIONAL},
    }
)
"""While the flat's claim is of which kind a change is possible; empty: only after the sale has ended.

What is filed with the authority has its filing withdrawn before the unit, the buyers or the price change.
"""

ENDED_KINDS = frozenset({ChangeKind.REFUND_AFTER_FORFEITURE, ChangeKind.REVIVAL})
"""Changes of a sale that has ended by forfeiture."""

UNDOABLE_KINDS = frozenset({ChangeKind.EXTENSION, ChangeKind.PAYMENT_DATES, ChangeKind.LOAN})
"""Cheap changes that the same person may take back within ten minutes."""

KIND_HELP: Mapping[ChangeKind, LazyString] = MappingProxyType(
    {
        ChangeKind.EXTENSION: _l("The contract may be signed some days later; the days add up."),
        ChangeKind.SCHEDULE: _l("Another way to pay, with a new schedule; the money paid stays."),
        ChangeKind.CO_OWNER: _l("Add or remove co-owners, or change their shares."),
        ChangeKind.PAYMENT_DATES: _l("Amounts due later or earlier; the amounts stay."),
        ChangeKind.PRICE: _l("Another price or other discounts, within the limits."),
        ChangeKind.CANCELLATION: _l("The sale ends by agreement; the money is settled by whose fault it is."),
        ChangeKind.AREA_SETTLEMENT: _l("Settle the difference of the final survey by the 3 % rule."),
        ChangeKind.LOAN: _l("Another bank, other years of the loan."),
        ChangeKind.REFUND_AFTER_FORFEITURE: _l("Give back some or all of the deposit that was kept."),
        ChangeKind.FORFEITURE: _l("The buyer does not sign: the deposit is kept, the unit comes back."),
        ChangeKind.REVIVAL: _l("A forfeited sale goes on under the same number on the old terms."),
        ChangeKind.SWAP: _l("The buyer takes another unit; the money moves with the sale."),
        ChangeKind.NAME_CHANGE: _l("Correct the name or the certificate of a buyer."),
        ChangeKind.PRINCIPAL: _l("Another of the buyers becomes the principal one."),
        ChangeKind.FILING_WITHDRAWAL: _l(
            "The authority takes the filing back; then unit, buyers or price may change."
        ),
        ChangeKind.VOID: _l("It was entered by mistake and nobody has paid; the unit is on sale as before."),
    }
)
"""What each kind does, in one sentence."""
