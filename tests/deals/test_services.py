"""What the claim refuses besides what holds and subscriptions test, and what `verify` finds."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM
from salesoffice.deals.enums import ClaimEnd, ClaimKind, DealState
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import find_breaches, find_open_claim
from salesoffice.deals.services import advance_claim, close_claim, open_claim
from salesoffice.infra.db import transaction
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.reservations.services import place_hold
from tests.factories import Office


def hold(office: Office, unit: int = 0) -> Claim:
    with transaction() as session:
        made = place_hold(session, office.units[unit], actor=office.actor(office.rep))
        claim = find_open_claim(session, made.unit_id)
    assert claim is not None
    return claim


def test_unique_index_refuses_a_second_open_claim(session: Session, office: Office) -> None:
    claim = hold(office)

    code = ""
    try:
        with transaction():
            unit = session.get_one(Unit, claim.unit_id)
            open_claim(
                session,
                unit,
                rep_id=office.rep.id,
                kind=ClaimKind.HOLD,
                document=lambda deal: deal,
                expires_at=claim.expires_at,
            )
    except DomainError as error:
        code = error.code

    assert code == "unit_taken"
    assert session.scalars(select(Deal.number)).all() == ["D000001"]


def test_claim_closed_twice_keeps_its_first_end(session: Session, office: Office) -> None:
    claim = hold(office)

    with transaction():
        close_claim(session, claim, actor=SYSTEM, end=ClaimEnd.VOID, reason="录错")
        close_claim(session, claim, actor=SYSTEM, end=ClaimEnd.RELEASE)

    assert (claim.end_kind, claim.end_reason, claim.deal.state) == (ClaimEnd.VOID, "录错", DealState.ENDED)


def test_breaches_of_deals_and_claims_are_found(session: Session, office: Office) -> None:
    ended, withheld, moneyless = (hold(office, unit) for unit in range(3))
    with transaction():
        ending = update(Deal).where(Deal.id == ended.deal_id)
        session.execute(ending.values(state=DealState.ENDED, ended_at=clock.now()))
        session.execute(
            update(Unit)
            .where(Unit.id == withheld.unit_id)
            .values(release_state=ReleaseState.WITHHELD, withheld_reason="x")
        )
        advance_claim(session, moneyless, actor=SYSTEM, kind=ClaimKind.SUBSCRIPTION, document_id=1)

    found = list(find_breaches(session))

    assert [breach.split(":")[0].split(" is ")[0] for breach in found] == [
        "claim 1",
        "claim 2 (hold) on unit 1-A-102",
        "claim 3 (subscription) on unit 1-A-103",
    ]
