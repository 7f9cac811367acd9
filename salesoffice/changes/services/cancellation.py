"""Cancellation by agreement (退订, 退认购, 退房), at every stage before the filing."""

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field, settle_as_agreed, settle_by_fault
from salesoffice.changes.services.ending import build_end_plan, count_money, end_sale, require_order
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import read_count
from salesoffice.core.money import format_yuan
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.infra.i18n import _l


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan the end of a sale. Nobody's fault: all money is given back; the buyer's: the deposit is kept; the seller's:
    the deposit is given back twice. `refundable_fen` may say another amount, which then must be approved.

    Refused: an amount below zero or above what the rule could ever give back.
    """
    if scene.claim.kind is ClaimKind.PROVISIONAL:
        require_order(scene)
    money = count_money(scene)
    rule = settle_by_fault(scene.entry.fault, received=money.received, deposit=money.deposit)
    agreed = rule
    if terms.get("refundable_fen") is not None:
        amount, most = read_count(terms, "refundable_fen"), max(money.received, money.received + rule.owed)
        if not 0 <= amount <= most:
            message = _l("Between 0 and %(most)s yuan can be paid back.", most=format_yuan(most))
            raise refuse_field("refundable_fen", message, code="refundable_invalid")
        agreed = settle_as_agreed(amount, received=money.received)
    drawn = build_end_plan(scene, ClaimEnd.CANCEL, agreed, money.received)
    if agreed == rule:
        return drawn
    usual = money.received - rule.kept + rule.owed
    reason = _l("By the rule %(amount)s yuan would be paid back.", amount=format_yuan(usual))
    return ChangePlan(drawn.old, drawn.new, drawn.measure, drawn.amount_effect, must_be_approved=reason)


def apply(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Settle the money and end the sale; the unit comes back withheld (that of a provisional order is free again)."""
    end_sale(scene, plan, actor, change, ClaimEnd.CANCEL)


HANDLER = ChangeHandler(ChangeKind.CANCELLATION, plan, apply)
