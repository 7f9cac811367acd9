"""Loans by months: known figures, exact sums, and another way of counting."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesoffice.offers.enums import LoanKind, RepaymentKind
from salesoffice.offers.rules import (
    LoanYearsInvalid,
    ProvidentTooLarge,
    build_loan_table,
    check_years,
    count_loan,
    split_loan,
)
from salesoffice.offers.rules.loans import DEFAULT_LOAN_TERMS

MILLION = 1_000_000_00
RATE = Decimal("0.049")
EQUAL_PAYMENT, EQUAL_PRINCIPAL = RepaymentKind.EQUAL_PAYMENT, RepaymentKind.EQUAL_PRINCIPAL


def annuity(principal: int, rate: Fraction, months: int) -> Fraction:
    """The exact monthly payment: the principal divided by the sum of the discount factors."""
    factor = 1 / (1 + rate / 12)
    return Fraction(principal) / sum((factor**month for month in range(1, months + 1)), Fraction(0))


def test_equal_payment_of_a_million_over_thirty_years_is_the_known_one() -> None:
    loan = count_loan(LoanKind.COMMERCIAL, MILLION, RATE, 30, EQUAL_PAYMENT)

    exact = annuity(MILLION, Fraction(49, 1000), 360)
    assert (loan.first_payment, round(exact)) == (5_307_27, 5_307_27)
    assert abs(loan.total_interest - (exact * 360 - MILLION)) < 360
    assert (round(exact * 360) - MILLION, loan.drop) == (910_616_19, 0)


def test_equal_principal_of_a_million_over_thirty_years_is_the_known_one() -> None:
    loan = count_loan(LoanKind.COMMERCIAL, MILLION, RATE, 30, EQUAL_PRINCIPAL)

    known = Fraction(MILLION) * Fraction(49, 12000) * 361 / 2
    assert (loan.first_payment, loan.drop) == (2_777_77 + 4_083_33, 11_34)
    assert round(known) == 737_041_67
    assert abs(loan.total_interest - known) < 360


def test_loan_without_interest_costs_only_its_principal() -> None:
    rows = build_loan_table(100_00, Decimal(0), 3, EQUAL_PAYMENT)

    assert [(row.payment, row.interest, row.balance) for row in rows] == [
        (33_33, 0, 66_67),
        (33_33, 0, 33_34),
        (33_34, 0, 0),
    ]


@given(
    principal=st.integers(1, 10**10),
    rate=st.decimals(0, "0.2", places=6),
    months=st.integers(1, 480),
    repayment=st.sampled_from(list(RepaymentKind)),
)
def test_principal_adds_up_exactly_in_every_table(
    principal: int, rate: Decimal, months: int, repayment: RepaymentKind
) -> None:
    rows = build_loan_table(principal, rate, months, repayment)

    assert (sum(row.principal for row in rows), rows[-1].balance, len(rows)) == (principal, 0, months)
    assert all(row.payment == row.principal + row.interest for row in rows)
    assert all(row.principal >= 0 and row.interest >= 0 for row in rows)


@given(principal=st.integers(10_000_00, 10**9), rate=st.integers(1, 120), years=st.integers(1, 30))
def test_equal_payment_is_within_a_fen_of_another_way(principal: int, rate: int, years: int) -> None:
    share = Fraction(rate, 1000)

    rows = build_loan_table(principal, Decimal(rate) / 1000, years * 12, EQUAL_PAYMENT)

    assert abs(rows[0].payment - annuity(principal, share, years * 12)) <= Fraction(1, 2) or years * 12 == 1


def test_last_month_of_equal_payments_differs_by_what_rounding_left() -> None:
    rows = build_loan_table(MILLION, RATE, 360, EQUAL_PAYMENT)

    assert {row.payment for row in rows[:-1]} == {5_307_27}
    assert abs(rows[-1].payment - 5_307_27) < 5_00


@pytest.mark.parametrize(
    ("wanted", "ceiling", "parts"),
    [
        (0, None, (0, 630_000_00)),
        (305_000_00, None, (300_000_00, 330_000_00)),
        (630_000_00, None, (630_000_00, 0)),
        (300_000_00, 300_000_00, (300_000_00, 330_000_00)),
    ],
)
def test_combined_loan_is_split_into_whole_ten_thousands(
    wanted: int, ceiling: int | None, parts: tuple[int, int]
) -> None:
    assert split_loan(630_000_00, wanted, ceiling) == parts


@pytest.mark.parametrize(("wanted", "ceiling"), [(640_000_00, None), (310_000_00, 300_000_00)])
def test_provident_part_above_loan_or_ceiling_is_refused(wanted: int, ceiling: int | None) -> None:
    with pytest.raises(ProvidentTooLarge):
        split_loan(630_000_00, wanted, ceiling)


@pytest.mark.parametrize("years", [0, 31])
def test_years_outside_the_terms_are_refused(years: int) -> None:
    with pytest.raises(LoanYearsInvalid):
        check_years(years, DEFAULT_LOAN_TERMS)
