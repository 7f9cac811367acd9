"""What the ends of a sale share: the money as it stands, and the end itself."""

from dataclasses import dataclass

from sqlalchemy import func, select

from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Settlement
from salesoffice.changes.services.handling import Scene, open_contract
from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.services import cancel_contract
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.payments.enums import ReceiptKind, SettlementKind
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.queries.accounts import COUNTED_STATES
from salesoffice.payments.services import settle
from salesoffice.reservations.enums import ProvisionalState
from salesoffice.reservations.models import ProvisionalOrder
from salesoffice.reservations.queries import find_open_order
from salesoffice.reservations.rules import OrderExpired
from salesoffice.reservations.services.changes import cancel_subscription
from salesoffice.reservations.services.expiring import end_order


@dataclass(frozen=True)
class Money:
    """The money of a sale (fen): what is here, confirmed and not paid back, and what of it is the agreed deposit."""

    received: int
    deposit: int


def count_money(scene: Scene) -> Money:
    """Count the confirmed money of a sale. A provisional order has no deposit: its money is always given back."""
    account = require_account(scene)
    received = account.received_amount - account.refunded_amount
    if scene.claim.kind is ClaimKind.PROVISIONAL or scene.subscription is None:
        return Money(received, 0)
    statement = select(func.coalesce(func.sum(Receipt.amount), 0)).where(
        Receipt.account_id == account.id,
        Receipt.kind == ReceiptKind.DEPOSIT,
        Receipt.state.in_(COUNTED_STATES),
    )
    deposit = int(scene.session.scalars(statement).one())
    return Money(received, max(min(deposit, scene.subscription.deposit_amount, received), 0))


def build_end_plan(scene: Scene, end: ClaimEnd, settlement: Settlement, received: int) -> ChangePlan:
    """Build the plan of an end: the stage before and the end after it, and where the money goes (fen).

    `measure` is what would be paid back, `amount_effect` the price that is no longer earned.
    """
    old: dict[str, object] = {
        "stage": scene.claim.kind.value,
        "kept_fen": 0,
        "owed_fen": 0,
        "refundable_fen": received,
    }
    new: dict[str, object] = {
        "stage": end.value,
        "kept_fen": settlement.kept,
        "owed_fen": settlement.owed,
        "refundable_fen": received - settlement.kept + settlement.owed,
    }
    contract = open_contract(scene)
    if contract is not None:
        old |= {"contract": contract.number}
        new |= {"contract": ""}
    price = scene.subscription.total_amount if scene.subscription is not None else 0
    if scene.claim.kind is not ClaimKind.PROVISIONAL and scene.account is not None:
        price = scene.account.total_amount
    return ChangePlan(
        old=old, new=new, measure=received - settlement.kept + settlement.owed, amount_effect=-price
    )


def end_sale(scene: Scene, plan: ChangePlan, actor: Actor, change: Change, end: ClaimEnd) -> None:
    """End a sale as planned: the money settled first, then the claim, its documents, the account and the unit.

    A contract that was only a draft is discarded with it. The business day is the one the change is attributed to.
    """
    account = require_account(scene)
    for kind, name in (
        (SettlementKind.COMPENSATION, "owed_fen"),
        (SettlementKind.RETAINED, "kept_fen"),
    ):
        amount = int(str(plan.new[name]))
        if amount:
            settle(
                scene.session, account, actor=actor, kind=kind, amount=amount, reason=change.reason,
                on=change.attributed_on,
            )  # fmt: skip
    if scene.claim.kind is ClaimKind.PROVISIONAL:
        order = require_order(scene)
        end_order(
            scene.session, order, scene.claim, state=ProvisionalState.CANCELLED, actor=actor,
            reason=change.reason, on=change.attributed_on,
        )  # fmt: skip
        return
    contract = open_contract(scene)
    if contract is not None:
        is_draft = contract.state is ContractState.DRAFT
        cancel_contract(
            scene.session, contract, actor=actor, reason=change.reason, end=end, on=change.attributed_on
        )
        if not is_draft:
            return
    if scene.subscription is None:
        raise RuntimeError(f"deal {scene.deal.id} has no subscription agreement")
    cancel_subscription(
        scene.session, scene.subscription, actor=actor, reason=change.reason, end=end, on=change.attributed_on
    )


def require_account(scene: Scene) -> Account:
    """Return the account; every sale that can be changed has one."""
    if scene.account is None:
        raise RuntimeError(f"deal {scene.deal.id} has no account")
    return scene.account


def require_order(scene: Scene) -> ProvisionalOrder:
    """Return the provisional order in force; refused with OrderExpired when its time has passed."""
    order = find_open_order(scene.session, scene.deal.unit_id)
    if order is None or order.deal_id != scene.deal.id:
        raise OrderExpired
    return order
