"""Revival of a forfeited sale: the same deal goes on with a new agreement on the old terms."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.ending import require_account
from salesoffice.changes.services.extension import require_subscription
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import read_day
from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.deals.models import Deal
from salesoffice.deals.services import check_reopenable, reopen_deal
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import RefundState, SettlementKind
from salesoffice.payments.models import Refund
from salesoffice.payments.rules import InstalmentDraft, build_schedule
from salesoffice.payments.services import reopen_account, reschedule, settle
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription, SubscriptionAccessory
from salesoffice.reservations.queries import find_subscription_of_deal
from salesoffice.reservations.rules import check_signing_days
from salesoffice.reservations.services import expire_hold_of
from salesoffice.reservations.services.numbers import choose_number, use_agreement_form
from salesoffice.reservations.services.records import record_subscription


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan a revival: `sign_by` is the new last day for signing; what the seller kept counts for the buyer again.

    Refused: a unit, or an accessory sold with it, that is claimed again, under a legal overlay or not on sale; a
    refund that waits for its decision; a day before today or too far away (`sign_by_invalid`).
    """
    old, account = require_subscription(scene), require_account(scene)
    check_reopenable(scene.session, _units(scene))
    _check_no_refund_waits(scene)
    sign_by = read_day(terms, "sign_by")
    today = clock.business_today()
    check_signing_days(scene.entry.signed_on, sign_by, today)
    if sign_by < today:
        raise refuse_field(
            "sign_by", _l("The last day for signing lies before today."), code="sign_by_invalid"
        )
    _draft_schedule(scene, old, sign_by)  # refuses figures of which no schedule can be made any more
    return ChangePlan(
        old={
            "stage": ClaimEnd.FORFEIT.value,
            "sign_by": old.sign_by.isoformat(),
            "kept_fen": account.retained_amount,
            "price_fen": old.total_amount,
        },
        new={
            "stage": ClaimKind.SUBSCRIPTION.value,
            "sign_by": sign_by.isoformat(),
            "kept_fen": 0,
            "price_fen": old.total_amount,
        },
        measure=account.retained_amount,
        amount_effect=old.total_amount,
    )


def apply(scene: Scene, terms: Values, _plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Sign the new agreement of the same deal, claim the unit, open the account again with a new schedule."""
    session, old, account = scene.session, require_subscription(scene), require_account(scene)
    units, sign_by = _units(scene), read_day(terms, "sign_by")
    for unit in units:
        expire_hold_of(session, unit)
    made = _renew(scene, old, sign_by, actor)
    reopen_deal(session, scene.deal, actor=actor, units=units, document_id=made.id)
    if account.retained_amount:
        settle(
            session, account, actor=actor, kind=SettlementKind.RETAINED, amount=-account.retained_amount,
            reason=change.reason, on=change.attributed_on,
        )  # fmt: skip
    account = reopen_account(session, account, actor=actor)
    drafts = _draft_schedule(scene, old, sign_by)
    reschedule(
        session, account, actor=actor, total=old.total_amount, plan=old.plan_kind, drafts=drafts,
        reason=change.reason,
    )  # fmt: skip
    after: dict[str, object] = {
        "number": made.number,
        "replaces": old.number,
        "sign_by": made.sign_by.isoformat(),
    }
    record_subscription(session, made, "subscription.revived", actor, after=after)


def list_accessory_units(session: Session, deal: Deal) -> Collection[int]:
    """List the ids of the units sold together with the flat by the latest agreement."""
    subscription = find_subscription_of_deal(session, deal.id)
    if subscription is None:
        return ()
    statement = select(SubscriptionAccessory.unit_id).where(
        SubscriptionAccessory.subscription_id == subscription.id
    )
    return session.scalars(statement.order_by(SubscriptionAccessory.unit_id)).all()


def _units(scene: Scene) -> list[Unit]:
    accessories = list_accessory_units(scene.session, scene.deal)
    return [scene.unit, *(scene.session.get_one(Unit, unit_id) for unit_id in accessories)]


def _check_no_refund_waits(scene: Scene) -> None:
    statement = select(Refund.number).where(
        Refund.account_id == scene.deal.account_id, Refund.state == RefundState.REQUESTED
    )
    number = scene.session.scalars(statement).first()
    if number is not None:
        raise WrongState(
            _l("Refund %(number)s waits for its decision. Have it decided first.", number=number)
        )


def _draft_schedule(scene: Scene, old: Subscription, sign_by: date) -> tuple[InstalmentDraft, ...]:
    return build_schedule(
        old.plan_kind,
        total=old.total_amount,
        deposit=old.deposit_amount,
        signed_on=scene.entry.signed_on,
        sign_by=sign_by,
        down_payment_rate=scene.project.down_payment_rate,
    )


def _renew(scene: Scene, old: Subscription, sign_by: date, actor: Actor) -> Subscription:
    if actor.id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    session = scene.session
    made = Subscription(
        project_id=old.project_id,
        deal_id=old.deal_id,
        unit_id=old.unit_id,
        number=choose_number(session, old.project_id, actor=actor),
        unit_price_id=old.unit_price_id,
        list_total_amount=old.list_total_amount,
        discounts=old.discounts,
        total_amount=old.total_amount,
        deposit_amount=old.deposit_amount,
        plan_kind=old.plan_kind,
        signed_on=scene.entry.signed_on,
        sign_by=sign_by,
        state=SubscriptionState.ACTIVE,
        entered_at=clock.now(),
        entered_by_id=actor.id,
        replaces_id=old.id,
        deal=scene.deal,
        unit=scene.unit,
    )
    session.add(made)
    session.flush()
    use_agreement_form(session, made, actor=actor)
    statement = select(SubscriptionAccessory).where(SubscriptionAccessory.subscription_id == old.id)
    session.add_all(
        SubscriptionAccessory(
            subscription_id=made.id,
            unit_id=row.unit_id,
            unit_price_id=row.unit_price_id,
            list_total_amount=row.list_total_amount,
            amount=row.amount,
        )
        for row in session.scalars(statement).all()
    )
    session.flush()
    return made


HANDLER = ChangeHandler(ChangeKind.REVIVAL, plan, apply, bound=list_accessory_units)
