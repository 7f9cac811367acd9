"""Decisions about money due and received: schedules, allocation, balances, late fees. All amounts are fen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.calendar import add_months
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.money import format_yuan, rate_of, round_down_to, split
from salesoffice.payments.enums import (
    RECEIPT_STEPS,
    REFUND_STEPS,
    InstalmentKind,
    PlanKind,
    ReceiptState,
    RefundState,
)

RECEIPT_SERIES, RECEIPT_TEMPLATE = "receipt", "SJ{number:06d}"
REFUND_SERIES, REFUND_TEMPLATE = "refund", "TK{number:06d}"
"""Number series of a project and how their numbers look."""

_INSTALMENT_COUNT = 3
_USUAL_DEPOSIT_RATE = Decimal("0.05")
_DEPOSIT_STEP = 10_000_00


class ScheduleImpossible(DomainError):
    """No schedule can be made of these figures."""

    def __init__(self, message: LazyString, *, code: str = "schedule_impossible") -> None:
        super().__init__(message, code=code, status=422)


class DepositAboveFirstInstalment(ScheduleImpossible):
    """The deposit is deducted from the first part of the price and must not be larger than it."""

    def __init__(self, deposit: int, first: int) -> None:
        message = _l(
            "The deposit of %(deposit)s yuan is more than the first part of the price, %(first)s yuan.",
            deposit=format_yuan(deposit),
            first=format_yuan(first),
        )
        super().__init__(message, code="deposit_above_first_instalment")


class LoanTooSmall(ScheduleImpossible):
    """Nothing is left for the bank after the down payment and rounding the loan down."""

    def __init__(self) -> None:
        message = _l("The price leaves no loan after the down payment; choose another payment plan.")
        super().__init__(message, code="loan_too_small")


class ScheduleMismatch(DomainError):
    """The instalments do not add up to the price."""

    def __init__(self, total: int, scheduled: int) -> None:
        message = _l(
            "The instalments add up to %(scheduled)s yuan, but the price is %(total)s yuan.",
            scheduled=format_yuan(scheduled),
            total=format_yuan(total),
        )
        super().__init__(message, code="schedule_mismatch", total=total, scheduled=scheduled)


class SettlementTooHigh(DomainError):
    """The seller cannot keep more than is on the account, nor take back more than was noted."""

    def __init__(self, amount: int, there: int) -> None:
        message = _l(
            "%(amount)s yuan cannot be settled: %(there)s yuan are on the account.",
            amount=format_yuan(amount),
            there=format_yuan(there),
        )
        super().__init__(message, code="settlement_too_high", amount_fen=amount, limit_fen=there)


class ReceiptAmountInvalid(DomainError):
    """Only an amount above zero can be received."""

    def __init__(self) -> None:
        super().__init__(
            _l("The amount received must be larger than zero."), code="amount_invalid", status=422
        )


@dataclass(frozen=True)
class InstalmentDraft:
    """One amount due; `position` counts from 1, `is_loan` marks what a lender pays."""

    position: int
    kind: InstalmentKind
    due_on: date
    amount: int
    is_loan: bool


@dataclass(frozen=True)
class InstalmentLine:
    """What is known of one instalment when money is allocated or a balance is drawn."""

    id: int
    position: int
    due_on: date
    amount: int
    paid: int

    @property
    def open_amount(self) -> int:
        """What is still missing."""
        return max(self.amount - self.paid, 0)


@dataclass(frozen=True)
class AllocationDraft:
    """A part of a receipt that pays an instalment."""

    instalment_id: int
    amount: int


@dataclass(frozen=True)
class Balance:
    """An account on a day.

    `due` is everything with a due date up to and including the day, `paid` all confirmed money,
    `overdue` what is missing of instalments that were due before the day.
    """

    total: int
    due: int
    paid: int
    overdue: int

    @property
    def outstanding(self) -> int:
        """What is missing of the whole price."""
        return self.total - self.paid


def build_schedule(
    plan: PlanKind,
    *,
    total: int,
    deposit: int,
    signed_on: date,
    sign_by: date,
    down_payment_rate: Decimal = Decimal("0.30"),
    loan_rounding: int = 10_000_00,
    loan_days: int = 30,
) -> tuple[InstalmentDraft, ...]:
    """Build the instalments of a payment plan; they always add up to `total` and none is zero.

    `signed_on` is the day of the subscription, on which the deposit is due; `sign_by` the day by which the
    contract is signed. In full: the rest on `sign_by`. Mortgage: the loan is the price without the down
    payment, rounded down to `loan_rounding`, due `loan_days` after `sign_by`; the rest with the down payment
    on `sign_by`. Instalments: a third each on `sign_by` and one and two months after it, the deposit taken
    off the first. Refused with ScheduleImpossible and its subclasses.
    """
    _check_figures(total, deposit, signed_on, sign_by)
    if plan is PlanKind.FULL:
        parts = [(InstalmentKind.HOUSE_PRICE, sign_by, total)]
    elif plan is PlanKind.MORTGAGE:
        loan = _loan_of(total, down_payment_rate, loan_rounding)
        parts = [
            (InstalmentKind.DOWN_PAYMENT, sign_by, total - loan),
            (InstalmentKind.MORTGAGE, sign_by + timedelta(days=loan_days), loan),
        ]
    else:
        parts = [
            (InstalmentKind.HOUSE_PRICE, add_months(sign_by, step), part)
            for step, part in enumerate(split(total, _INSTALMENT_COUNT))
        ]
    kind, due_on, first = parts[0]
    if deposit > first:
        raise DepositAboveFirstInstalment(deposit, first)
    rows = [(InstalmentKind.DEPOSIT, signed_on, deposit), (kind, due_on, first - deposit), *parts[1:]]
    return _number_rows(rows)


def usual_deposit(total: int) -> int:
    """Return the deposit (fen) that a form proposes: 5 % of the price, rounded down to whole 10,000 yuan if it can."""
    share = rate_of(total, _USUAL_DEPOSIT_RATE)
    return round_down_to(share, _DEPOSIT_STEP) or share


def check_schedule(total: int, amounts: Iterable[int]) -> None:
    """Refuse with ScheduleMismatch instalments that do not add up to the price."""
    scheduled = sum(amounts)
    if scheduled != total:
        raise ScheduleMismatch(total, scheduled)


def allocate(amount: int, instalments: Iterable[InstalmentLine]) -> tuple[AllocationDraft, ...]:
    """Spread a received amount over open instalments, oldest due date first, then by position.

    The caller passes only instalments that this money may pay (loan money pays loan instalments). What is
    more than all of them together stays unallocated: `amount` minus the sum of the answer. Refuses an
    amount of zero or less with ReceiptAmountInvalid.
    """
    if amount <= 0:
        raise ReceiptAmountInvalid
    drafts: list[AllocationDraft] = []
    rest = amount
    for line in sorted(instalments, key=lambda line: (line.due_on, line.position)):
        share = min(rest, line.open_amount)
        if share:
            drafts.append(AllocationDraft(line.id, share))
            rest -= share
    return tuple(drafts)


def balance_on(day: date, instalments: Sequence[InstalmentLine], *, paid: int | None = None) -> Balance:
    """Draw the balance of an account on a business day.

    `paid` is all confirmed house money; without it the allocated amounts are taken. An instalment is
    overdue from the day after its due date.
    """
    return Balance(
        total=sum(line.amount for line in instalments),
        due=sum(line.amount for line in instalments if line.due_on <= day),
        paid=sum(line.paid for line in instalments) if paid is None else paid,
        overdue=sum(line.open_amount for line in instalments if line.due_on < day),
    )


def take_refund(instalments: Sequence[InstalmentLine], amount: int) -> tuple[InstalmentLine, ...]:
    """Open instalments again by an amount that was paid back, the latest due first; answers by position.

    A refund has no allocations of its own: what it takes away is what would have paid last.
    """
    rest = amount
    lines: list[InstalmentLine] = []
    for line in sorted(instalments, key=lambda line: (line.due_on, line.position), reverse=True):
        share = min(rest, line.paid)
        lines.append(replace(line, paid=line.paid - share))
        rest -= share
    return tuple(sorted(lines, key=lambda line: line.position))


def check_receipt_step(current: ReceiptState, wanted: ReceiptState) -> None:
    """Refuse with WrongState to bring a receipt into a state that does not follow."""
    if wanted not in RECEIPT_STEPS[current]:
        raise WrongState(
            _l("The receipt is “%(state)s”; this is not possible any more.", state=current.label),
            state=current.value,
        )


def check_refund_step(current: RefundState, wanted: RefundState) -> None:
    """Refuse with WrongState to decide a refund that is decided."""
    if wanted not in REFUND_STEPS[current]:
        raise WrongState(
            _l("The refund is “%(state)s”; this is not possible any more.", state=current.label),
            state=current.value,
        )


def late_fee(overdue: int, rate: Decimal, due_on: date, paid_on: date, *, max_days: int | None = None) -> int:
    """Return the late fee on an overdue amount: daily `rate` from the day after due up to the day paid.

    Paid in time costs nothing; `max_days` is the cap of the contract, where it has one.
    """
    days = max((paid_on - due_on).days, 0)
    if max_days is not None:
        days = min(days, max_days)
    return rate_of(overdue, rate * days)


def _check_figures(total: int, deposit: int, signed_on: date, sign_by: date) -> None:
    if total <= 0:
        raise ScheduleImpossible(_l("The price must be larger than zero."))
    if deposit < 0:
        raise ScheduleImpossible(_l("The deposit must not be negative."))
    if sign_by < signed_on:
        raise ScheduleImpossible(_l("The contract cannot be due before the day of the subscription."))


def _loan_of(total: int, down_payment_rate: Decimal, loan_rounding: int) -> int:
    if not 0 <= down_payment_rate < 1:
        raise ScheduleImpossible(_l("The down payment must be at least 0 and less than 100 per cent."))
    loan = round_down_to(total - rate_of(total, down_payment_rate), loan_rounding)
    if loan == 0:
        raise LoanTooSmall
    return loan


def _number_rows(rows: Iterable[tuple[InstalmentKind, date, int]]) -> tuple[InstalmentDraft, ...]:
    kept = [row for row in rows if row[2] > 0]
    return tuple(
        InstalmentDraft(position, kind, due_on, amount, kind is InstalmentKind.MORTGAGE)
        for position, (kind, due_on, amount) in enumerate(kept, start=1)
    )
