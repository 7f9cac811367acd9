"""“Why can't I…”: every action on a unit, possible now or refused by which rule, from the tables that the services use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from flask_babel import LazyString
from sqlalchemy.orm import Session

from salesoffice.board.documents.obstacles import Obstacle, Step, not_permitted, refused
from salesoffice.board.queries.why import Situation
from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.rules import ChangeWaiting, check_change_possible
from salesoffice.contracts.enums import CONTRACT_STEPS, ContractState
from salesoffice.contracts.services.entries import ContractExists
from salesoffice.core.errors import DomainError, NotAllowed, SelfApproval, WrongState
from salesoffice.core.permissions import Permission
from salesoffice.deals.enums import CLAIM_STEPS, TIMED_KINDS, ClaimKind, NotFreeReason, Stage
from salesoffice.deals.rules import UnitNotFree, UnitOverlaid, UnitTaken, check_claim_step
from salesoffice.deals.services import check_direct_signing, check_stage
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import ReleaseState
from salesoffice.payments.queries import balance
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.rules import HoldCountReached, NothingToWaitFor, OthersWait, PriceNotApproved
from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.rules import MoneyMissing, check_track_step

P = Permission
Judge = Callable[[Session, Situation], Sequence[DomainError]]


@dataclass(frozen=True)
class Action:
    """Something that can be done with a unit: who may, which rules it asks, where it is done."""

    key: str
    label: LazyString
    permission: Permission
    judge: Judge
    step: Step | None = None


@dataclass(frozen=True)
class Answer:
    """Whether a person can do something with a unit now, and if not, what is in the way; `step` is where it is done."""

    action: Action
    obstacles: tuple[Obstacle, ...] = field(default=())

    @property
    def is_possible(self) -> bool:
        """Whether nothing is in the way."""
        return not self.obstacles


def build_answers(session: Session, situation: Situation) -> list[Answer]:
    """Answer for every action of `ACTIONS`, the sale's way first, then every kind of change."""
    return [Answer(action, _judge(session, situation, action)) for action in ACTIONS]


def _judge(session: Session, situation: Situation, action: Action) -> tuple[Obstacle, ...]:
    found = (
        []
        if situation.actor.can(action.permission, situation.project.id)
        else [not_permitted(action.permission)]
    )
    return tuple(found + [refused(error, situation) for error in action.judge(session, situation)])


def _free(situation: Situation) -> list[DomainError]:
    """Say why the unit cannot be claimed, as `deals.rules.why_not_free` does."""
    reason = situation.facts.not_free
    if reason is None:
        return []
    if reason is NotFreeReason.UNIT_OVERLAID:
        return [UnitOverlaid(situation.facts.overlay)]
    return [UnitTaken() if reason is NotFreeReason.UNIT_TAKEN else UnitNotFree(reason)]


def _price(situation: Situation) -> list[DomainError]:
    return [PriceNotApproved()] if situation.facts.list_total_amount is None else []


def _turn(situation: Situation) -> list[DomainError]:
    """The first who waits has the first claim; the office, and that customer's own rep, may act for them."""
    actor = situation.actor
    is_theirs = situation.first_rep_id in {None, actor.id} or actor.can(P.HOLD_MANAGE, situation.project.id)
    return [] if is_theirs or situation.facts.claim is not None else [OthersWait(situation.waiting)]


def _claim_kind(situation: Situation) -> ClaimKind | None:
    return situation.facts.claim.kind if situation.facts.claim else None


def _hold(_session: Session, situation: Situation) -> list[DomainError]:
    actor, project = situation.actor, situation.project
    found = _free(situation) + _price(situation) + _turn(situation)
    if situation.open_holds >= project.hold_limit and not actor.can(P.HOLD_MANAGE, project.id):
        found.append(HoldCountReached(project.hold_limit))
    return found


def _hold_change(_session: Session, situation: Situation) -> list[DomainError]:
    claim = situation.facts.claim
    if claim is None or claim.kind is not ClaimKind.HOLD:
        return [WrongState(_l("Nobody holds this unit."))]
    if claim.mine or situation.actor.can(P.HOLD_MANAGE, situation.project.id):
        return []
    return [NotAllowed(_l("This hold is somebody else's. Ask the sales manager."))]


