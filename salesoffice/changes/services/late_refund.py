"""Refund after forfeiture: the seller gives back some or all of the deposit that it kept."""

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.ending import require_account
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import read_count
from salesoffice.core.errors import WrongState
from salesoffice.core.money import format_yuan
from salesoffice.core.permissions import Actor
from salesoffice.infra.i18n import _l
from salesoffice.payments.enums import SettlementKind
from salesoffice.payments.services import settle


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan to let `amount_fen` of what is kept be paid back. Refused: nothing kept, more than is kept, zero or less."""
    account = require_account(scene)
    if not account.retained_amount:
        raise WrongState(_l("The seller keeps nothing of this sale; there is nothing to give back."))
    amount = read_count(terms, "amount_fen")
    if not 1 <= amount <= account.retained_amount:
        kept = format_yuan(account.retained_amount)
        raise refuse_field("amount_fen", _l("Enter more than 0 and at most %(kept)s yuan.", kept=kept))
    return ChangePlan(
        old={"kept_fen": account.retained_amount, "refundable_fen": account.refundable_amount},
        new={
            "kept_fen": account.retained_amount - amount,
            "refundable_fen": account.refundable_amount + amount,
        },
        measure=amount,
    )


def apply(scene: Scene, terms: Values, _plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Take the settlement back by a negative row; the refund itself is asked for and approved as any other."""
    settle(
        scene.session,
        require_account(scene),
        actor=actor,
        kind=SettlementKind.RETAINED,
        amount=-read_count(terms, "amount_fen"),
        reason=change.reason,
        on=change.attributed_on,
    )


HANDLER = ChangeHandler(ChangeKind.REFUND_AFTER_FORFEITURE, plan, apply)
