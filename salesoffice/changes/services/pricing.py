"""Another price: other discounts, or a total that was agreed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.agreement import (
    Agreement,
    amend,
    get_agreement,
    list_steps,
    name_field,
    refuse_draft,
    refuse_unchanged,
    stored_steps,
)
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import read_count, read_ids, read_steps
from salesoffice.changes.services.schedules import (
    check_lent,
    current_drafts,
    draft_price,
    find_loan,
    first_due,
    keep_days,
    list_drafts,
    put_schedule,
    read_drafts,
    with_difference,
)
from salesoffice.contracts.services.amending import Amendment
from salesoffice.core.errors import DomainError, Text
from salesoffice.core.permissions import Actor
from salesoffice.infra.i18n import _
from salesoffice.offers.rules import DiscountNotAllowed
from salesoffice.offers.services import mark_used
from salesoffice.payments.rules import InstalmentDraft
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.models import UnitPrice
from salesoffice.pricing.rules import DiscountStep, PriceLayers, StepResult, check_price_layers
from salesoffice.reservations.models import SubscriptionAccessory
from salesoffice.reservations.queries import list_accessories
from salesoffice.reservations.rules import check_deposit
from salesoffice.reservations.services.amending import amend_price
from salesoffice.reservations.services.offers import (
    AgreedPrice,
    Offer,
    PriceTerms,
    find_limits_of,
    weigh_offer,
)


class NewPrice(NamedTuple):
    """The flat's offer under the new terms, what stands against it, and the totals with accessories (fen)."""

    offer: Offer
    objection: DomainError | None
    total: int
    flat_total: int


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan a price from the list price that was agreed: `discounts` and `scheme_ids`, or `total_fen` of the whole sale.

    What is sold with the flat keeps its price. `measure` is what is missing to the floor price when it is broken, else
    what the price falls by; `floor_effect` is the flat's price less the project's floor (all fen). Below the floor or
    beyond the person's authority it must be approved. Refused: above the filed or the list price, a deposit of more
    than the project's share of the new price, a draft contract, terms that change nothing.
    """
    agreement = get_agreement(scene)
    refuse_draft(agreement)
    found = _find_price(scene, agreement, terms)
    try:
        check_deposit(agreement.subscription.deposit_amount, found.total, scene.project.max_deposit_rate)
    except DomainError as refusal:
        raise name_field(refusal, _field_of(terms)) from refusal
    current = current_drafts(scene, agreement.account)
    drafts = _draft(scene, agreement, found.total, current)
    check_lent(scene, agreement.account, drafts, _field_of(terms))
    floor = found.offer.floor
    effect = None if floor is None else found.flat_total - floor
    missing = -effect if effect is not None and effect < 0 else 0
    planned = ChangePlan(
        old={
            "total_fen": agreement.price,
            "discounts": stored_steps(agreement.subscription.discounts),
            "instalments": list_drafts(current),
        },
        new={
            "total_fen": found.total,
            "discounts": list_steps(found.offer.steps),
            "instalments": list_drafts(drafts),
        },
        measure=missing or max(agreement.price - found.total, 0),
        amount_effect=found.total - agreement.price,
        floor_effect=effect,
        must_be_approved=explain_objection(found.objection),
    )
    return refuse_unchanged(planned, _field_of(terms))


def apply(scene: Scene, terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Put the price into agreement, account and contract; money beyond it stays on the account as paid too much."""
    agreement = get_agreement(scene)
    found = _find_price(scene, agreement, terms)
    account, rows = agreement.account, plan.new["instalments"]
    mark_used(scene.session, found.offer.schemes)
    amend_price(
        scene.session,
        agreement.subscription,
        actor=actor,
        steps=_name_steps(found.offer.steps),
        total=found.total,
        reason=change.number,
    )
    drafts = read_drafts(rows) if isinstance(rows, list) else []
    put_schedule(scene, account, change, actor, drafts, account.plan_kind)
    amend(agreement, scene, change, actor, Amendment(total=found.total))


def explain_objection(objection: DomainError | None) -> Text | None:
    """Say in words why a price cannot be agreed without an approval."""
    if objection is None:
        return None
    if isinstance(objection, DiscountNotAllowed):
        return _l(
            "The discounts come to %(rate)s of the list price, more than you may give.",
            rate=f"{Decimal(objection.values['rate']) * 100:.2f} %",
        )
    return _l("The price is below the floor price.")


def _find_price(scene: Scene, agreement: Agreement, terms: Values) -> NewPrice:
    subscription = agreement.subscription
    sold_with = list_accessories(scene.session, subscription.id)
    kept = AgreedPrice(
        subscription.unit_price_id,
        subscription.list_total_amount - sum(item.list_total_amount for item in sold_with),
    )
    extra = sum(item.amount for item in sold_with)
    steps = _read_terms(scene, agreement, kept, terms, sold_with)
    wanted = PriceTerms(
        signed_on=scene.entry.signed_on,
        plan=agreement.account.plan_kind,
        discounts=steps,
        scheme_ids=read_ids(terms, "scheme_ids"),
    )
    try:
        offer, objection = weigh_offer(scene.session, scene.unit, actor=scene.actor, kept=kept, terms=wanted)
    except DomainError as refusal:
        raise name_field(refusal, _field_of(terms)) from refusal
    return NewPrice(offer, objection, offer.total + extra, offer.total)


def _read_terms(
    scene: Scene,
    agreement: Agreement,
    kept: AgreedPrice,
    terms: Values,
    sold_with: Sequence[SubscriptionAccessory],
) -> tuple[DiscountStep, ...]:
    if terms.get("total_fen") is None:
        return read_steps(terms, "discounts")
    if terms.get("discounts") or terms.get("scheme_ids"):
        raise refuse_field("total_fen", _l("Give either discounts or a total price."))
    total = read_count(terms, "total_fen")
    if total == agreement.price:
        raise refuse_field("total_fen", _l("Nothing would change: this is what is agreed already."))
    flat = total - sum(item.amount for item in sold_with)
    if flat <= 0:
        raise refuse_field("total_fen", _l("The price must be larger than zero."))
    price = scene.session.get_one(UnitPrice, kept.unit_price_id)
    limits = find_limits_of(scene.session, scene.unit, price)
    try:
        check_price_layers(PriceLayers(flat, limits.filed, kept.list_total_amount))
    except DomainError as refusal:
        raise name_field(refusal, "total_fen") from refusal
    off = kept.list_total_amount - flat
    return (DiscountStep(DiscountKind.AMOUNT, Decimal(off), ""),) if off else ()


def _draft(
    scene: Scene, agreement: Agreement, total: int, current: list[InstalmentDraft]
) -> list[InstalmentDraft]:
    subscription, account = agreement.subscription, agreement.account
    drafts = draft_price(
        account.plan_kind,
        price=total,
        deposit=subscription.deposit_amount,
        signed_on=subscription.signed_on,
        due_on=first_due(agreement),
        loan=find_loan(scene, agreement),
    )
    return keep_days(with_difference(account, drafts, current), current)


def _name_steps(steps: tuple[StepResult, ...]) -> tuple[StepResult, ...]:
    """Give the step of an agreed total the name under which papers print it."""
    return tuple(
        StepResult(
            DiscountStep(result.step.kind, result.step.value, result.step.name or _("Agreed price")),
            result.before,
            result.after,
        )
        for result in steps
    )


def _field_of(terms: Values) -> str:
    return "discounts" if terms.get("total_fen") is None else "total_fen"


HANDLER = ChangeHandler(ChangeKind.PRICE, plan, apply)