def _opens(kind: ClaimKind) -> Judge:
    """A claim of this kind opens on a free unit, or follows one that expires (`CLAIM_STEPS`)."""

    def judge(session: Session, situation: Situation) -> list[DomainError]:
        current = _claim_kind(situation)
        if current is None:
            found = _free(situation) + _price(situation) + _turn(situation)
        elif current in TIMED_KINDS and kind in CLAIM_STEPS[current]:
            found = [UnitOverlaid(situation.facts.overlay)] if situation.facts.overlay else []
        else:
            return [UnitTaken()]
        if kind is ClaimKind.SUBSCRIPTION:
            found += _subscribe_stage(session, situation, current)
        return found

    return judge


def _subscribe_stage(session: Session, situation: Situation, current: ClaimKind | None) -> list[DomainError]:
    if current is None:
        return _catch(lambda: check_direct_signing(session, situation.project.id))
    return _stage(session, situation, Stage.SUBSCRIBE)


def _stage(session: Session, situation: Situation, stage: Stage) -> list[DomainError]:
    deal = situation.deal
    if deal is None or not situation.sees_deal:
        return []
    return _catch(lambda: check_stage(session, deal, stage, actor=situation.actor))


def _enter_contract(session: Session, situation: Situation) -> list[DomainError]:
    found = _follows(situation, ClaimKind.CONTRACT)
    subscription, contract = situation.subscription, situation.contract
    if found or subscription is None:
        return found
    if subscription.state is not SubscriptionState.ACTIVE:
        return [WrongState(_l("The subscription of this contract is not active any more."))]
    if contract is not None and contract.state is ContractState.DRAFT:
        return [ContractExists(contract.number if situation.sees_deal else "…")]
    return _stage(session, situation, Stage.CONTRACT)


def _verify(session: Session, situation: Situation) -> list[DomainError]:
    found = _contract_step(situation, ContractState.VERIFIED)
    contract = situation.contract
    if not found and contract is not None and contract.entered_by_id == situation.actor.id:
        found = [
            SelfApproval(_l("You entered this contract yourself; another person has to enter it again."))
        ]
    return found or _stage(session, situation, Stage.CONTRACT)


def _moves_on(state: ContractState, kind: ClaimKind, stage: Stage) -> Judge:
    """The contract moves on, and the claim with it: the way back from the filing is a change."""

    def judge(session: Session, situation: Situation) -> list[DomainError]:
        return (
            _contract_step(situation, state) or _follows(situation, kind) or _stage(session, situation, stage)
        )

    return judge


def _contract_step(situation: Situation, wanted: ContractState) -> list[DomainError]:
    contract = situation.contract
    if situation.facts.claim is None or contract is None:
        return [WrongState(_l("There is no contract for this unit."))]
    if wanted in CONTRACT_STEPS[contract.state]:
        return []
    return [
        WrongState(
            _l("“%(wanted)s” cannot follow “%(current)s”.", wanted=wanted.label, current=contract.state.label)
        )
    ]


def _follows(situation: Situation, kind: ClaimKind) -> list[DomainError]:
    current = _claim_kind(situation)
    if current is None:
        return [WrongState(_l("Nobody has a claim on this unit."))]
    return _catch(lambda: check_claim_step(current, kind))


def _hand_over(session: Session, situation: Situation) -> list[DomainError]:
    found = _follows(situation, ClaimKind.DELIVERED)
    track = next((one for one in situation.tracks if one.kind is TrackKind.HANDOVER), None)
    if found or track is None or situation.deal is None:
        return found
    found = _catch(lambda: check_track_step(track.kind, track.state, TrackState.DONE))
    found += _stage(session, situation, Stage.HAND_OVER)
    if situation.deal.account is not None and situation.sees_deal:
        missing = balance(session, situation.deal.account, track.due_on or situation.now.date()).outstanding
        found += [MoneyMissing(missing)] if missing else []
    return found


def _change(kind: ChangeKind) -> Judge:
    """A change is possible while the flat's claim is of certain kinds (`CHANGES_OF_CLAIM`), once at a time."""

    def judge(_session: Session, situation: Situation) -> list[DomainError]:
        claim = None if situation.is_accessory else _claim_kind(situation)
        found = _catch(
            lambda: check_change_possible(kind, claim, situation.ended, situation.facts.state.label)
        )
        if kind in situation.pending and situation.sees_deal:
            found.append(ChangeWaiting(situation.pending[kind]))
        may_ask, may_apply = (
            situation.actor.can(right, situation.project.id) for right in (P.CHANGE_REQUEST, P.CHANGE_APPLY)
        )
        if kind.value not in situation.chains and may_ask and not may_apply:
            found.append(
                NotAllowed(
                    _l("Ask the sales manager: without a chain of approval only the manager makes this.")
                )
            )
        return found

    return judge


