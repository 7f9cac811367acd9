"""What happens to a verified contract: signed online, filed, the filing withdrawn, or the contract over."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.contracts.services.locking import check_step, get_claim, lock_contract, record_change
from salesoffice.contracts.services.numbers import release_form
from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, Text, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind, Stage
from salesoffice.deals.services import (
    advance_claim,
    check_stage,
    close_claim,
    step_back_from_filing,
    take_back_unit,
)
from salesoffice.payments.queries import get_account
from salesoffice.payments.services import check_reason, end_account
from salesoffice.reservations.services.changes import end_agreement

_LONGEST_NUMBER = 60

_ENDS = {
    ClaimEnd.CANCEL: (ContractState.CANCELLED, "contract.cancelled"),
    ClaimEnd.FORFEIT: (ContractState.FORFEITED, "contract.forfeited"),
}


def sign_online(session: Session, contract: Contract, *, actor: Actor, online_no: str, on: date) -> Contract:
    """Note that a verified contract was signed online under the authority's number.

    Refused: WrongState unless it is verified, InvalidInput for no number or a day in the future or before signing,
    papers missing for the stage (`deals.services.check_stage`).
    """
    online_no = _check_number("online_no", online_no)
    contract = lock_contract(session, contract)
    check_step(contract, ContractState.SIGNED_ONLINE)
    check_stage(session, contract.deal, Stage.SIGN_ONLINE, actor=actor)
    _check_day(on, contract.signed_on)
    before = {"state": contract.state.value}
    contract.state, contract.online_no, contract.online_on = ContractState.SIGNED_ONLINE, online_no, on
    _advance(session, contract, ClaimKind.SIGNED_ONLINE, actor)
    after = {"online_no": online_no, "on": on}
    record_change(session, contract, "contract.signed_online", actor, before=before, after=after)
    return contract


def file_contract(
    session: Session, contract: Contract, *, actor: Actor, filing_no: str, on: date
) -> Contract:
    """Note that a contract signed online was filed with the authority.

    Refused: WrongState unless it is signed online, InvalidInput for no number or a day in the future or before,
    papers missing for the stage (`deals.services.check_stage`).
    """
    filing_no = _check_number("filing_no", filing_no)
    contract = lock_contract(session, contract)
    check_step(contract, ContractState.FILED)
    check_stage(session, contract.deal, Stage.FILE, actor=actor)
    _check_day(on, contract.online_on or contract.signed_on)
    before = {"state": contract.state.value}
    contract.state, contract.filing_no, contract.filed_on = ContractState.FILED, filing_no, on
    _advance(session, contract, ClaimKind.FILED, actor)
    after = {"filing_no": filing_no, "on": on}
    record_change(session, contract, "contract.filed", actor, before=before, after=after)
    return contract


def cancel_contract(
    session: Session,
    contract: Contract,
    *,
    actor: Actor,
    reason: str,
    is_form_spoilt: bool = False,
    end: ClaimEnd = ClaimEnd.CANCEL,
    on: date | None = None,
) -> Contract:
    """Cancel a contract with a reason, or note that it is forfeited; `on` is the business day it counts for (today).

    A draft is only discarded: the subscription goes on and another contract may be entered; its numbered form goes
    back to where it was taken from, or is spoilt for the same reason when the person says so. A verified contract ends
    the deal: the claim is closed, the unit is withheld until its price is confirmed, the money waits to be paid back.
    Refused with WrongState when it is filed or over already.
    """
    reason = check_reason(reason)
    contract = lock_contract(session, contract)
    before = contract.state
    is_draft = before is ContractState.DRAFT
    state, action = (ContractState.CANCELLED, "contract.discarded") if is_draft else _ENDS[end]
    check_step(contract, state)
    contract.state, contract.cancelled_at = state, clock.now()
    contract.cancelled_on = on or clock.business_day_of(contract.cancelled_at)
    contract.cancel_reason = reason
    session.flush()
    if is_draft:
        release_form(session, contract, actor=actor, spoilt_reason=reason if is_form_spoilt else "")
    else:
        _end_deal(session, contract, actor, end)
    after = {"reason": reason}
    record_change(session, contract, action, actor, before={"state": before.value}, after=after)
    return contract


def discard_draft(
    session: Session, contract: Contract, *, actor: Actor, reason: str, is_form_spoilt: bool = False
) -> Contract:
    """Discard the draft of a contract (see `cancel_contract`). Refused with WrongState when it is verified or over."""
    contract = lock_contract(session, contract)
    if contract.state is not ContractState.DRAFT:
        raise WrongState(
            _l(
                "The contract is “%(state)s”; cancel the sale on its page instead.",
                state=contract.state.label,
            )
        )
    return cancel_contract(session, contract, actor=actor, reason=reason, is_form_spoilt=is_form_spoilt)


def withdraw_filing(session: Session, contract: Contract, *, actor: Actor, reason: str) -> Contract:
    """Take a filed contract back to the online signing. The number of the filing stays in the audit and in the change.

    Refused: WrongState unless it is filed and not handed over, InvalidInput without a reason.
    """
    reason = check_reason(reason)
    contract = lock_contract(session, contract)
    if contract.state is not ContractState.FILED:
        raise WrongState(_l("The contract is “%(state)s”; it is not filed.", state=contract.state.label))
    before = {"state": contract.state.value, "filing_no": contract.filing_no, "on": contract.filed_on}
    step_back_from_filing(session, get_claim(session, contract), actor=actor)
    contract.state, contract.filing_no, contract.filed_on = ContractState.SIGNED_ONLINE, "", None
    session.flush()
    after = {"reason": reason}
    record_change(session, contract, "contract.filing_withdrawn", actor, before=before, after=after)
    return contract


def _end_deal(session: Session, contract: Contract, actor: Actor, end: ClaimEnd) -> None:
    reason = contract.cancel_reason
    close_claim(session, get_claim(session, contract), actor=actor, end=end, reason=reason)
    take_back_unit(session, contract.deal.unit, actor=actor)
    if end is ClaimEnd.FORFEIT:  # a revival signs another agreement for this deal
        end_agreement(
            session, contract.subscription, actor=actor, end=end, reason=reason, on=contract.cancelled_on
        )
    if contract.deal.account_id is not None:
        end_account(session, get_account(session, contract.deal.account_id), actor=actor)


def _advance(session: Session, contract: Contract, kind: ClaimKind, actor: Actor) -> None:
    session.flush()
    advance_claim(session, get_claim(session, contract), actor=actor, kind=kind, document_id=contract.id)


def _check_number(field: str, typed: str) -> str:
    number = typed.strip()
    if not 0 < len(number) <= _LONGEST_NUMBER:
        _refuse(field, _l("Enter the number of the authority, at most 60 characters."))
    return number


def _check_day(on: date, earliest: date) -> None:
    if on > clock.business_today():
        _refuse("on", _l("This day is in the future."))
    if on < earliest:
        _refuse("on", _l("This cannot have happened before %(day)s.", day=earliest.isoformat()))


def _refuse(field: str, message: Text) -> None:
    raise InvalidInput(message, [FieldProblem(field, message)])
