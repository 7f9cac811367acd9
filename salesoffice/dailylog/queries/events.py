"""Everything that counts in the figures, as events with their business day and the moment of their entry."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.customers.enums import VisitKind
from salesoffice.customers.models import Visit
from salesoffice.dailylog.enums import Metric
from salesoffice.dailylog.queries.effects import PriceEffect, list_price_effects
from salesoffice.dailylog.rules.figures import NO_AREA, Event, Figure
from salesoffice.deals.models import Deal
from salesoffice.inventory.enums import PRODUCT_GROUPS, Product, ProductGroup
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import HOUSE_KINDS, LOAN_KINDS
from salesoffice.payments.models import Receipt
from salesoffice.registrations.models import Registration
from salesoffice.reservations.enums import SubscriptionState
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


def is_made_by_swap() -> ColumnElement[bool]:
    """Build the condition that the subscription at hand took the place of one that was swapped."""
    replaced = aliased(Subscription)
    return exists().where(
        replaced.id == Subscription.replaces_id, replaced.state == SubscriptionState.SWAPPED
    )


def _subscriptions(session: Session, project_id: int, until: datetime) -> Iterator[Event]:
    statement = (
        select(
            Subscription, Unit.code, Unit.product, Unit.gross_area, exists(has_verified_contract()), is_made_by_swap()
        )
        .join(Unit, Unit.id == Subscription.unit_id)
        .where(Subscription.project_id == project_id, Subscription.entered_at <= until)
        .order_by(Subscription.id)
    )  # fmt: skip
    bound, effects = _accessories(session, project_id), list_price_effects(session, project_id)
    rows = session.execute(statement).all()
    swapped: dict[int, tuple[Subscription, list[Sold]]] = {}
    for row, code, product, area, is_contracted, is_by_swap in rows:
        sold = _split(row.total_amount, (code, product, area or NO_AREA), bound.get(row.id, ()))
        moved = _effects_on(effects.get(row.deal_id, ()), row.entered_at, row.cancelled_at)
        first = _before(sold, moved)
        if is_by_swap and row.replaces_id in swapped:
            yield from _swap(*swapped[row.replaces_id], row, first)
        else:
            yield from _events(Metric.SUBSCRIPTIONS, row.signed_on, row.entered_at, first, row.number)
        yield from _price_moves(Metric.SUBSCRIPTIONS, _known(moved, until), sold[0], row.number)
        if row.state is SubscriptionState.SWAPPED:
            swapped[row.id] = row, sold
        elif row.cancelled_at is not None and row.cancelled_at <= until and not is_contracted:
            yield from _ended(row, sold)


def _ended(row: Subscription, sold: Sequence[Sold]) -> Iterator[Event]:
    """Yield how an agreement ended; one that was void never was, so its own day is restated."""
    if row.cancelled_on is None or row.cancelled_at is None:
        return
    if row.state is SubscriptionState.VOID:
        minus = [(code, group, Figure() - figure) for code, group, figure in sold]
        yield from _events(Metric.SUBSCRIPTIONS, row.signed_on, row.cancelled_at, minus, row.number)
    else:
        yield from _events(
            Metric.SUBSCRIPTION_CANCELLATIONS, row.cancelled_on, row.cancelled_at, sold, row.number
        )


def _swap(
    old: Subscription, given: Sequence[Sold], new: Subscription, taken: Sequence[Sold]
) -> Iterator[Event]:
    """Yield a swap: one of them, with the difference of area and amount, each unit in its own group."""
    if old.cancelled_on is None:
        return
    for place, (code, group, figure) in enumerate(taken):
        counted = Figure(1 if place == 0 else 0, figure.area, figure.amount)
        yield Event(Metric.SWAPS, old.cancelled_on, new.entered_at, counted, group, f"{new.number} {code}")
    for code, group, figure in given:
        minus = Figure(0, -figure.area, -figure.amount)
        yield Event(Metric.SWAPS, old.cancelled_on, new.entered_at, minus, group, f"{old.number} {code}")


def _contracts(session: Session, project_id: int, until: datetime) -> Iterator[Event]:
    statement = (
        select(Contract, Unit.code, Unit.product)
        .join(Subscription, Subscription.id == Contract.subscription_id)
        .join(Unit, Unit.id == Subscription.unit_id)
        .where(Contract.project_id == project_id, Contract.verified_at <= until)
        .order_by(Contract.id)
    )
    bound, effects = _accessories(session, project_id), list_price_effects(session, project_id)
    for row, code, product in session.execute(statement):
        verified_at = row.verified_at
        if verified_at is None:
            continue
        if row.verified_at is None:
            continue
        flat = (code, product, Decimal(row.gross_area))
        sold = _split(row.total_amount, flat, bound.get(row.subscription_id, ()))
        moved = _effects_on(effects.get(row.deal_id, ()), verified_at, row.cancelled_at)
        yield from _events(Metric.CONTRACTS, row.signed_on, verified_at, _before(sold, moved), row.number)
        yield from _price_moves(Metric.CONTRACTS, _known(moved, until), sold[0], row.number)
        day, at = row.cancelled_on, row.cancelled_at
        if day is not None and at is not None and at <= until:
            is_swapped = row.state is ContractState.SWAPPED
            end = Metric.SWAPPED_CONTRACTS if is_swapped else Metric.CONTRACT_CANCELLATIONS
            yield from _events(end, day, at, sold, row.number)


def _events(metric: Metric, day: date, at: datetime, sold: Sequence[Sold], number: str) -> Iterator[Event]:
    for code, group, figure in sold:
        yield Event(metric, day, at, figure, group, f"{number} {code}")


def _effects_on(
    effects: Sequence[PriceEffect], since: datetime, ended_at: datetime | None
) -> list[PriceEffect]:
    """Choose the changes of price that a document saw: they are in its figures now, whatever was known when."""
    return [
        effect for effect in effects if since <= effect.at and (ended_at is None or effect.at <= ended_at)
    ]


def _known(moved: Sequence[PriceEffect], until: datetime) -> list[PriceEffect]:
    return [effect for effect in moved if effect.at <= until]


def _before(sold: Sequence[Sold], moved: Sequence[PriceEffect]) -> list[Sold]:
    """Return what was sold at the price of the day of signing."""
    code, group, figure = sold[0]
    first = Figure(figure.count, figure.area, figure.amount - sum(effect.amount for effect in moved))
    return [(code, group, first), *sold[1:]]


def _price_moves(metric: Metric, moved: Sequence[PriceEffect], flat: Sold, number: str) -> Iterator[Event]:
    code, group, _figure = flat
    for effect in moved:
        figure = Figure(0, NO_AREA, effect.amount)
        yield Event(metric, effect.day, effect.at, figure, group, f"{number} {code}")


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
