"""Void: an agreement or a provisional order that was entered by mistake, and that nobody has paid for."""

from sqlalchemy import select

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Settlement, Values
from salesoffice.changes.services.ending import build_end_plan, require_order
from salesoffice.changes.services.extension import require_subscription
from salesoffice.changes.services.handling import ChangeHandler, Scene, open_contract
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.infra.i18n import _l
from salesoffice.payments.enums import ReceiptState
from salesoffice.payments.models import Receipt
from salesoffice.reservations.services.changes import cancel_subscription, void_order


def plan(scene: Scene, _terms: Values) -> ChangePlan:
    """Plan to void. Refused with WrongState: money came, or a contract has been entered (cancel the sale instead)."""
    if scene.claim.kind is ClaimKind.PROVISIONAL:
        require_order(scene)
    if open_contract(scene) is not None:
        raise WrongState(_l("A contract has been entered for this agreement. Discard it first."))
    statement = select(Receipt.number).where(
        Receipt.account_id == scene.deal.account_id, Receipt.state != ReceiptState.REFUSED
    )
    number = scene.session.scalars(statement).first()
    if number is not None:
        raise WrongState(
            _l("Money was entered for this sale (receipt %(number)s). Cancel it instead.", number=number)
        )
    return build_end_plan(scene, ClaimEnd.VOID, Settlement(0, 0), 0)


def apply(scene: Scene, _terms: Values, _plan: ChangePlan, actor: Actor, change: Change) -> None:
    """End what was never sold; the unit is on sale as before, at its price in force."""
    session, reason, on = scene.session, change.reason, change.attributed_on
    if scene.claim.kind is ClaimKind.PROVISIONAL:
        void_order(session, require_order(scene), actor=actor, reason=reason, on=on)
    else:
        subscription = require_subscription(scene)
        cancel_subscription(session, subscription, actor=actor, reason=reason, end=ClaimEnd.VOID, on=on)


HANDLER = ChangeHandler(ChangeKind.VOID, plan, apply)
