"""Unit swap (换房): the sale goes on with another unit, its number, account, buyers and money with it."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.agreement import (
    Agreement,
    get_agreement,
    list_steps,
    name_field,
    stored_steps,
)
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.pricing import explain_objection
from salesoffice.changes.services.reading import is_id, read_count, read_ids, read_plan, read_steps
from salesoffice.changes.services.schedules import (
    Loan,
    check_lent,
    current_drafts,
    draft_price,
    list_drafts,
    put_schedule,
    read_drafts,
)
from salesoffice.contracts.services.amending import end_by_swap
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd
from salesoffice.deals.queries import find_open_claim, is_permitted, list_accessory_claims, list_buyers
from salesoffice.deals.rules import check_unit_free
from salesoffice.deals.services import build_unit_taken, check_claimable, check_not_overlaid
from salesoffice.deals.services.moving import move_deal
from salesoffice.inventory.models import Unit
from salesoffice.offers.services import mark_used
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.rules import InstalmentDraft
from salesoffice.reservations.models import Subscription, WaitingEntry
from salesoffice.reservations.queries import list_accessories
from salesoffice.reservations.rules import MAX_ACCESSORIES, check_deposit
from salesoffice.reservations.services import expire_hold_of
from salesoffice.reservations.services.amending import AccessoryTerms, AgreementTerms, replace_agreement
from salesoffice.reservations.services.changes import end_agreement
from salesoffice.reservations.services.offers import Offer, PriceTerms, weigh_offer
from salesoffice.reservations.services.waiting import check_turn, mark_taken


class Swap(NamedTuple):
    """A swap worked out; `fresh` are accessories that the deal has not got yet, `kept` those that stay bound. Fen."""

    unit: Unit
    offer: Offer
    objection: DomainError | None
    plan: PlanKind
    deposit: int
    fresh: tuple[Unit, ...]
    kept: tuple[AccessoryTerms, ...]
    drafts: list[InstalmentDraft]

    @property
    def total(self) -> int:
        """The new price with everything that is sold with the unit."""
        return self.offer.total + sum(item.amount for item in self.kept)


def name_units(terms: Values) -> Collection[int]:
    """Name the units that are locked beside the sale's own: the new one and what is to be sold with it."""
    accessories = terms.get("accessory_ids")
    wanted = [terms.get("unit_id"), *(accessories if isinstance(accessories, list | tuple) else ())]
    return [unit_id for unit_id in wanted if is_id(unit_id)]


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan the swap to `unit_id`, priced like a new subscription of the day of the paper: `discounts`, `scheme_ids`,
    `payment_plan` (as before when left out), `deposit_fen` (as before), `accessory_ids` sold with the new unit; those of
    the sale that are named stay bound at their price, the others are given up.

    `measure` is by how much the price moves either way (fen). Below the floor price or beyond the person's authority it
    must be approved. Refused: whatever keeps the unit from being claimed (`unit_taken`, `unit_not_released`,
    `unit_overlaid`, `permit_missing`, somebody else's turn), the same unit, a deposit above the project's share of the
    new price, a sale whose area is settled.
    """
    agreement = get_agreement(scene)
    swap = _find_swap(scene, agreement, terms)
    old_accessories = [claim.unit for claim in list_accessory_claims(scene.session, scene.deal.id)]
    bound = [unit.code for unit in old_accessories if unit.id in {item.unit_id for item in swap.kept}]
    floor = swap.offer.floor
    flat = swap.offer.total - sum(item.price.list_total_amount for item in swap.offer.accessories)
    return ChangePlan(
        old={
            "unit": scene.unit.code,
            "accessories": sorted(unit.code for unit in old_accessories),
            "total_fen": agreement.price,
            "plan": agreement.account.plan_kind.value,
            "deposit_fen": agreement.subscription.deposit_amount,
            "discounts": stored_steps(agreement.subscription.discounts),
            "instalments": list_drafts(current_drafts(scene, agreement.account)),
        },
        new={
            "unit": swap.unit.code,
            "accessories": sorted([*bound, *(unit.code for unit in swap.fresh)]),
            "total_fen": swap.total,
            "plan": swap.plan.value,
            "deposit_fen": swap.deposit,
            "discounts": list_steps(swap.offer.steps),
            "instalments": list_drafts(swap.drafts),
        },
        measure=abs(swap.total - agreement.price),
        amount_effect=swap.total - agreement.price,
        floor_effect=None if floor is None else flat - floor,
        must_be_approved=explain_objection(swap.objection),
    )


def apply(scene: Scene, terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Do the swap. The old unit waits until its price is confirmed, the agreement is replaced under the next number, a
    contract is over and is signed anew, the money stays on the account and pays the new schedule.
    """
    agreement = get_agreement(scene)
    swap = _find_swap(scene, agreement, terms)
    first = _take(scene, swap, actor)
    if agreement.contract is not None:
        end_by_swap(
            scene.session, agreement.contract, actor=actor, reason=change.reason, on=change.attributed_on
        )
    move_deal(
        scene.session,
        scene.claim,
        swap.unit,
        actor=actor,
        document=lambda: _replace(scene, agreement.subscription, swap, actor, change),
        accessories=[*(_get_unit(scene, item.unit_id) for item in swap.kept), *swap.fresh],
        reason=change.reason,
    )
    mark_used(scene.session, swap.offer.schemes)
    rows = plan.new["instalments"]
    drafts = read_drafts(rows) if isinstance(rows, list) else []
    put_schedule(scene, agreement.account, change, actor, drafts, swap.plan)
    if swap.plan is not PlanKind.MORTGAGE:
        scene.deal.loan_bank, scene.deal.loan_years = "", None
    if first is not None:
        mark_taken(scene.session, first, actor=actor)
    scene.session.flush()


def _find_swap(scene: Scene, agreement: Agreement, terms: Values) -> Swap:
    if agreement.account.area_difference_amount:
        raise WrongState(
            _l("The area of this sale is settled; it cannot be swapped. Cancel it and sell anew.")
        )
    unit = _find_unit(scene, terms)
    wanted = read_ids(terms, "accessory_ids")
    if len(wanted) > MAX_ACCESSORIES:
        raise refuse_field(
            "accessory_ids", _l("At most %(count)s units are sold with a flat.", count=MAX_ACCESSORIES)
        )
    kept = _find_kept(scene, agreement.subscription, wanted)
    fresh_ids = tuple(unit_id for unit_id in wanted if unit_id not in {item.unit_id for item in kept})
    plan = agreement.account.plan_kind
    if terms.get("payment_plan") is not None:
        plan = read_plan(terms, "payment_plan")
    price_terms = PriceTerms(
        signed_on=scene.entry.signed_on,
        plan=plan,
        discounts=read_steps(terms, "discounts"),
        scheme_ids=read_ids(terms, "scheme_ids"),
        accessory_ids=fresh_ids,
    )
    offer, objection = weigh_offer(scene.session, unit, actor=scene.actor, kept=None, terms=price_terms)
    fresh = tuple(item.unit for item in offer.accessories)
    for accessory in fresh:
        _check_free(scene, accessory, (), "accessory_ids")
    deposit = agreement.subscription.deposit_amount
    if terms.get("deposit_fen") is not None:
        deposit = read_count(terms, "deposit_fen")
    total = offer.total + sum(item.amount for item in kept)
    drafts = _draft(scene, agreement, offer, plan=plan, total=total, deposit=deposit)
    return Swap(unit, offer, objection, plan, deposit, fresh, kept, drafts)


def _find_unit(scene: Scene, terms: Values) -> Unit:
    unit_id = terms.get("unit_id")
    unit = scene.session.get(Unit, unit_id) if is_id(unit_id) else None
    if unit is None or unit.project_id != scene.deal.project_id:
        raise refuse_field(
            "unit_id", _l("There is no such unit here. Choose one from the list."), code="unit_unknown"
        )
    if unit.id == scene.unit.id:
        raise refuse_field("unit_id", _l("The sale is about this unit already. Choose another one."))
    buyers = [buyer.customer_id for buyer in list_buyers(scene.session, scene.deal.id)]
    _check_free(scene, unit, buyers, "unit_id")
    return unit


def _check_free(scene: Scene, unit: Unit, customer_ids: Collection[int], field: str) -> WaitingEntry | None:
    """Refuse, by a field, a locked unit that cannot be claimed now or that somebody else waits for; writes nothing."""
    session = scene.session
    try:
        claim = find_open_claim(session, unit.id)
        if claim is not None:
            raise build_unit_taken(session, claim, actor=scene.actor)
        check_not_overlaid(session, unit)
        check_unit_free(unit.release_state.value, is_permitted(session, unit), None)
        return check_turn(session, unit, customer_ids)
    except DomainError as refusal:
        raise name_field(refusal, field) from refusal


def _find_kept(scene: Scene, subscription: Subscription, wanted: Sequence[int]) -> tuple[AccessoryTerms, ...]:
    return tuple(
        AccessoryTerms(item.unit_id, item.unit_price_id, item.list_total_amount, item.amount)
        for item in list_accessories(scene.session, subscription.id)
        if item.unit_id in wanted
    )


def _draft(
    scene: Scene, agreement: Agreement, offer: Offer, *, plan: PlanKind, total: int, deposit: int
) -> list[InstalmentDraft]:
    try:
        check_deposit(deposit, total, scene.project.max_deposit_rate)
        drafts = draft_price(
            plan,
            price=total,
            deposit=deposit,
            signed_on=scene.entry.signed_on,
            due_on=offer.sign_by,
            loan=Loan(scene.project.down_payment_rate),
        )
    except DomainError as refusal:
        raise name_field(refusal, "deposit_fen") from refusal
    check_lent(scene, agreement.account, drafts, "unit_id")
    return drafts


def _take(scene: Scene, swap: Swap, actor: Actor) -> WaitingEntry | None:
    """Write down what has expired on the units to take, and ask once more that they are free."""
    for unit in (swap.unit, *swap.fresh):
        expire_hold_of(scene.session, unit)
        check_claimable(scene.session, unit, actor=actor)
    buyers = [buyer.customer_id for buyer in list_buyers(scene.session, scene.deal.id)]
    return check_turn(scene.session, swap.unit, buyers)


def _replace(scene: Scene, replaced: Subscription, swap: Swap, actor: Actor, change: Change) -> Subscription:
    end_agreement(
        scene.session, replaced, actor=actor, end=ClaimEnd.SWAP, reason=change.reason, on=change.attributed_on
    )
    fresh = tuple(
        AccessoryTerms(
            item.unit.id, item.price.id, item.price.list_total_amount, item.price.list_total_amount
        )
        for item in swap.offer.accessories
    )
    return replace_agreement(
        scene.session,
        scene.deal,
        actor=actor,
        replaced=replaced,
        terms=AgreementTerms(
            unit=swap.unit,
            unit_price_id=swap.offer.price.id,
            list_total=swap.offer.list_total + sum(item.list_total for item in swap.kept),
            total=swap.total,
            steps=swap.offer.steps,
            deposit=swap.deposit,
            plan=swap.plan,
            signed_on=change.signed_on,
            sign_by=swap.offer.sign_by,
            accessories=(*swap.kept, *fresh),
        ),
    )


def _get_unit(scene: Scene, unit_id: int) -> Unit:
    return scene.session.get_one(Unit, unit_id)


HANDLER = ChangeHandler(ChangeKind.SWAP, plan, apply, units=name_units)
