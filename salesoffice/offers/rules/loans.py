"""Loans: equal payments and equal principal, month by month. All amounts are fen, rates are yearly shares."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem
from salesoffice.core.money import format_yuan, round_down_to, round_fen, split
from salesoffice.offers.enums import LoanKind, RepaymentKind

LOAN_STEP = 10_000_00
"""Loans are whole ten thousands of yuan; the rest goes to the down payment."""

_MONTHS = 12
_DIGITS = 50


class LoanYearsInvalid(DomainError):
    """A loan runs for whole years within the terms of the office."""

    def __init__(self, max_years: int) -> None:
        message = _l("The loan runs for 1 to %(years)s years.", years=max_years)
        super().__init__(
            message, code="loan_years_invalid", status=422, errors=[FieldProblem("loan_years", message)]
        )


class ProvidentTooLarge(DomainError):
    """The provident fund lends less than this."""

    def __init__(self, limit: int) -> None:
        message = _l("The provident fund lends at most %(limit)s yuan here.", limit=format_yuan(limit))
        super().__init__(
            message,
            code="provident_too_large",
            status=422,
            errors=[FieldProblem("provident_amount", message)],
        )


@dataclass(frozen=True)
class LoanFigures:
    """With what offers count loans: yearly rates (0.035), the most years, the provident fund's ceiling (fen)."""

    commercial_rate: Decimal
    provident_rate: Decimal
    provident_ceiling: int | None
    max_years: int
    source: str


DEFAULT_LOAN_TERMS = LoanFigures(
    Decimal("0.035"), Decimal("0.026"), None, 30, "常见数值，使用前请与银行、公积金中心核对"
)
"""What a project counts with until the office has entered its own: usual figures, to be checked."""


@dataclass(frozen=True)
class LoanMonth:
    """One month of a loan: what is paid, of which principal and interest, and what is still owed after it."""

    number: int
    payment: int
    principal: int
    interest: int
    balance: int


@dataclass(frozen=True)
class Loan:
    """A loan in short. `drop` is by how much the payment falls from the first month to the second."""

    kind: LoanKind
    repayment: RepaymentKind
    principal: int
    rate: Decimal
    months: int
    first_payment: int
    last_payment: int
    drop: int
    total_interest: int


def build_loan_table(
    principal: int, rate: Decimal, months: int, repayment: RepaymentKind
) -> tuple[LoanMonth, ...]:
    """Build the months of a loan; interest of a month is `balance × rate ÷ 12`, rounded to the fen.

    Equal payments: every month the same but the last. Equal principal: the same principal every month but the last.
    The last month takes the remainder, so that the principal adds up exactly. `rate` may be zero.
    """
    if principal < 1 or months < 1 or rate < 0:
        raise ValueError("a loan has a principal, months and a rate that is not negative")
    monthly = rate / _MONTHS
    shares = split(principal, months) if repayment is RepaymentKind.EQUAL_PRINCIPAL else None
    payment = _equal_payment(principal, monthly, months)
    rows: list[LoanMonth] = []
    balance = principal
    for number in range(1, months + 1):
        interest = round_fen(balance * monthly)
        part = shares[number - 1] if shares else min(max(payment - interest, 0), balance)
        if number == months:
            part = balance
        balance -= part
        rows.append(LoanMonth(number, part + interest, part, interest, balance))
    return tuple(rows)


def count_loan(kind: LoanKind, principal: int, rate: Decimal, years: int, repayment: RepaymentKind) -> Loan:
    """Count a loan over whole years and keep what an offer tells of it."""
    rows = build_loan_table(principal, rate, years * _MONTHS, repayment)
    drops = [before.payment - after.payment for before, after in pairwise(rows)]
    return Loan(
        kind=kind,
        repayment=repayment,
        principal=principal,
        rate=rate,
        months=len(rows),
        first_payment=rows[0].payment,
        last_payment=rows[-1].payment,
        drop=drops[0] if drops else 0,
        total_interest=sum(row.interest for row in rows),
    )


def split_loan(loan: int, provident: int, ceiling: int | None) -> tuple[int, int]:
    """Split a loan into (provident fund, commercial); the fund's part is rounded down to whole 10,000 yuan.

    Refuses with ProvidentTooLarge a part above the fund's ceiling or above the loan.
    """
    limit = loan if ceiling is None else min(ceiling, loan)
    if provident > limit:
        raise ProvidentTooLarge(limit)
    part = round_down_to(provident, LOAN_STEP)
    return part, loan - part


def check_years(years: int, terms: LoanFigures) -> None:
    """Refuse with LoanYearsInvalid a loan of less than a year or of more than the terms allow."""
    if not 1 <= years <= terms.max_years:
        raise LoanYearsInvalid(terms.max_years)


def _equal_payment(principal: int, monthly: Decimal, months: int) -> int:
    if not monthly:
        return round_fen(Decimal(principal) / months)
    with localcontext() as context:
        context.prec = _DIGITS
        growth = (1 + monthly) ** months
        return round_fen(principal * monthly * growth / (growth - 1))
