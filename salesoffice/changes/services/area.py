"""Area settlement: what the final survey costs the buyer or gives back, by the 3 % rule."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.handling import ChangeHandler, Scene
from salesoffice.changes.services.reading import read_day
from salesoffice.contracts.models import Contract
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Claim
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.payments.enums import InstalmentKind
from salesoffice.payments.models import Account
from salesoffice.payments.rules import InstalmentDraft
from salesoffice.payments.services import reschedule
from salesoffice.payments.services.accounts import list_open_instalments
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.models import UnitPrice
from salesoffice.reservations.queries import list_accessories
from salesoffice.tracks.rules import area_difference
from salesoffice.tracks.services import settle_track

DUE_DAYS = 15
"""An area difference is due so many days after its paper, unless another day is named."""


class SurveyMissing(DomainError):
    """There is no final survey of the unit that two people have looked at."""

    def __init__(self, unit: Unit) -> None:
        message = _l(
            "Unit %(unit)s has no checked final survey. Enter the survey, have it checked, then settle.",
            unit=unit.code,
        )
        super().__init__(message, code="survey_missing", unit=unit.code)


class Areas(NamedTuple):
    """The area (m²) that the contract is about, and the surveyed one, on the basis of its price."""

    agreed: Decimal
    final: Decimal


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan the settlement of the final survey; a survey corrected later is settled again, only by what has changed.

    `due_on` is the day by which a difference is to be paid. Refused: SurveyMissing, WrongState without a verified
    contract or when nothing is left to settle.
    """
    contract, account = _require_signed(scene)
    areas = _find_areas(scene, contract)
    price = account.total_amount - account.area_difference_amount
    extra = sum(item.amount for item in list_accessories(scene.session, contract.subscription_id))
    difference = area_difference(price - extra, areas.agreed, areas.final)
    effect = difference - account.area_difference_amount
    if effect == 0 and _is_settled(scene):
        raise WrongState(_l("The final survey of this sale is settled already."))
    due_on = read_day(terms, "due_on") if terms.get("due_on") else _usual_day(scene)
    if due_on < scene.entry.signed_on:
        raise refuse_field("due_on", _l("The money cannot be due before the day of the paper."))
    return ChangePlan(
        old={"area": str(areas.agreed), "area_difference_fen": account.area_difference_amount},
        new={"area": str(areas.final), "area_difference_fen": difference, "due_on": due_on.isoformat()},
        measure=abs(effect),
        amount_effect=effect,
    )


def apply(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Put the difference into the schedule: due when it is to be paid, taken off the last amounts when it is given back.

    What was paid beyond is left on the account as paid too much. The track of the area settlement is done.
    """
    _contract, account = _require_signed(scene)
    due_on = date.fromisoformat(str(plan.new["due_on"]))
    difference = account.area_difference_amount + plan.amount_effect
    price = account.total_amount - account.area_difference_amount
    drafts = spread_difference(_drafts_of(scene, account, price), difference, due_on)
    account.area_difference_amount = difference
    reschedule(
        scene.session,
        account,
        actor=actor,
        total=price + difference,
        plan=account.plan_kind,
        drafts=drafts,
        reason=change.number,
    )
    settle_track(scene.session, scene.deal.id, actor=actor, on=change.signed_on)


def spread_difference(drafts: list[InstalmentDraft], difference: int, due_on: date) -> list[InstalmentDraft]:
    """Return a schedule (of the price alone) with an area difference in it: one more amount, or less of the last ones."""
    if difference > 0:
        kind = InstalmentKind.AREA_DIFFERENCE
        return [*drafts, InstalmentDraft(len(drafts) + 1, kind, due_on, difference, is_loan=False)]
    rest, kept = -difference, list[InstalmentDraft]()
    for draft in reversed(drafts):
        share = min(rest, draft.amount) if not draft.is_loan else 0
        rest -= share
        if draft.amount > share:
            kept.append(
                InstalmentDraft(draft.position, draft.kind, draft.due_on, draft.amount - share, draft.is_loan)
            )
    return list(reversed(kept))


def _drafts_of(scene: Scene, account: Account, price: int) -> list[InstalmentDraft]:
    """Return the schedule in force without an earlier difference: what was taken off for it is put back on the last."""
    rows = [
        row
        for row in list_open_instalments(scene.session, account.id)
        if row.kind is not InstalmentKind.AREA_DIFFERENCE
    ]
    drafts = [
        InstalmentDraft(position, row.kind, row.due_on, row.amount, row.is_loan)
        for position, row in enumerate(rows, start=1)
    ]
    missing = price - sum(draft.amount for draft in drafts)
    own = max((draft for draft in drafts if not draft.is_loan), key=lambda draft: draft.position)
    return [
        InstalmentDraft(draft.position, draft.kind, draft.due_on, draft.amount + missing, draft.is_loan)
        if draft is own
        else draft
        for draft in drafts
    ]


def _require_signed(scene: Scene) -> tuple[Contract, Account]:
    contract, account = scene.contract, scene.account
    if contract is None or account is None or contract.verified_at is None:
        raise WrongState(_l("The area is settled once the contract is verified."))
    return contract, account


def _find_areas(scene: Scene, contract: Contract) -> Areas:
    statement = select(UnitArea).where(
        UnitArea.unit_id == scene.unit.id,
        UnitArea.edition == AreaEdition.FINAL,
        UnitArea.superseded_at.is_(None),
        UnitArea.checked_at.is_not(None),
    )
    survey = scene.session.scalars(statement).one_or_none()
    if survey is None or survey.gross_area is None:
        raise SurveyMissing(scene.unit)
    price = scene.session.get_one(UnitPrice, contract.subscription.unit_price_id)
    if price.basis is PriceBasis.UNIT:
        raise WrongState(_l("This unit is sold by the piece; its area is not settled."))
    if price.basis is PriceBasis.INNER and price.inner_area is not None and survey.inner_area is not None:
        return Areas(price.inner_area, survey.inner_area)
    return Areas(contract.gross_area, survey.gross_area)


def _is_settled(scene: Scene) -> bool:
    from_changes = select(Change.id).where(
        Change.deal_id == scene.deal.id,
        Change.kind == ChangeKind.AREA_SETTLEMENT,
        Change.applied_at >= select(Claim.opened_at).where(Claim.id == scene.claim.id).scalar_subquery(),
    )
    return scene.session.scalars(from_changes).first() is not None


def _usual_day(scene: Scene) -> date:
    return scene.entry.signed_on + timedelta(days=DUE_DAYS)


HANDLER = ChangeHandler(ChangeKind.AREA_SETTLEMENT, plan, apply)
