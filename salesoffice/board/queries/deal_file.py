"""Everything of one deal, in order."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from salesoffice.board.queries.deals import may_name_buyers
from salesoffice.changes.models import Change
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_contract_of_deal, list_contracts_of_deal
from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.core.text import mask_name, mask_phone
from salesoffice.customers.queries import name_users
from salesoffice.deals.enums import ClaimEnd
from salesoffice.deals.models import Claim, Deal, DealAttachment
from salesoffice.deals.queries import find_claim_of_deal, get_deal_by_number, is_live, may_view_deal
from salesoffice.infra.db import Model
from salesoffice.infra.i18n import _l
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Unit
from salesoffice.notices.models import NoticeDelivery
from salesoffice.papers.models import Paper
from salesoffice.payments.enums import AccountKind, InstalmentKind
from salesoffice.payments.models import Account, Receipt, Refund
from salesoffice.payments.queries import AccountReport, report_account
from salesoffice.registrations.models import Registration
from salesoffice.reservations.models import Hold, ProvisionalOrder, Subscription, SubscriptionAccessory
from salesoffice.reservations.queries import find_order_of_deal, find_subscription_of_deal, list_accessories
from salesoffice.tracks.models import ServiceTrack
from salesoffice.tracks.queries import list_tracks

_LONGEST_STORY = 200

_PARTS = (
    Hold,
    ProvisionalOrder,
    Registration,
    Subscription,
    Contract,
    Change,
    DealAttachment,
    Paper,
    ServiceTrack,
    NoticeDelivery,
)
"""What belongs to a deal and has a story of its own."""


@dataclass(frozen=True)
class Buyer:
    """A buyer as this person may see them."""

    id: int
    name: str
    phones: tuple[str, ...]
    certificate: str
    may_open: bool


@dataclass(frozen=True)
class PriceStep:
    """One discount step and the price after it (fen)."""

    name: str
    after: int


@dataclass(frozen=True)
class DealFile:
    """Everything of one sale."""

    deal: Deal
    claim: Claim | None
    is_live: bool
    hold: Hold | None
    order: ProvisionalOrder | None
    subscription: Subscription | None
    contract: Contract | None
    contracts: Sequence[Contract]
    buyers: tuple[Buyer, ...]
    steps: tuple[PriceStep, ...]
    accessories: Sequence[SubscriptionAccessory]
    account: AccountReport | None
    tracks: Sequence[ServiceTrack]
    entries: Sequence[AuditEntry]
    names: Mapping[int | None, str]

    @property
    def unit(self) -> Unit:
        """The unit that is sold."""
        return self.deal.unit

    @property
    def flat_list_total(self) -> int:
        """The list total of the flat alone (fen); 0 before an agreement is signed."""
        extra = sum(item.list_total_amount for item in self.accessories)
        return self.subscription.list_total_amount - extra if self.subscription else 0

    @property
    def deposit(self) -> tuple[int, int] | None:
        """What is paid of the deposit, and the deposit (fen); None where none is due any more."""
        lines = self.account.balance.instalments if self.account else ()
        due = [line for line in lines if line.kind is InstalmentKind.DEPOSIT]
        return (sum(line.paid for line in due), sum(line.amount for line in due)) if due else None

    @property
    def is_earnest(self) -> bool:
        """Tell whether there is no price yet: the account is for earnest money only."""
        return self.account is not None and self.account.account.kind is AccountKind.EARNEST

    @property
    def end(self) -> ClaimEnd | None:
        """How the deal ended, if it has."""
        return self.claim.end_kind if self.claim else None


def load_deal_file(session: Session, project_id: int, number: str, *, actor: Actor) -> DealFile:
    """Gather everything of a deal; raises NotFound when there is none, or none for this person."""
    deal = get_deal_by_number(session, project_id, number)
    return build_deal_file(session, deal, actor=actor)


def build_deal_file(session: Session, deal: Deal, *, actor: Actor) -> DealFile:
    """Gather everything of a deal as a person may see it; raises NotFound when the deal is not theirs to see."""
    if not may_view_deal(actor, deal):
        raise NotFound(_l("There is no such deal."))
    claim = find_claim_of_deal(session, deal.id)
    hold = session.scalars(select(Hold).where(Hold.deal_id == deal.id)).first()
    subscription = find_subscription_of_deal(session, deal.id)
    contracts = list_contracts_of_deal(session, deal.id)
    report = report_account(session, deal.account, clock.business_today()) if deal.account else None
    entries = _list_entries(session, deal, report)
    return DealFile(
        deal=deal,
        claim=claim,
        is_live=claim is not None and is_live(claim),
        hold=hold,
        order=find_order_of_deal(session, deal.id),
        subscription=subscription,
        contract=find_contract_of_deal(session, deal.id),
        contracts=contracts,
        buyers=_list_buyers(deal, hold, actor),
        steps=_read_steps(subscription),
        accessories=list_accessories(session, subscription.id) if subscription else (),
        account=report,
        tracks=list_tracks(session, deal.id),
        entries=entries,
        names=name_users(session, _people(deal, subscription, contracts, report)),
    )


def _list_buyers(deal: Deal, hold: Hold | None, actor: Actor) -> tuple[Buyer, ...]:
    customers = [buyer.customer for buyer in deal.buyers]
    if not customers and hold is not None and hold.customer is not None:
        customers = [hold.customer]
    sees_names = may_name_buyers(actor, deal.project_id, deal.rep_id)
    sees_phones = sees_names and (
        deal.rep_id == actor.id or actor.can(Permission.CUSTOMER_REVEAL, deal.project_id)
    )
    return tuple(
        Buyer(
            id=customer.id,
            name=customer.name if sees_names else mask_name(customer.name),
            phones=tuple(
                phone.number if sees_phones else mask_phone(phone.number) for phone in customer.phones
            ),
            certificate=customer.certificate_masked,
            may_open=sees_names,
        )
        for customer in customers
    )


def _read_steps(subscription: Subscription | None) -> tuple[PriceStep, ...]:
    if subscription is None:
        return ()
    return tuple(
        PriceStep(str(step.get("name", "")), int(step.get("after", 0)))
        for step in json.loads(subscription.discounts)
    )


def _people(
    deal: Deal,
    subscription: Subscription | None,
    contracts: Sequence[Contract],
    report: AccountReport | None,
) -> list[int | None]:
    found: list[int | None] = [deal.rep_id, subscription.entered_by_id if subscription else None]
    for contract in contracts:
        found += [contract.entered_by_id, contract.verified_by_id]
    if report is not None:
        for receipt in report.receipts:
            found += [receipt.recorded_by_id, receipt.confirmed_by_id]
        for refund in report.refunds:
            found += [refund.requested_by_id, refund.decided_by_id]
    return found


def _list_entries(session: Session, deal: Deal, report: AccountReport | None) -> Sequence[AuditEntry]:
    """List what was written about the deal and everything of it, the newest first."""
    about = [_is_about(Deal, select(Deal.id).where(Deal.id == deal.id))]
    about += [_is_about(model, select(model.id).where(model.deal_id == deal.id)) for model in _PARTS]
    if report is not None:
        account_id = report.account.id
        about.append(_is_about(Account, select(Account.id).where(Account.id == account_id)))
        about += [
            _is_about(model, select(model.id).where(model.account_id == account_id))
            for model in (Receipt, Refund)
        ]
    statement = (
        select(AuditEntry)
        .where(AuditEntry.project_id == deal.project_id, or_(*about))
        .order_by(AuditEntry.sequence.desc())
        .limit(_LONGEST_STORY)
    )
    return session.scalars(statement).all()


def _is_about(model: type[Model], ids: Select[int]) -> ColumnElement[bool]:
    return and_(AuditEntry.subject_kind == model.__tablename__, AuditEntry.subject_id.in_(ids))
