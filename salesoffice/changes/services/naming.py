"""Who buys: another person's name (更名), co-owners with their shares, another principal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.agreement import amend, get_agreement, refuse_draft, refuse_unchanged
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import is_id, read_ids, read_rate
from salesoffice.contracts.services.amending import Amendment
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_name
from salesoffice.customers.models import Customer
from salesoffice.deals.models import DealBuyer
from salesoffice.deals.queries import list_buyers
from salesoffice.reservations.rules import MAX_BUYERS

_LONGEST_NAMES = 200


@dataclass(frozen=True)
class Buyer:
    """A party to the sale; `share` of 1, None where the buyers own it together without shares."""

    customer: Customer
    share: Decimal | None = None


def plan_name(scene: Scene, terms: Values) -> ChangePlan:
    """Plan another name: `customer_ids` take the place of all buyers, or of the one named by `replaced_id`, whose place
    and share one of them takes. Refused by the fields: unknown customers, more than ten buyers, one who buys already.
    """
    buyers = _find_buyers(scene)
    fresh = [Buyer(_get_customer(scene, found, "customer_ids")) for found in read_ids(terms, "customer_ids")]
    if not fresh:
        raise refuse_field("customer_ids", _l("Choose who buys from now on."))
    if terms.get("replaced_id") is None:
        return _plan(scene, buyers, fresh, "customer_ids")
    places = [place for place, buyer in enumerate(buyers) if buyer.customer.id == terms["replaced_id"]]
    if not places:
        raise refuse_field("replaced_id", _l("This customer is none of the buyers."))
    if len(fresh) > 1:
        raise refuse_field("customer_ids", _l("One buyer is replaced by one customer."))
    taken = replace(fresh[0], share=buyers[places[0]].share)
    wanted = [taken if place == places[0] else buyer for place, buyer in enumerate(buyers)]
    return _plan(scene, buyers, wanted, "customer_ids")


def plan_co_owner(scene: Scene, terms: Values) -> ChangePlan:
    """Plan co-owners: `add` lists {customer_id, share?}, `remove` customer ids, `shares` a share per customer id.

    Shares (texts like "0.50") are given for every buyer and add up to 1, or for nobody: then the buyers own it
    together. Refused by the fields: removing the principal, unknown customers, more than ten buyers, wrong shares.
    """
    buyers = _find_buyers(scene)
    removed = set(read_ids(terms, "remove"))
    if removed - {buyer.customer.id for buyer in buyers}:
        raise refuse_field("remove", _l("This customer is none of the buyers."))
    if buyers[0].customer.id in removed:
        raise refuse_field(
            "remove", _l("The principal cannot be removed. Make another buyer the principal first.")
        )
    shares = _read_shares(terms)
    added = _read_added(scene, terms)
    stay = [buyer for buyer in buyers if buyer.customer.id not in removed]
    wanted = [*(replace(buyer, share=None) for buyer in stay), *added]
    if not shares and not any(buyer.share is not None for buyer in added):
        is_same = not removed and not added
        return _plan(scene, buyers, buyers if is_same else wanted, "add")
    unknown = set(shares) - {buyer.customer.id for buyer in wanted}
    if unknown:
        raise refuse_field("shares", _l("A share is given to somebody who does not buy."))
    wanted = [replace(buyer, share=shares.get(buyer.customer.id, buyer.share)) for buyer in wanted]
    _check_shares(wanted)
    return _plan(scene, buyers, wanted, "add")


def plan_principal(scene: Scene, terms: Values) -> ChangePlan:
    """Plan another principal: the buyer `customer_id` comes first, the others follow in their order; shares stay."""
    buyers = _find_buyers(scene)
    chosen = [buyer for buyer in buyers if buyer.customer.id == terms.get("customer_id")]
    if not chosen:
        raise refuse_field(
            "customer_id",
            _l("Choose one of the buyers. Somebody else becomes a buyer by a name change first."),
        )
    return _plan(scene, buyers, [*chosen, *(one for one in buyers if one not in chosen)], "customer_id")


def apply(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Write the buyers anew and bring the contract in line, where there is one."""
    wanted = plan.details["buyers"]
    if not isinstance(wanted, list):
        raise TypeError("the plan of buyers has no buyers")
    session, deal = scene.session, scene.deal
    for row in list_buyers(session, deal.id):
        session.delete(row)
    session.flush()  # places and persons are unique: the old rows go before the new ones come
    session.add_all(
        DealBuyer(deal_id=deal.id, customer_id=buyer.customer.id, position=position, share=buyer.share)
        for position, buyer in enumerate(wanted)
    )
    session.flush()
    session.expire(deal, ["buyers"])
    amend(get_agreement(scene), scene, change, actor, _amendment(wanted))


