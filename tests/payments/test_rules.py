"""Schedules, allocation, balances and late fees, in exact figures."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesoffice.payments.enums import (
    HOUSE_KINDS,
    LOAN_KINDS,
    PAYING_KINDS,
    InstalmentKind,
    PlanKind,
    ReceiptKind,
)
from salesoffice.payments.rules import (
    AllocationDraft,
    Balance,
    DepositAboveFirstInstalment,
    InstalmentDraft,
    InstalmentLine,
    LoanTooSmall,
    ReceiptAmountInvalid,
    ScheduleImpossible,
    ScheduleMismatch,
    allocate,
    balance_on,
    build_schedule,
    check_schedule,
    late_fee,
)

SIGNED_ON = date(2026, 11, 23)
SIGN_BY = date(2026, 11, 30)


def build(plan: PlanKind, total: int, deposit: int, rate: str = "0.30") -> tuple[InstalmentDraft, ...]:
    return build_schedule(
        plan,
        total=total,
        deposit=deposit,
        signed_on=SIGNED_ON,
        sign_by=SIGN_BY,
        down_payment_rate=Decimal(rate),
    )


def test_schedule_in_full_is_deposit_and_rest() -> None:
    rows = build(PlanKind.FULL, 1_234_567_89, 50_000_00)

    assert rows == (
        InstalmentDraft(1, InstalmentKind.DEPOSIT, SIGNED_ON, 50_000_00, is_loan=False),
        InstalmentDraft(2, InstalmentKind.HOUSE_PRICE, SIGN_BY, 1_184_567_89, is_loan=False),
    )


def test_schedule_with_mortgage_rounds_the_loan_down() -> None:
    rows = build(PlanKind.MORTGAGE, 1_234_567_89, 50_000_00)

    assert rows == (
        InstalmentDraft(1, InstalmentKind.DEPOSIT, SIGNED_ON, 50_000_00, is_loan=False),
        InstalmentDraft(2, InstalmentKind.DOWN_PAYMENT, SIGN_BY, 324_567_89, is_loan=False),
        InstalmentDraft(3, InstalmentKind.MORTGAGE, date(2026, 12, 30), 860_000_00, is_loan=True),
    )


def test_schedule_in_instalments_takes_the_deposit_off_the_first() -> None:
    rows = build(PlanKind.INSTALMENTS, 1_000_000_00, 50_000_00)

    assert rows == (
        InstalmentDraft(1, InstalmentKind.DEPOSIT, SIGNED_ON, 50_000_00, is_loan=False),
        InstalmentDraft(2, InstalmentKind.HOUSE_PRICE, SIGN_BY, 283_333_33, is_loan=False),
        InstalmentDraft(3, InstalmentKind.HOUSE_PRICE, date(2026, 12, 31), 333_333_33, is_loan=False),
        InstalmentDraft(4, InstalmentKind.HOUSE_PRICE, date(2027, 1, 31), 333_333_34, is_loan=False),
    )


def test_schedule_whose_deposit_is_the_whole_price_has_one_row() -> None:
    rows = build(PlanKind.FULL, 50_000_00, 50_000_00)

    assert rows == (InstalmentDraft(1, InstalmentKind.DEPOSIT, SIGNED_ON, 50_000_00, is_loan=False),)


def test_schedule_without_deposit_begins_with_the_contract() -> None:
    rows = build(PlanKind.FULL, 50_000_00, 0)

    assert rows == (InstalmentDraft(1, InstalmentKind.HOUSE_PRICE, SIGN_BY, 50_000_00, is_loan=False),)


@pytest.mark.parametrize(
    ("plan", "total", "deposit"),
    [
        (PlanKind.FULL, 100_00, 100_01),
        (PlanKind.MORTGAGE, 100_000_00, 30_000_01),
        (PlanKind.INSTALMENTS, 100_000_00, 33_333_34),
    ],
)
def test_schedule_with_deposit_above_first_part_is_refused(plan: PlanKind, total: int, deposit: int) -> None:
    with pytest.raises(DepositAboveFirstInstalment) as refusal:
        build(plan, total, deposit)

    assert refusal.value.code == "deposit_above_first_instalment"


def test_schedule_with_mortgage_of_small_price_is_refused() -> None:
    with pytest.raises(LoanTooSmall) as refusal:
        build(PlanKind.MORTGAGE, 14_000_00, 1_000_00)

    assert refusal.value.code == "loan_too_small"


@pytest.mark.parametrize(
    ("total", "deposit", "rate"),
    [(0, 0, "0.3"), (-1, 0, "0.3"), (100_00, -1, "0.3"), (100_00, 0, "1"), (100_00, 0, "-0.1")],
)
def test_schedule_of_impossible_figures_is_refused(total: int, deposit: int, rate: str) -> None:
    with pytest.raises(ScheduleImpossible) as refusal:
        build(PlanKind.MORTGAGE, total, deposit, rate)

    assert refusal.value.code == "schedule_impossible"


def test_schedule_due_before_the_subscription_is_refused() -> None:
    with pytest.raises(ScheduleImpossible):
        build_schedule(PlanKind.FULL, total=1_00, deposit=0, signed_on=SIGN_BY, sign_by=SIGNED_ON)


@given(
    st.sampled_from(PlanKind),
    st.integers(min_value=20_000_00, max_value=10**13),
    st.decimals(min_value=0, max_value=Decimal("0.15"), places=4),
    st.sampled_from(["0.15", "0.20", "0.25", "0.30", "0.35", "0.50"]),
)
def test_schedule_adds_up_and_rounds_the_loan(plan: PlanKind, total: int, share: Decimal, rate: str) -> None:
    rows = build(plan, total, int(total * share), rate)

    check_schedule(total, (row.amount for row in rows))
    loan = sum(row.amount for row in rows if row.is_loan)
    assert all(row.amount > 0 for row in rows)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    assert [row.due_on for row in rows] == sorted(row.due_on for row in rows)
    assert loan % 10_000_00 == 0
    assert (loan > 0) is (plan is PlanKind.MORTGAGE)
    assert total - loan >= total * Decimal(rate) - 1 or not loan


def test_schedule_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ScheduleMismatch) as refusal:
        check_schedule(100_00, [50_00, 49_99])

    assert refusal.value.code == "schedule_mismatch"


LINES = (
    InstalmentLine(id=7, position=2, due_on=date(2026, 12, 31), amount=300_00, paid=0),
    InstalmentLine(id=5, position=1, due_on=date(2026, 11, 23), amount=100_00, paid=40_00),
    InstalmentLine(id=6, position=3, due_on=date(2026, 12, 31), amount=200_00, paid=0),
    InstalmentLine(id=4, position=0, due_on=date(2026, 11, 1), amount=10_00, paid=10_00),
)


def test_receipt_is_allocated_to_the_oldest_due_first() -> None:
    drafts = allocate(400_00, LINES)

    assert drafts == (AllocationDraft(5, 60_00), AllocationDraft(7, 300_00), AllocationDraft(6, 40_00))


def test_receipt_above_everything_open_leaves_a_rest() -> None:
    drafts = allocate(1_000_00, LINES)

    assert sum(draft.amount for draft in drafts) == 560_00


@pytest.mark.parametrize("amount", [0, -1])
def test_receipt_of_nothing_is_refused(amount: int) -> None:
    with pytest.raises(ReceiptAmountInvalid) as refusal:
        allocate(amount, LINES)

    assert refusal.value.code == "amount_invalid"


@given(
    st.integers(min_value=1, max_value=10**6),
    st.lists(st.tuples(st.integers(1, 10**5), st.integers(0, 10**5))),
)
def test_allocation_never_pays_more_than_received_or_open(
    amount: int, figures: list[tuple[int, int]]
) -> None:
    lines = [InstalmentLine(i, i, SIGNED_ON, due, min(due, paid)) for i, (due, paid) in enumerate(figures)]

    drafts = allocate(amount, lines)

    assert sum(draft.amount for draft in drafts) == min(amount, sum(line.open_amount for line in lines))
    assert all(0 < draft.amount <= lines[draft.instalment_id].open_amount for draft in drafts)


@pytest.mark.parametrize(
    ("day", "due", "overdue"),
    [
        (date(2026, 10, 31), 0, 0),
        (date(2026, 11, 23), 110_00, 0),
        (date(2026, 11, 24), 110_00, 60_00),
        (date(2026, 12, 31), 610_00, 60_00),
        (date(2027, 1, 1), 610_00, 560_00),
    ],
)
def test_balance_is_overdue_from_the_day_after(day: date, due: int, overdue: int) -> None:
    balance = balance_on(day, LINES)

    assert balance == Balance(total=610_00, due=due, paid=50_00, overdue=overdue)
    assert balance.outstanding == 560_00


def test_balance_counts_confirmed_money_that_is_not_allocated() -> None:
    balance = balance_on(date(2026, 11, 23), LINES, paid=75_00)

    assert balance == Balance(total=610_00, due=110_00, paid=75_00, overdue=0)


@pytest.mark.parametrize(
    ("paid_on", "max_days", "fee"),
    [
        (date(2026, 12, 10), None, 1_500_00),
        (date(2026, 12, 1), None, 150_00),
        (date(2026, 11, 30), None, 0),
        (date(2026, 11, 1), None, 0),
        (date(2027, 11, 30), 60, 9_000_00),
    ],
)
def test_late_fee_counts_from_the_day_after_due(paid_on: date, max_days: int | None, fee: int) -> None:
    result = late_fee(300_000_00, Decimal("0.0005"), SIGN_BY, paid_on, max_days=max_days)

    assert result == fee


def test_house_money_is_what_pays_the_schedule() -> None:
    kinds = {kind.value for kind in InstalmentKind}

    assert kinds == {kind.value for kind in PAYING_KINDS}
    assert {ReceiptKind.AREA_DIFFERENCE} == PAYING_KINDS - HOUSE_KINDS
    assert {ReceiptKind.MORTGAGE, ReceiptKind.PROVIDENT_FUND} == LOAN_KINDS