def _release(_session: Session, situation: Situation) -> list[DomainError]:
    if situation.facts.claim:
        return [UnitTaken()]
    is_released = situation.facts.release_state is ReleaseState.RELEASED
    return [WrongState(_l("The unit is released already."), code="already_so")] if is_released else []


def _withhold(_session: Session, situation: Situation) -> list[DomainError]:
    return [UnitTaken()] if situation.facts.claim else []


def _reprice(_session: Session, situation: Situation) -> list[DomainError]:
    return [UnitTaken()] if situation.facts.claim else []


def _offer(_session: Session, situation: Situation) -> list[DomainError]:
    claim = situation.facts.claim
    is_own = claim is not None and (claim.mine or situation.actor.can(P.HOLD_MANAGE, situation.project.id))
    found = [] if claim is not None and claim.kind is ClaimKind.HOLD and is_own else _free(situation)
    return found + _price(situation)


def _wait(_session: Session, situation: Situation) -> list[DomainError]:
    return [NothingToWaitFor()] if situation.facts.not_free is None and situation.first_rep_id is None else []


def _catch(check: Callable[[], object]) -> list[DomainError]:
    try:
        check()
    except DomainError as error:
        return [error]
    return []


_ON_UNIT: Mapping[str, str] = MappingProxyType({"unit_code": "unit"})
_ON_DEAL: Mapping[str, str] = MappingProxyType({"number": "deal"})

ACTIONS: tuple[Action, ...] = (
    Action("hold", _l("Hold the unit"), P.HOLD_PLACE, _hold, Step("reservations.hold", _ON_UNIT)),
    Action("hold_change", _l("Extend or release the hold"), P.HOLD_PLACE, _hold_change, Step("reservations.holds")),
    Action("offer", _l("Make an offer"), P.OFFER_MAKE, _offer, Step("offers.make", _ON_UNIT)),
    Action("waiting", _l("Put a customer on the waiting list"), P.WAITING_JOIN, _wait, Step("reservations.join", _ON_UNIT)),
    Action("provisional", _l("Sign a provisional order"), P.PROVISIONAL_SIGN, _opens(ClaimKind.PROVISIONAL), Step("board.unit", _ON_UNIT)),
    Action("subscribe", _l("Sign a subscription"), P.SUBSCRIPTION_SIGN, _opens(ClaimKind.SUBSCRIPTION), Step("reservations.subscribe", _ON_UNIT)),
    Action("contract", _l("Enter the contract"), P.CONTRACT_ENTER, _enter_contract, Step("board.deal", _ON_DEAL)),
    Action("verify", _l("Enter the contract a second time"), P.CONTRACT_VERIFY, _verify, Step("board.deal", _ON_DEAL)),
    Action("sign_online", _l("Note the online signing"), P.CONTRACT_ENTER, _moves_on(ContractState.SIGNED_ONLINE, ClaimKind.SIGNED_ONLINE, Stage.SIGN_ONLINE), Step("board.deal", _ON_DEAL)),
    Action("file", _l("Note the filing"), P.CONTRACT_ENTER, _moves_on(ContractState.FILED, ClaimKind.FILED, Stage.FILE), Step("board.deal", _ON_DEAL)),
    Action("hand_over", _l("Hand the unit over"), P.TRACK_EDIT, _hand_over, Step("board.deal", _ON_DEAL)),
    Action("release", _l("Release for sale"), P.UNIT_RELEASE, _release, Step("board.unit", _ON_UNIT)),
    Action("withhold", _l("Keep this unit back"), P.UNIT_WITHHOLD, _withhold, Step("board.unit", _ON_UNIT)),
    Action("reprice", _l("Change its list price"), P.PRICE_PLAN, _reprice, Step("priceplans.index")),
    *(Action(f"change.{kind.value}", kind.label, P.CHANGE_REQUEST, _change(kind), Step("changes.new", _ON_DEAL, kind=kind.value)) for kind in ChangeKind),
)  # fmt: skip
"""Every action with its rules; the page shows them in this order."""
