"""Finding notices, their deliveries, and the sales that a notice concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim, Deal, DealBuyer
from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitType
from salesoffice.notices.enums import BuyerAnswer, DeliveryState
from salesoffice.notices.models import EngineeringNotice, NoticeDelivery
from salesoffice.notices.rules import answer_by, derive_state, notify_by

NOTICE_SERIES = "engineering_notice"
NOTICE_TEMPLATE = "SJ{number:06d}"
CONTRACTED = (ClaimKind.CONTRACT, ClaimKind.SIGNED_ONLINE, ClaimKind.FILED)
"""Sales whose buyers are told of a change: from the contract to the handover."""

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class NoticeScope:
    """Which sales a notice concerns: those in these buildings or sections (of these unit types only, when given), and
    single ones by deal number or unit code. Only types: in all buildings.
    """

    building_ids: tuple[int, ...] = ()
    section_ids: tuple[int, ...] = ()
    unit_type_ids: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeliveryLine:
    """A delivery for a list: its unit, its buyers, its two last days and how far it has come."""

    delivery: NoticeDelivery
    unit_code: str
    buyers: str
    state: DeliveryState
    notify_by: date
    answer_by: date | None

    @property
    def is_late(self) -> bool:
        """Whether the buyers should have been told by now."""
        return self.state is DeliveryState.NOTIFY_LATE


def get_notice(session: Session, project_id: int, notice_id: int) -> EngineeringNotice:
    """Return a notice of a project; raises NotFound."""
    found = session.get(EngineeringNotice, notice_id) if notice_id <= _LARGEST_ID else None
    if found is None or found.project_id != project_id:
        raise NotFound(_l("There is no such notice."))
    return found


def get_delivery(session: Session, delivery_id: int) -> NoticeDelivery:
    """Return the notice to one sale; raises NotFound."""
    found = session.get(NoticeDelivery, delivery_id) if delivery_id <= _LARGEST_ID else None
    if found is None:
        raise NotFound(_l("There is no such notice."))
    return found


def list_concerned(session: Session, project_id: int, scope: NoticeScope) -> Sequence[Deal]:
    """List the sales under way, from the contract on, that a scope names; by deal."""
    statement = (
        select(Deal)
        .join(Claim, and_(Claim.deal_id == Deal.id, Claim.closed_at.is_(None), ~Claim.is_accessory))
        .join(Unit, Unit.id == Deal.unit_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .where(Deal.project_id == project_id, Claim.kind.in_(CONTRACTED), or_(*_conditions(scope)))
        .order_by(Deal.id)
    )
    return session.scalars(statement).all()


def find_unknown_codes(session: Session, project_id: int, scope: NoticeScope) -> list[str]:
    """List the typed codes that name no sale from the contract on."""
    found = list_concerned(session, project_id, NoticeScope(codes=scope.codes)) if scope.codes else ()
    known = {deal.number for deal in found} | {deal.unit.code for deal in found}
    return [code for code in scope.codes if code not in known]


def select_notices(project_id: int, query: str = "") -> Select[EngineeringNotice]:
    """Select the notices of a project, those with buyers not told in time first, then the newest."""
    late = (
        select(func.min(NoticeDelivery.id))
        .where(NoticeDelivery.notice_id == EngineeringNotice.id, NoticeDelivery.notified_on.is_(None))
        .correlate(EngineeringNotice)
        .scalar_subquery()
    )
    statement = select(EngineeringNotice).where(EngineeringNotice.project_id == project_id)
    if query:
        statement = statement.where(
            or_(
                EngineeringNotice.number.icontains(query, autoescape=True),
                EngineeringNotice.title.icontains(query, autoescape=True),
            )
        )
    waits_first = case((late.is_not(None), 0), else_=1)
    return statement.order_by(waits_first, EngineeringNotice.id.desc())


def count_states(
    session: Session, notices: Sequence[EngineeringNotice]
) -> Mapping[int, Mapping[DeliveryState, int]]:
    """Count the deliveries of notices by how far they have come."""
    statement = select(NoticeDelivery.notice_id, NoticeDelivery.notified_on, NoticeDelivery.answer).where(
        NoticeDelivery.notice_id.in_([notice.id for notice in notices])
    )
    last = {notice.id: notify_by(notice.decided_on, notice.notify_days) for notice in notices}
    today = clock.business_today()
    counts = {notice.id: dict.fromkeys(DeliveryState, 0) for notice in notices}
    for notice_id, notified_on, answer in session.execute(statement):
        counts[notice_id][derive_state(notified_on, answer, last[notice_id], today)] += 1
    return counts


def select_deliveries(notice_id: int, query: str = "") -> Select[NoticeDelivery]:
    """Select the deliveries of a notice with their sales and units: not told yet first, then who may answer."""
    statement = (
        select(NoticeDelivery)
        .join(Deal, Deal.id == NoticeDelivery.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .options(contains_eager(NoticeDelivery.deal).contains_eager(Deal.unit))
        .where(NoticeDelivery.notice_id == notice_id)
    )
    if query:
        found = (Deal.number.icontains(query, autoescape=True), Unit.code.icontains(query, autoescape=True))
        statement = statement.where(or_(*found))
    standing = case(
        (NoticeDelivery.notified_on.is_(None), 0), (NoticeDelivery.answer == BuyerAnswer.NONE, 1), else_=2
    )
    return statement.order_by(standing, NoticeDelivery.notified_on, NoticeDelivery.id)


def build_lines(
    session: Session, notice: EngineeringNotice, deliveries: Sequence[NoticeDelivery]
) -> list[DeliveryLine]:
    """Say of each delivery who is told, by when, and how far it has come."""
    names = _name_buyers(session, [delivery.deal_id for delivery in deliveries])
    last, today = notify_by(notice.decided_on, notice.notify_days), clock.business_today()
    return [
        DeliveryLine(
            delivery,
            delivery.deal.unit.code,
            names.get(delivery.deal_id, ""),
            derive_state(delivery.notified_on, delivery.answer, last, today),
            last,
            answer_by(delivery.notified_on, notice.answer_days) if delivery.notified_on else None,
        )
        for delivery in deliveries
    ]


def list_unanswered_ids(session: Session) -> Sequence[int]:
    """List the deliveries of every project whose buyers were told and have not answered."""
    statement = select(NoticeDelivery.id).where(
        NoticeDelivery.answer == BuyerAnswer.NONE, NoticeDelivery.notified_on.is_not(None)
    )
    return session.scalars(statement.order_by(NoticeDelivery.id)).all()


def list_places(session: Session, project_id: int) -> tuple[list[tuple[int, str]], ...]:
    """List buildings, sections and unit types of a project as choices: id and name."""
    buildings = select(Building.id, Building.name).where(Building.project_id == project_id)
    sections = (
        select(Section.id, Building.name, Section.name)
        .join(Building, Building.id == Section.building_id)
        .where(Building.project_id == project_id)
        .order_by(Building.id, Section.id)
    )
    types = select(UnitType.id, UnitType.name).where(UnitType.project_id == project_id)
    return (
        [(key, name) for key, name in session.execute(buildings.order_by(Building.id))],
        [(key, f"{house} {name}".strip()) for key, house, name in session.execute(sections)],
        [(key, name) for key, name in session.execute(types.order_by(UnitType.name))],
    )


def _conditions(scope: NoticeScope) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Deal.number.in_(scope.codes),
        Unit.code.in_(scope.codes),
    ]
    places = or_(Floor.section_id.in_(scope.section_ids), Unit.building_id.in_(scope.building_ids))
    types = Unit.unit_type_id.in_(scope.unit_type_ids)
    if scope.unit_type_ids:
        found.append(and_(places, types) if scope.building_ids or scope.section_ids else types)
    else:
        found.append(places)
    return found


def _name_buyers(session: Session, deal_ids: Sequence[int]) -> dict[int, str]:
    statement = (
        select(DealBuyer.deal_id, Customer.name)
        .join(Customer, Customer.id == DealBuyer.customer_id)
        .where(DealBuyer.deal_id.in_(deal_ids))
        .order_by(DealBuyer.deal_id, DealBuyer.position)
    )
    names: dict[int, list[str]] = {}
    for deal_id, name in session.execute(statement):
        names.setdefault(deal_id, []).append(name)
    return {deal_id: "、".join(each) for deal_id, each in names.items()}
