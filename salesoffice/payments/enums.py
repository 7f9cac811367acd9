"""States and kinds of money due and received."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class PlanKind(LabelledEnum):
    """How a buyer pays the price."""

    FULL = "full", _l("In full")
    MORTGAGE = "mortgage", _l("Mortgage")
    INSTALMENTS = "instalments", _l("Three instalments")


class InstalmentKind(LabelledEnum):
    """What an amount due is for."""

    DEPOSIT = "deposit", _l("Deposit")
    DOWN_PAYMENT = "down_payment", _l("Down payment")
    HOUSE_PRICE = "house_price", _l("House price")
    MORTGAGE = "mortgage", _l("Mortgage loan")
    PROVIDENT_FUND = "provident_fund", _l("Provident fund loan")
    AREA_DIFFERENCE = "area_difference", _l("Area difference")


class ReceiptKind(LabelledEnum):
    """What an amount received is for."""

    EARNEST_MONEY = "earnest_money", _l("Earnest money")
    PROVISIONAL = "provisional", _l("Provisional order money")
    DEPOSIT = "deposit", _l("Deposit")
    DOWN_PAYMENT = "down_payment", _l("Down payment")
    HOUSE_PRICE = "house_price", _l("House price")
    MORTGAGE = "mortgage", _l("Mortgage loan")
    PROVIDENT_FUND = "provident_fund", _l("Provident fund loan")
    AREA_DIFFERENCE = "area_difference", _l("Area difference")
    FIT_OUT = "fit_out", _l("Fit-out")
    DEED_TAX = "deed_tax", _l("Deed tax (collected on behalf)")
    MAINTENANCE_FUND = "maintenance_fund", _l("Maintenance fund (collected on behalf)")
    REGISTRATION_FEE = "registration_fee", _l("Registration fee (collected on behalf)")
    LATE_FEE = "late_fee", _l("Late fee")
    PENALTY = "penalty", _l("Penalty")


class PaymentMethod(LabelledEnum):
    """How money reached the office."""

    CASH = "cash", _l("Cash")
    POS = "pos", _l("Card terminal")
    TRANSFER = "transfer", _l("Bank transfer")
    CHEQUE = "cheque", _l("Cheque")
    QR = "qr", _l("QR payment")
    LOAN = "loan", _l("Loan paid out by the bank")
    CARRIED = "carried", _l("Carried over")


class ReceiptState(LabelledEnum):
    """Life of a receipt; only a confirmed one counts as paid."""

    RECORDED = "recorded", _l("Recorded")
    CONFIRMED = "confirmed", _l("Confirmed")
    REFUSED = "refused", _l("Refused")
    REVERSED = "reversed", _l("Reversed")


class AccountState(LabelledEnum):
    """An account takes money while its deal is under way, then gives back what is left, then it is closed."""

    OPEN = "open", _l("Account open")
    SETTLING = "settling", _l("To be paid back")
    CLOSED = "closed", _l("Account closed")


class AccountKind(LabelledEnum):
    """Whether an account is for the price of a unit or for earnest money only."""

    PRICE = "price", _l("Price")
    EARNEST = "earnest", _l("Earnest money")


class SettlementKind(LabelledEnum):
    """What is settled when a sale ends: what the seller keeps, or owes beyond what came in."""

    RETAINED = "retained", _l("Kept by the seller")
    COMPENSATION = "compensation", _l("Compensation by the seller")


class RefundState(LabelledEnum):
    """Life of a refund; a second person decides."""

    REQUESTED = "requested", _l("Requested")
    APPROVED = "approved", _l("Approved")
    REJECTED = "rejected", _l("Rejected")


RECEIPT_STEPS: Mapping[ReceiptState, frozenset[ReceiptState]] = MappingProxyType(
    {
        ReceiptState.RECORDED: frozenset({ReceiptState.CONFIRMED, ReceiptState.REFUSED}),
        ReceiptState.CONFIRMED: frozenset({ReceiptState.REVERSED}),
        ReceiptState.REFUSED: frozenset(),
        ReceiptState.REVERSED: frozenset(),
    }
)
"""From which state a receipt may go to which."""

REFUND_STEPS: Mapping[RefundState, frozenset[RefundState]] = MappingProxyType(
    {
        RefundState.REQUESTED: frozenset({RefundState.APPROVED, RefundState.REJECTED}),
        RefundState.APPROVED: frozenset(),
        RefundState.REJECTED: frozenset(),
    }
)
"""From which state a refund may go to which."""

LOAN_KINDS = frozenset({ReceiptKind.MORTGAGE, ReceiptKind.PROVIDENT_FUND})
"""House money that a lender pays; the rest of the house money is the buyer's own."""

HOUSE_KINDS = LOAN_KINDS | {ReceiptKind.DEPOSIT, ReceiptKind.DOWN_PAYMENT, ReceiptKind.HOUSE_PRICE}
"""Kinds that count as collected (回款) and pay the schedule of a deal."""

PAYING_KINDS = HOUSE_KINDS | {ReceiptKind.AREA_DIFFERENCE}
"""Kinds that pay instalments; the area difference pays only its own."""

REFUNDABLE_KINDS = frozenset({ReceiptKind.EARNEST_MONEY, ReceiptKind.PROVISIONAL})
"""Money that is given back when nothing comes of it (订金, 诚意金); a deposit (定金) is not."""

RECORDABLE_METHODS = tuple(method for method in PaymentMethod if method is not PaymentMethod.CARRIED)
"""How money can reach the office; what is carried over is there already."""
