"""The service tracks of a sale, and what is due."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload

from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import SIGNED_STATES
from salesoffice.core.errors import NotFound
from salesoffice.deals.enums import ClaimKind, DealState
from salesoffice.deals.models import Claim, Deal
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.payments.models import Account
from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.models import ServiceTrack

OPEN_STATES = (TrackState.NOT_STARTED, TrackState.UNDER_WAY, TrackState.STOPPED)
"""States of a track that is still to be done."""


def list_tracks(session: Session, deal_id: int) -> Sequence[ServiceTrack]:
    """List the tracks of a sale in their order; empty before its contract is verified."""
    statement = select(ServiceTrack).where(ServiceTrack.deal_id == deal_id).order_by(ServiceTrack.id)
    return session.scalars(statement).all()


def get_track(session: Session, deal_id: int, kind: TrackKind) -> ServiceTrack:
    """Return one track of a sale; raises NotFound where the sale has none of the kind."""
    statement = select(ServiceTrack).where(ServiceTrack.deal_id == deal_id, ServiceTrack.kind == kind)
    track = session.scalars(statement).one_or_none()
    if track is None:
        raise NotFound(_l("This sale has no such track; tracks begin when the contract is verified."))
    return track


def select_tracks(
    project_id: int,
    *,
    kind: TrackKind | None = None,
    state: TrackState | None = None,
    due_until: date | None = None,
    query: str = "",
) -> Select[ServiceTrack]:
    """Select the tracks of a project's sales that are under way, what is due first; `query` is a unit or deal number."""
    statement = (
        select(ServiceTrack)
        .join(Deal, Deal.id == ServiceTrack.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(ServiceTrack.project_id == project_id, Deal.state == DealState.OPEN)
        .options(joinedload(ServiceTrack.deal).joinedload(Deal.unit))
        .order_by(ServiceTrack.due_on.is_(None), ServiceTrack.due_on, ServiceTrack.id)
    )
    statement = (
        statement.where(ServiceTrack.state.in_(OPEN_STATES))
        if state is None
        else statement.where(ServiceTrack.state == state)
    )
    if kind is not None:
        statement = statement.where(ServiceTrack.kind == kind)
    if due_until is not None:
        statement = statement.where(ServiceTrack.due_on <= due_until)
    if query.strip():
        text = query.strip()
        statement = statement.where(
            Unit.code.icontains(text, autoescape=True) | Deal.number.icontains(text, autoescape=True)
        )
    return statement


def find_contract_in_force(session: Session, deal_id: int) -> Contract | None:
    """Find the contract of a sale that is not over; a draft is one, too."""
    statement = select(Contract).where(
        Contract.deal_id == deal_id, Contract.state.not_in(tuple(ENDED_CONTRACTS))
    )
    return session.scalars(statement).one_or_none()


def list_contracts_without_tracks(session: Session, limit: int = 500) -> Sequence[Contract]:
    """List signed contracts of sales under way that have no tracks yet."""
    statement = (
        select(Contract)
        .join(Deal, Deal.id == Contract.deal_id)
        .where(
            Contract.state.in_(SIGNED_STATES),
            Deal.state == DealState.OPEN,
            ~exists().where(ServiceTrack.deal_id == Contract.deal_id),
        )
        .order_by(Contract.id)
        .limit(limit)
    )
    return session.scalars(statement).all()


@dataclass(frozen=True)
class SurveyedSale:
    """A signed sale whose final survey two people have looked at; areas of gross in m², the noted difference in fen."""

    deal: Deal
    agreed_area: Decimal
    final_area: Decimal
    noted_difference: int
    is_settled: bool

    @property
    def share(self) -> Decimal:
        """How much the survey differs from what was agreed."""
        return (self.final_area - self.agreed_area) / self.agreed_area


def list_surveyed(session: Session, project_id: int) -> list[SurveyedSale]:
    """List the signed sales of a project with a checked final survey, by unit."""
    is_settled = exists().where(
        ServiceTrack.deal_id == Deal.id,
        ServiceTrack.kind == TrackKind.AREA_SETTLEMENT,
        ServiceTrack.state == TrackState.DONE,
    )
    statement = (
        select(Deal, Contract.gross_area, UnitArea.gross_area, Account.area_difference_amount, is_settled)
        .join(Contract, Contract.deal_id == Deal.id)
        .join(Account, Account.id == Deal.account_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .join(UnitArea, UnitArea.unit_id == Unit.id)
        .where(
            Deal.project_id == project_id,
            Deal.state == DealState.OPEN,
            Contract.state.in_(SIGNED_STATES),
            UnitArea.edition == AreaEdition.FINAL,
            UnitArea.superseded_at.is_(None),
            UnitArea.checked_at.is_not(None),
        )
        .options(joinedload(Deal.unit))
        .order_by(Unit.code)
    )
    return [
        SurveyedSale(deal, agreed, final, difference, settled)
        for deal, agreed, final, difference, settled in session.execute(statement)
        if final is not None
    ]


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about service tracks that must never be the case."""
    handed_over = (
        select(Claim.deal_id)
        .where(Claim.kind == ClaimKind.DELIVERED, Claim.closed_at.is_(None), ~Claim.is_accessory)
        .scalar_subquery()
    )
    statement = (
        select(ServiceTrack.deal_id, ServiceTrack.state)
        .join(Deal, Deal.id == ServiceTrack.deal_id)
        .where(ServiceTrack.kind == TrackKind.HANDOVER, Deal.state == DealState.OPEN)
        .where((ServiceTrack.state == TrackState.DONE) != ServiceTrack.deal_id.in_(handed_over))
        .order_by(ServiceTrack.deal_id)
    )
    for deal_id, state in session.execute(statement):
        yield f"deal {deal_id}: handover {state.value}, but the claim on its unit does not say so"
