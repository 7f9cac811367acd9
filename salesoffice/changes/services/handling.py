"""What a kind of change consists of, and the scene it plays in."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, Fault, ReasonCode
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values
from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.models import Contract
from salesoffice.contracts.queries import find_contract_of_deal
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import find_claim_of_deal
from salesoffice.deals.services import lock_unit
from salesoffice.inventory.models import Unit
from salesoffice.payments.models import Account
from salesoffice.payments.services.accounts import lock_account
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import find_subscription_of_deal


@dataclass(frozen=True)
class ChangeEntry:
    """What is said about a change: why, through whose fault, the day of its paper and the business day it counts for."""

    reason_code: ReasonCode
    reason: str
    signed_on: date
    attributed_on: date | None = None
    fault: Fault = Fault.NONE
    attachment_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scene:
    """A sale with everything locked that a change may touch. `claim` is the latest on its flat, open or closed.

    `actor` asks for the change, or decides about it when it is planned again.
    """

    session: Session
    actor: Actor
    project: Project
    deal: Deal
    unit: Unit
    claim: Claim
    subscription: Subscription | None
    contract: Contract | None
    account: Account | None
    entry: ChangeEntry


@dataclass(frozen=True)
class ChangeHandler:
    """One kind of change.

    `plan` writes nothing and refuses by DomainError; it is called again under the locks before `apply`. `units` names
    the units that it touches beside the deal's own, by what was asked for, `bound` those by the deal itself; they are
    locked together with it. `restore` takes an applied change back (only for UNDOABLE_KINDS).
    """

    kind: ChangeKind
    plan: Callable[[Scene, Values], ChangePlan]
    apply: Callable[[Scene, Values, ChangePlan, Actor, Change], None]
    units: Callable[[Values], Collection[int]] = lambda _terms: ()
    restore: Callable[[Scene, Change, Actor], None] | None = None
    bound: Callable[[Session, Deal], Collection[int]] = lambda _session, _deal: ()


def set_scene(
    session: Session, deal: Deal, entry: ChangeEntry, *, actor: Actor, with_units: Collection[int] = ()
) -> Scene:
    """Lock the units, then the account of a sale, and read everything about it afresh.

    Refused with WrongState when the sale was moved to another unit while this waited for its lock.
    """
    unit = lock_unit(session, deal.unit_id, with_units=with_units)
    deal = session.get_one(Deal, deal.id, populate_existing=True)
    if deal.unit_id != unit.id:
        raise WrongState(_l("This sale was moved to another unit a moment ago. Look at it, then try again."))
    claim = find_claim_of_deal(session, deal.id)
    if claim is None:
        raise RuntimeError(f"deal {deal.id} never had a claim")
    session.refresh(claim)
    subscription = find_subscription_of_deal(session, deal.id)
    contract = find_contract_of_deal(session, deal.id)
    for document in (subscription, contract):
        if document is not None:
            session.refresh(document)
    account = lock_account(session, deal.account_id) if deal.account_id is not None else None
    project = get_project(session, deal.project_id)
    return Scene(session, actor, project, deal, unit, claim, subscription, contract, account, entry)


def open_contract(scene: Scene) -> Contract | None:
    """Return the contract of the sale that is not over, a draft among them."""
    contract = scene.contract
    return None if contract is None or contract.state in ENDED_CONTRACTS else contract
