"""Whose fault decides what happens to the deposit; when which change is possible; what an approval covers."""

from datetime import date

import pytest

from salesoffice.changes.enums import CHANGES_OF_CLAIM, ENDED_KINDS, ChangeKind, Fault
from salesoffice.changes.rules import (
    ChangeNotPossible,
    ChangePlan,
    FilingStands,
    Settlement,
    check_change_days,
    check_change_possible,
    differing_fields,
    fingerprint,
    is_forfeit_due,
    settle_as_agreed,
    settle_by_fault,
)
from salesoffice.core.errors import InvalidInput
from salesoffice.deals.enums import ClaimEnd, ClaimKind

RECEIVED, DEPOSIT = 320_000_00, 50_000_00


@pytest.mark.parametrize(
    ("fault", "kept", "owed"),
    [(Fault.NONE, 0, 0), (Fault.BUYER, 50_000_00, 0), (Fault.SELLER, 0, 50_000_00)],
)
def test_deposit_is_kept_or_given_back_twice_by_fault(fault: Fault, kept: int, owed: int) -> None:
    assert settle_by_fault(fault, received=RECEIVED, deposit=DEPOSIT) == Settlement(kept, owed)


def test_settlement_keeps_no_more_than_came_in() -> None:
    assert settle_by_fault(Fault.BUYER, received=20_000_00, deposit=50_000_00) == Settlement(20_000_00, 0)


@pytest.mark.parametrize(
    ("refundable", "settlement"),
    [
        (0, Settlement(320_000_00, 0)),
        (320_000_00, Settlement(0, 0)),
        (370_000_00, Settlement(0, 50_000_00)),
    ],
)
def test_agreed_amount_is_settled(refundable: int, settlement: Settlement) -> None:
    assert settle_as_agreed(refundable, received=RECEIVED) == settlement


@pytest.mark.parametrize(("day", "is_due"), [(9, False), (10, False), (11, True)])
def test_sale_is_forfeited_after_whole_days(day: int, is_due: bool) -> None:
    assert is_forfeit_due(date(2026, 12, 1), 9, date(2026, 12, day)) is is_due


@pytest.mark.parametrize("kind", list(ChangeKind))
@pytest.mark.parametrize("claim", list(ClaimKind))
def test_change_is_possible_only_as_the_table_says(kind: ChangeKind, claim: ClaimKind) -> None:
    if claim in CHANGES_OF_CLAIM[kind]:
        check_change_possible(kind, claim, None, claim.label)
    else:
        with pytest.raises((ChangeNotPossible, FilingStands)):
            check_change_possible(kind, claim, None, claim.label)


@pytest.mark.parametrize("kind", list(ChangeKind))
@pytest.mark.parametrize("end", list(ClaimEnd))
def test_ended_sale_changes_only_after_a_forfeiture(kind: ChangeKind, end: ClaimEnd) -> None:
    if kind in ENDED_KINDS and end is ClaimEnd.FORFEIT:
        check_change_possible(kind, None, end, end.label)
    else:
        with pytest.raises(ChangeNotPossible):
            check_change_possible(kind, None, end, end.label)


def test_filed_sale_asks_to_withdraw_the_filing_first() -> None:
    with pytest.raises(FilingStands) as caught:
        check_change_possible(ChangeKind.CANCELLATION, ClaimKind.FILED, None, ClaimKind.FILED.label)

    assert (caught.value.code, caught.value.values["kind"]) == ("wrong_state", "cancellation")


def test_values_that_differ_are_named_in_order() -> None:
    assert differing_fields({"a": 1, "b": [1], "c": 3}, {"a": 1, "b": (1,), "c": 4, "d": 5}) == ("c", "d")


def test_fingerprint_changes_with_what_is_covered() -> None:
    plan = ChangePlan(old={"a": 1}, new={"a": 2}, measure=3)
    prints = {
        fingerprint(ChangeKind.EXTENSION, {"days": 3}, plan),
        fingerprint(ChangeKind.EXTENSION, {"days": 4}, plan),
        fingerprint(ChangeKind.LOAN, {"days": 3}, plan),
        fingerprint(ChangeKind.EXTENSION, {"days": 3}, ChangePlan(old={"a": 0}, new={"a": 2})),
        fingerprint(ChangeKind.EXTENSION, {"days": 3}, ChangePlan(plan.old, plan.new, amount_effect=-1)),
    }

    assert len(prints) == 5


@pytest.mark.parametrize(
    ("signed", "attributed", "field"),
    [(25, 25, "signed_on"), (24, 25, "attributed_on"), (20, 19, "attributed_on")],
)
def test_days_that_cannot_be_are_refused(signed: int, attributed: int, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_change_days(date(2026, 11, signed), date(2026, 11, attributed), date(2026, 11, 24))

    assert [problem.field for problem in caught.value.errors] == [field]
