"""What `verify` asks of the money: everything adds up, and no number is missing."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import BigInteger, and_, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from salesoffice.infra.numbering import last_number
from salesoffice.payments.enums import AccountKind, AccountState, ReceiptState, RefundState, SettlementKind
from salesoffice.payments.models import Account, AccountSettlement, Allocation, Instalment, Receipt, Refund
from salesoffice.payments.queries.accounts import COUNTED_STATES
from salesoffice.payments.rules import RECEIPT_SERIES, RECEIPT_TEMPLATE, REFUND_SERIES, REFUND_TEMPLATE


def find_breaches(session: Session) -> Iterator[str]:
    """Yield every place where the money does not add up, in words."""
    yield from _find_wrong_schedules(session)
    yield from _find_wrong_instalments(session)
    yield from _find_wrong_receipts(session)
    yield from _find_wrong_reversals(session)
    yield from _find_wrong_carrying(session)
    yield from _find_earnest_schedules(session)
    yield from _find_wrong_accounts(session)
    yield from _find_wrong_settlements(session)
    yield from _find_number_gaps(
        session, Receipt.project_id, Receipt.number, RECEIPT_SERIES, RECEIPT_TEMPLATE
    )
    yield from _find_number_gaps(session, Refund.project_id, Refund.number, REFUND_SERIES, REFUND_TEMPLATE)


def _find_wrong_schedules(session: Session) -> Iterator[str]:
    scheduled = func.coalesce(func.sum(Instalment.amount), 0)
    statement = (
        select(Account.id, Account.total_amount, scheduled)
        .outerjoin(Instalment, and_(Instalment.account_id == Account.id, Instalment.voided_at.is_(None)))
        .where(Account.state == AccountState.OPEN, Account.kind == AccountKind.PRICE)
        .group_by(Account.id, Account.total_amount)
        .having(scheduled != Account.total_amount)
    )
    for account_id, total, found in session.execute(statement):
        yield f"account {account_id}: instalments add up to {found} fen, the price is {total}"


def _find_wrong_instalments(session: Session) -> Iterator[str]:
    allocated = func.coalesce(func.sum(Allocation.amount), 0)
    statement = (
        select(Instalment.id, Instalment.amount, Instalment.paid_amount, allocated)
        .outerjoin(Allocation, Allocation.instalment_id == Instalment.id)
        .group_by(Instalment.id, Instalment.amount, Instalment.paid_amount)
        .having((allocated != Instalment.paid_amount) | (allocated > Instalment.amount) | (allocated < 0))
    )
    for instalment_id, amount, paid, found in session.execute(statement):
        yield f"instalment {instalment_id} of {amount} fen: {found} allocated, {paid} noted as paid"


def _find_wrong_receipts(session: Session) -> Iterator[str]:
    allocated = func.sum(Allocation.amount)
    statement = (
        select(Receipt.number, Receipt.amount, Receipt.state, allocated)
        .join(Allocation, Allocation.receipt_id == Receipt.id)
        .group_by(Receipt.id, Receipt.number, Receipt.amount, Receipt.state)
        .having((func.abs(allocated) > func.abs(Receipt.amount)) | Receipt.state.not_in(COUNTED_STATES))
    )
    for number, amount, state, found in session.execute(statement):
        yield f"receipt {number} ({state}) of {amount} fen: {found} allocated"


def _find_wrong_reversals(session: Session) -> Iterator[str]:
    reversal = aliased(Receipt)
    statement = (
        select(Receipt.number, Receipt.amount, Receipt.state, reversal.amount)
        .outerjoin(reversal, reversal.reverses_id == Receipt.id)
        .where(
            ((Receipt.state == ReceiptState.REVERSED) & reversal.id.is_(None))
            | (reversal.id.is_not(None) & (Receipt.state != ReceiptState.REVERSED))
            | (reversal.amount != -Receipt.amount)
        )
    )
    for number, amount, state, taken_back in session.execute(statement):
        yield f"receipt {number} ({state}) of {amount} fen: reversed by {taken_back}"


def _find_wrong_carrying(session: Session) -> Iterator[str]:
    source = aliased(Receipt)
    statement = (
        select(Receipt.number, Receipt.amount, source.number, source.amount, source.state)
        .join(source, source.id == Receipt.carried_from_id)
        .where((source.state != ReceiptState.REVERSED) | (source.amount != Receipt.amount))
    )
    for number, amount, source_number, source_amount, state in session.execute(statement):
        yield f"receipt {number} of {amount} fen: carried from {source_number} ({state}) of {source_amount}"


def _find_earnest_schedules(session: Session) -> Iterator[str]:
    statement = (
        select(Account.id)
        .join(Instalment, Instalment.account_id == Account.id)
        .where(Account.kind == AccountKind.EARNEST)
        .distinct()
    )
    for account_id in session.scalars(statement):
        yield f"account {account_id}: for earnest money, but it has instalments"


def _find_wrong_accounts(session: Session) -> Iterator[str]:
    counted = case((Receipt.state.in_(COUNTED_STATES), Receipt.amount), else_=0)
    received = (
        select(func.coalesce(func.sum(counted), 0)).where(Receipt.account_id == Account.id).scalar_subquery()
    )
    approved = case((Refund.state == RefundState.APPROVED, Refund.amount), else_=0)
    refunded = (
        select(func.coalesce(func.sum(approved), 0)).where(Refund.account_id == Account.id).scalar_subquery()
    )
    statement = select(
        Account.id,
        Account.received_amount,
        Account.refunded_amount,
        cast(received, BigInteger),
        cast(refunded, BigInteger),
    ).where((received != Account.received_amount) | (refunded != Account.refunded_amount))
    for account_id, noted_in, noted_back, found_in, found_back in session.execute(statement):
        yield (
            f"account {account_id}: received {found_in} fen (noted {noted_in}),"
            f" paid back {found_back} (noted {noted_back})"
        )


def _find_wrong_settlements(session: Session) -> Iterator[str]:
    for kind, noted in (
        (SettlementKind.RETAINED, Account.retained_amount),
        (SettlementKind.COMPENSATION, Account.compensation_amount),
    ):
        of_kind = case((AccountSettlement.kind == kind, AccountSettlement.amount), else_=0)
        found = func.coalesce(func.sum(of_kind), 0)
        statement = (
            select(Account.id, noted, cast(found, BigInteger))
            .outerjoin(AccountSettlement, AccountSettlement.account_id == Account.id)
            .group_by(Account.id, noted)
            .having(found != noted)
        )
        for account_id, written, settled in session.execute(statement):
            yield f"account {account_id}: {kind.value} {settled} fen by its settlements, {written} noted"


def _find_number_gaps(
    session: Session,
    project_column: InstrumentedAttribute[int],
    number_column: InstrumentedAttribute[str],
    series: str,
    template: str,
) -> Iterator[str]:
    numbers: defaultdict[int, set[str]] = defaultdict(set)
    for project_id, number in session.execute(select(project_column, number_column)):
        numbers[project_id].add(number)
    for project_id, used in sorted(numbers.items()):
        last = last_number(session, project_id=project_id, series=series)
        expected = {template.format(number=number) for number in range(1, last + 1)}
        for number in sorted(expected - used):
            yield f"project {project_id}: {series} {number} is missing"
        for number in sorted(used - expected):
            yield f"project {project_id}: {series} {number} was never given out"