def _plan(scene: Scene, buyers: Sequence[Buyer], wanted: Sequence[Buyer], field: str) -> ChangePlan:
    agreement = get_agreement(scene)
    refuse_draft(agreement)
    ids = [buyer.customer.id for buyer in wanted]
    if len(set(ids)) != len(ids):
        raise refuse_field(field, _l("This customer is a buyer already."))
    if len(ids) > MAX_BUYERS:
        raise refuse_field(field, _l("Name 1 to %(count)s different buyers.", count=MAX_BUYERS))
    if agreement.contract is not None:
        _check_certificates(wanted, buyers, field)
    planned = ChangePlan(
        old={"buyers": _values(buyers)}, new={"buyers": _values(wanted)}, details={"buyers": list(wanted)}
    )
    return refuse_unchanged(planned, field)


def _find_buyers(scene: Scene) -> list[Buyer]:
    statement = (
        select(DealBuyer)
        .where(DealBuyer.deal_id == scene.deal.id)
        .order_by(DealBuyer.position)
        .execution_options(populate_existing=True)
    )
    return [Buyer(row.customer, row.share) for row in scene.session.scalars(statement)]


def _get_customer(scene: Scene, customer_id: object, field: str) -> Customer:
    found = scene.session.get(Customer, customer_id) if is_id(customer_id) else None
    if found is None or found.project_id != scene.deal.project_id:
        raise refuse_field(
            field, _l("There is no such customer here. Register the customer first."), code="customer_unknown"
        )
    return found


def _read_added(scene: Scene, terms: Values) -> list[Buyer]:
    rows = terms.get("add") or ()
    if not isinstance(rows, list | tuple) or not all(isinstance(row, dict) for row in rows):
        raise refuse_field("add", _l("Choose customers from the list."))
    return [
        Buyer(_get_customer(scene, row.get("customer_id"), "add"), _read_share(row, "share")) for row in rows
    ]


def _read_shares(terms: Values) -> dict[int, Decimal]:
    rows = terms.get("shares") or {}
    if not isinstance(rows, dict) or not all(_is_key(key) for key in rows):
        raise refuse_field("shares", _l("Give each buyer's share, for example 0.50."))
    found = {int(key): _read_share(rows, key) for key in rows}
    return {key: share for key, share in found.items() if share is not None}


def _is_key(key: object) -> bool:
    return str(key).isdecimal() and is_id(int(str(key)[:12]))


def _read_share(row: Values, key: str) -> Decimal | None:
    try:
        share = read_rate(row, key)
    except DomainError as refusal:
        raise refuse_field("shares", refusal.message) from refusal
    if share == 0:
        raise refuse_field("shares", _l("A share is larger than zero. Remove who has none."))
    return share


def _check_shares(buyers: Sequence[Buyer]) -> None:
    given = [buyer.share for buyer in buyers if buyer.share is not None]
    if len(given) < len(buyers):
        raise refuse_field("shares", _l("Give the share of every buyer, or of none."))
    if sum(given) != 1:
        raise refuse_field(
            "shares",
            _l(
                "The shares add up to %(sum)s %%, not to 100 %%.",
                sum=f"{sum(given) * 100:f}".rstrip("0").rstrip("."),
            ),
        )


def _check_certificates(wanted: Sequence[Buyer], buyers: Sequence[Buyer], field: str) -> None:
    """Refuse a new buyer without a certificate where a contract names the buyers with theirs."""
    known = {buyer.customer.id for buyer in buyers}
    without = [
        buyer.customer.name
        for place, buyer in enumerate(wanted)
        if not buyer.customer.certificate_index and (place == 0 or buyer.customer.id not in known)
    ]
    if without:
        raise refuse_field(
            field,
            _l(
                "The contract needs the certificate of %(names)s. Enter it on the customer's page first.",
                names="、".join(without),
            ),
            code="certificate_missing",
        )


def _amendment(buyers: Sequence[Buyer]) -> Amendment:
    holder = next((buyer.customer for buyer in buyers if buyer.customer.certificate_index), None)
    known = None
    if holder is not None and holder.certificate_index is not None:
        known = (holder.certificate_index, holder.certificate_masked or "")
    names = "、".join(buyer.customer.name for buyer in buyers)
    return Amendment(customer_name=names[:_LONGEST_NAMES], certificate=known)


def _values(buyers: Sequence[Buyer]) -> list[Values]:
    return [
        {
            "customer_id": buyer.customer.id,
            "name": mask_name(buyer.customer.name),
            "share": None if buyer.share is None else f"{buyer.share.normalize():f}",
        }
        for buyer in buyers
    ]


NAME_HANDLER = ChangeHandler(ChangeKind.NAME_CHANGE, plan_name, apply)
CO_OWNER_HANDLER = ChangeHandler(ChangeKind.CO_OWNER, plan_co_owner, apply)
PRINCIPAL_HANDLER = ChangeHandler(ChangeKind.PRINCIPAL, plan_principal, apply)
