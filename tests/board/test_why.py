"""“Why can't I…”: the page's answer is what happens when the action is tried, in every state a unit walks through."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.board.documents.why import ACTIONS, Answer, build_answers
from salesoffice.board.queries.why import load_situation
from salesoffice.board.services import keep_back_unit
from salesoffice.changes.enums import CHANGES_OF_CLAIM, ENDED_KINDS, ChangeKind
from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import (
    ContractEntry,
    draft_contract,
    file_contract,
    sign_online,
    verify_contract,
)
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotAllowed
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import AttachmentKind, ClaimKind, Stage
from salesoffice.deals.models import AttachmentRequirement
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Permit, Unit
from salesoffice.inventory.services import place_overlay, release_unit
from salesoffice.offers.services import OfferTerms, make_offer
from salesoffice.payments.enums import PlanKind
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, place_hold, release_hold, sign_subscription
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import CERTIFICATE, make_buyer, make_draft, make_sale, make_verified

Setup = Callable[[Session, Office], object]


class _Tried(Exception):
    """Takes a trial back."""


def withhold(session: Session, office: Office) -> None:
    unit = session.get_one(Unit, office.units[0].id)
    keep_back_unit(session, unit, actor=office.actor(office.manager), reason="kept for a partner")


def overlay(session: Session, office: Office) -> None:
    unit = session.get_one(Unit, office.units[0].id)
    place_overlay(
        session, unit, actor=office.actor(office.manager), kind=OverlayKind.MORTGAGED,
        since_on=date(2026, 1, 6), reference="bank",
    )  # fmt: skip


def unpermit(session: Session, _office: Office) -> None:
    for permit in session.scalars(select(Permit)):
        permit.is_project_wide = False
    session.flush()


def require(session: Session, office: Office) -> None:
    make_sale(session, office)
    session.add(
        AttachmentRequirement(
            project_id=office.project.id, stage=Stage.CONTRACT, kind=AttachmentKind.CERTIFICATE
        )
    )
    session.flush()


def sign(session: Session, office: Office) -> Contract:
    contract = make_verified(session, office, make_draft(session, office, make_sale(session, office)))
    return sign_online(
        session, contract, actor=office.actor(office.assistant), online_no="W1", on=clock.business_today()
    )


def file(session: Session, office: Office) -> None:
    actor = office.actor(office.assistant)
    file_contract(session, sign(session, office), actor=actor, filing_no="B1", on=clock.business_today())


STATES: dict[str, Setup] = {
    "free": lambda _session, _office: None,
    "held by the rep": lambda session, office: place_hold(session, office.units[0], actor=office.actor(office.rep)),
    "withheld": withhold,
    "overlaid": overlay,
    "without a permit": unpermit,
    "subscribed": make_sale,
    "subscribed, papers missing": require,
    "draft": lambda session, office: make_draft(session, office, make_sale(session, office)),
    "verified": lambda session, office: make_verified(session, office, make_draft(session, office, make_sale(session, office))),
    "signed online": sign,
    "filed": file,
}  # fmt: skip


def load_subscription(session: Session) -> Subscription:
    found = session.scalars(select(Subscription)).first()
    if found is None:
        raise DomainError("no agreement", code="wrong_state")
    return found


def load_contract(session: Session) -> Contract:
    found = session.scalars(select(Contract)).first()
    if found is None:
        raise DomainError("no contract", code="wrong_state")
    return found


def try_subscribe(session: Session, office: Office, unit: Unit, actor: Actor) -> None:
    buyer = (
        make_buyer(session, office, name="李丙")
        if not session.scalars(select(Subscription)).first()
        else None
    )
    ids = (buyer.id,) if buyer else (1,)
    terms = SubscriptionTerms(ids, PlanKind.FULL, 50_000_00, clock.business_today())
    sign_subscription(session, unit, actor=actor, terms=terms)


def try_verify(session: Session, _office: Office, _unit: Unit, actor: Actor) -> None:
    contract = load_contract(session)
    fields = CriticalFields(
        contract.customer_name,
        CERTIFICATE,
        contract.unit_code,
        contract.gross_area,
        contract.total_amount,
        contract.signed_on,
    )
    verify_contract(session, contract, actor=actor, fields=fields)


def try_release(session: Session, _office: Office, unit: Unit, actor: Actor) -> None:
    before = unit.release_state
    release_unit(session, unit, actor=actor)
    if unit.release_state is before:
        raise DomainError("nothing changed", code="already_so")


TRIALS: dict[str, Callable[[Session, Office, Unit, Actor], object]] = {
    "hold": lambda session, _office, unit, actor: place_hold(session, unit, actor=actor),
    "offer": lambda session, _office, unit, actor: make_offer(session, unit, actor=actor, terms=OfferTerms(PlanKind.FULL)),
    "subscribe": try_subscribe,
    "contract": lambda session, _office, _unit, actor: draft_contract(
        session, load_subscription(session), actor=actor, entry=ContractEntry(clock.business_today())
    ),
    "verify": try_verify,
    "sign_online": lambda session, _office, _unit, actor: sign_online(
        session, load_contract(session), actor=actor, online_no="W2", on=clock.business_today()
    ),
    "file": lambda session, _office, _unit, actor: file_contract(
        session, load_contract(session), actor=actor, filing_no="B2", on=clock.business_today()
    ),
    "release": try_release,
    "withhold": lambda session, _office, unit, actor: keep_back_unit(session, unit, actor=actor, reason="kept back"),
}  # fmt: skip


def answer(session: Session, office: Office, user: User, unit: int = 0) -> dict[str, Answer]:
    found = session.get_one(Unit, office.units[unit].id)
    project = get_project(session, office.project.id)
    situation = load_situation(session, found, project, actor=office.actor(user), now=clock.now())
    return {one.action.key: one for one in build_answers(session, situation)}


def happen(app: Flask, office: Office, user: User, key: str) -> str:
    """Try an action as its page would, take it back, and return the code of the refusal, "" for none."""
    actor, permission = office.actor(user), next(one.permission for one in ACTIONS if one.key == key)
    code = ""
    with app.test_request_context(), suppress(_Tried), transaction() as session:
        try:
            if not actor.can(permission, office.project.id):
                raise NotAllowed("role")
            TRIALS[key](session, office, session.get_one(Unit, office.units[0].id), actor)
        except DomainError as error:
            code = error.code
        raise _Tried
    return code


@pytest.fixture(params=list(STATES))
def state(request: pytest.FixtureRequest, app: Flask, office: Office) -> str:
    """The first unit in one of the states."""
    with app.test_request_context(), transaction() as session:
        STATES[request.param](session, office)
    return str(request.param)


@pytest.mark.parametrize("name", ["assistant", "other_assistant", "manager", "rep", "other_rep"])
def test_answer_is_what_happens(app: Flask, office: Office, state: str, name: str) -> None:
    user = getattr(office, name)
    with app.test_request_context():
        answers = answer(db.session(), office, user)
        told = {key: {one.code for one in answers[key].obstacles} for key in TRIALS}
        db.session.remove()

    happened = {key: happen(app, office, user, key) for key in TRIALS}

    wrong = {
        key: (told[key], code)
        for key, code in happened.items()
        if (code not in told[key] if code else told[key])
    }
    assert wrong == {}, state


def test_changes_are_possible_in_the_states_of_their_table(app: Flask, office: Office, state: str) -> None:
    with app.test_request_context():
        session = db.session()
        answers = answer(session, office, office.manager)
        unit = session.get_one(Unit, office.units[0].id)
        situation = load_situation(
            session,
            unit,
            get_project(session, office.project.id),
            actor=office.actor(office.manager),
            now=clock.now(),
        )
        claim = situation.facts.claim.kind if situation.facts.claim else None

    possible = {kind for kind in ChangeKind if answers[f"change.{kind.value}"].is_possible}
    assert possible == {kind for kind in ChangeKind if claim in CHANGES_OF_CLAIM[kind]}, state


def test_assistant_without_a_chain_is_sent_to_the_manager(do: Do, office: Office) -> None:
    do(lambda session: make_sale(session, office))

    codes = do(
        lambda session: [
            one.code for one in answer(session, office, office.assistant)["change.extension"].obstacles
        ]
    )

    assert codes == ["not_allowed"]


def test_unit_that_came_back_can_be_held_again(do: Do, office: Office) -> None:
    actor = office.actor(office.rep)
    hold = do(lambda session: place_hold(session, office.units[0], actor=actor))
    do(lambda session: release_hold(session, hold, actor=actor))

    assert do(lambda session: answer(session, office, office.rep)["hold"].is_possible)


def test_every_action_names_a_page_and_a_rule_for_each_kind_of_change() -> None:
    assert {one.key for one in ACTIONS if one.key.startswith("change.")} == {
        f"change.{kind.value}" for kind in ChangeKind
    }
    assert all(one.permission in Permission for one in ACTIONS)
    assert {kind for kind in ChangeKind if not CHANGES_OF_CLAIM[kind]} == ENDED_KINDS
    assert ClaimKind.FILED not in CHANGES_OF_CLAIM[ChangeKind.SWAP]
