"""Forfeiture (挞定): the buyer does not sign, the seller keeps the deposit. By hand, or by the sweep after the deadline."""

from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState, Fault, ReasonCode
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, is_forfeit_due, settle_by_fault
from salesoffice.changes.services.ending import build_end_plan, count_money, end_sale
from salesoffice.changes.services.handling import ChangeEntry, ChangeHandler, Scene
from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.infra.i18n import _
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription


def plan(scene: Scene, _terms: Values) -> ChangePlan:
    """Plan a forfeiture: what was received of the deposit, up to the agreed one, is kept; the rest is given back."""
    money = count_money(scene)
    settlement = settle_by_fault(Fault.BUYER, received=money.received, deposit=money.deposit)
    return build_end_plan(scene, ClaimEnd.FORFEIT, settlement, money.received)


def apply(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Keep the deposit and end the sale; the unit comes back withheld."""
    end_sale(scene, plan, actor, change, ClaimEnd.FORFEIT)


def list_forfeitable(session: Session, today: date) -> list[int]:
    """List the ids of the agreements that are forfeited by themselves on a business day, oldest first.

    Not signed so many days after the last day for signing as the project says, and nothing about the sale waits for a
    decision: an extension that was asked for counts. A contract that is entered, were it a draft, is signed.
    """
    waits = exists().where(Change.deal_id == Subscription.deal_id, Change.state == ChangeState.REQUESTED)
    signed = exists().where(Contract.deal_id == Subscription.deal_id, Contract.state.not_in(ENDED_CONTRACTS))
    statement = (
        select(Subscription.id, Subscription.sign_by, Project.forfeit_after_days)
        .join(Project, Project.id == Subscription.project_id)
        .join(
            Claim, (Claim.deal_id == Subscription.deal_id) & Claim.closed_at.is_(None) & ~Claim.is_accessory
        )
        .where(
            Project.forfeit_after_days.is_not(None),
            Subscription.state == SubscriptionState.ACTIVE,
            Subscription.sign_by < today - timedelta(days=1),
            Claim.kind == ClaimKind.SUBSCRIPTION,
            ~waits,
            ~signed,
        )
        .order_by(Subscription.id)
    )
    return [
        found
        for found, sign_by, days in session.execute(statement)
        if days is not None and is_forfeit_due(sign_by, days, today)
    ]


def build_automatic_entry(today: date) -> ChangeEntry:
    """Build what is said about a forfeiture that nobody asked for."""
    return ChangeEntry(
        reason_code=ReasonCode.DEADLINE_PASSED,
        reason=_("Not signed in time"),
        signed_on=today,
        attributed_on=clock.business_today(),
        fault=Fault.BUYER,
    )


HANDLER = ChangeHandler(ChangeKind.FORFEITURE, plan, apply)
