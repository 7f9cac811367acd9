"""Everything that counts in the figures, as events with their business day and the moment of their entry."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.customers.enums import VisitKind
from salesoffice.customers.models import Visit
from salesoffice.dailylog.enums import Metric
from salesoffice.dailylog.rules.figures import NO_AREA, Event, Figure
from salesoffice.deals.models import Deal
from salesoffice.inventory.enums import PRODUCT_GROUPS, Product, ProductGroup
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import HOUSE_KINDS, LOAN_KINDS
from salesoffice.payments.models import Receipt
from salesoffice.registrations.models import Registration
from salesoffice.reservations.models import Subscription, SubscriptionAccessory

Sold = tuple[str, str, Figure]
"""A unit of a deal: its code, its group of products, and what it counts."""


def list_events(session: Session, project_id: int, until: datetime) -> list[Event]:
    """List every event of a project that was entered up to a moment."""
    return [
        *_visits(session, project_id, until),
        *_registrations(session, project_id, until),
        *_subscriptions(session, project_id, until),
        *_contracts(session, project_id, until),
        *_receipts(session, project_id, until),
    ]


def list_products(session: Session, project_id: int) -> list[str]:
    """List the groups of products that the project has units of, in a fixed order."""
    statement = select(Unit.product).where(Unit.project_id == project_id).distinct()
    found = {PRODUCT_GROUPS[product] for product in session.scalars(statement)}
    return [group.value for group in ProductGroup if group in found]


def has_verified_contract() -> Select[int]:
    """Build the subselect of a verified contract of the subscription at hand."""
    return select(Contract.id).where(
        Contract.subscription_id == Subscription.id, Contract.verified_at.is_not(None)
    )


def _visits(session: Session, project_id: int, until: datetime) -> Iterator[Event]:
    statement = select(Visit.kind, Visit.is_first, Visit.happened_on, Visit.entered_at).where(
        Visit.project_id == project_id, Visit.entered_at <= until
    )
    for kind, is_first, day, entered_at in session.execute(statement):
        visit = Metric.VISITS_FIRST if is_first else Metric.VISITS_RETURN
        yield Event(Metric.CALLS if kind is VisitKind.CALL else visit, day, entered_at, Figure(1))


def _registrations(session: Session, project_id: int, until: datetime) -> Iterator[Event]:
    statement = (
        select(Registration.number, Registration.registered_on, Registration.entered_at)
        .where(Registration.project_id == project_id, Registration.entered_at <= until)
        .order_by(Registration.id)
    )
    for number, day, entered_at in session.execute(statement):
        yield Event(Metric.REGISTRATIONS, day, entered_at, Figure(1), label=number)


def _subscriptions(session: Session, project_id: int, until: datetime) -> Iterator[Event]:
    statement = (
        select(Subscription, Unit.code, Unit.product, Unit.gross_area, exists(has_verified_contract()))
        .join(Unit, Unit.id == Subscription.unit_id)
        .where(Subscription.project_id == project_id, Subscription.entered_at <= until)
        .order_by(Subscription.id)
    )
    bound = _accessories(session, project_id)
    for row, code, product, area, is_contracted in session.execute(statement):
        sold = _split(row.total_amount, (code, product, area or NO_AREA), bound.get(row.id, ()))
        day, at = row.cancelled_on, row.cancelled_at
        for unit_code, group, figure in sold:
            label = f"{row.number} {unit_code}"
            yield Event(Metric.SUBSCRIPTIONS, row.signed_on, row.entered_at, figure, group, label)
            if day is not None and at is not None and at <= until and not is_contracted:
                yield Event(Metric.SUBSCRIPTION_CANCELLATIONS, day, at, figure, group, label)


def _contracts(session: Session, project_id: int, until: datetime) -> Iterator[Event]:
    statement = (
        select(Contract, Unit.code, Unit.product)
        .join(Deal, Deal.id == Contract.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(Contract.project_id == project_id, Contract.verified_at <= until)
        .order_by(Contract.id)
    )
    bound = _accessories(session, project_id)
    for row, code, product in session.execute(statement):
        flat = (code, product, Decimal(row.gross_area))
        sold = _split(row.total_amount, flat, bound.get(row.subscription_id, ()))
        day, at = row.cancelled_on, row.cancelled_at
        for unit_code, group, figure in sold:
            label = f"{row.number} {unit_code}"
            if row.verified_at is not None:
                yield Event(Metric.CONTRACTS, row.signed_on, row.verified_at, figure, group, label)
            if day is not None and at is not None and at <= until:
                yield Event(Metric.CONTRACT_CANCELLATIONS, day, at, figure, group, label)


def _accessories(session: Session, project_id: int) -> dict[int, list[Sold]]:
    """Return the accessories sold with each subscription of a project, by its id."""
    statement = (
        select(
            SubscriptionAccessory.subscription_id, Unit.code, Unit.product, Unit.gross_area,
            SubscriptionAccessory.amount,
        )
        .join(Unit, Unit.id == SubscriptionAccessory.unit_id)
        .where(Unit.project_id == project_id)
        .order_by(SubscriptionAccessory.subscription_id, Unit.id)
    )  # fmt: skip
    found: dict[int, list[Sold]] = {}
    for subscription_id, code, product, area, amount in session.execute(statement):
        figure = Figure(1, area or NO_AREA, amount)
        found.setdefault(subscription_id, []).append((code, PRODUCT_GROUPS[product].value, figure))
    return found


def _split(total: int, flat: tuple[str, Product, Decimal], accessories: Sequence[Sold]) -> list[Sold]:
    """Split the price of a deal (fen) into its flat and its accessories, each counted in its own group."""
    code, product, area = flat
    own = total - sum(figure.amount for _code, _group, figure in accessories)
    return [(code, PRODUCT_GROUPS[product].value, Figure(1, area, own)), *accessories]


def _receipts(session: Session, project_id: int, until: datetime) -> Iterator[Event]:
    statement = (
        select(
            Receipt.kind, Receipt.amount, Receipt.confirmed_on, Receipt.confirmed_at, Receipt.number,
            Unit.product, Unit.code,
        )
        .outerjoin(Deal, Deal.account_id == Receipt.account_id)
        .outerjoin(Unit, Unit.id == Deal.unit_id)
        .where(
            Receipt.project_id == project_id,
            Receipt.confirmed_at <= until,
            Receipt.kind.in_(HOUSE_KINDS),
        )
        .order_by(Receipt.id)
    )  # fmt: skip
    for kind, amount, day, at, number, product, code in session.execute(statement):
        if day is None or at is None:
            continue
        metric = Metric.MONEY_LOAN if kind in LOAN_KINDS else Metric.MONEY_OWN
        figure = Figure(1 if amount > 0 else -1, NO_AREA, amount)
        yield Event(
            metric,
            day,
            at,
            figure,
            PRODUCT_GROUPS[product].value if product else "",
            f"{number} {code or ''}".strip(),
        )
