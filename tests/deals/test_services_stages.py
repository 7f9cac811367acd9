"""What a sale must have before its next stage: attached papers, and judges that do not object."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.contracts.services import file_contract, sign_online
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.deals.enums import AttachmentKind, Stage
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.deals.queries import load_papers
from salesoffice.deals.services import check_stage, drop_requirement, remove_attachment
from salesoffice.deals.signals import judges_stages
from salesoffice.payments.enums import PlanKind
from salesoffice.projects.models import Project
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.reservations.services import SubscriptionTerms, place_hold, sign_subscription
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_buyer, make_draft, make_sale, make_verified

Put = Callable[..., DealAttachment]
Require = Callable[..., None]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Stage]]:
    """A judge that objects to the filing of every sale and keeps what it was asked."""
    asked: list[tuple[int, Stage]] = []

    def object_to_filing(_session: Session, deal: Deal, stage: Stage) -> DomainError | None:
        asked.append((deal.id, stage))
        return WrongState("not yet", code="paper_superseded") if stage is Stage.FILE else None

    monkeypatch.setattr("salesoffice.deals.signals._judges", [])  # of this test alone
    judges_stages(object_to_filing)
    return asked


def test_nothing_required_lets_every_stage_through(office: Office, do: Do) -> None:
    deal = do(lambda s: make_sale(s, office).deal)
    actor = office.actor(office.assistant)

    def check_all(session: Session) -> None:
        for stage in Stage:
            check_stage(session, session.get_one(Deal, deal.id), stage, actor=actor)

    do(check_all)

    assert do(lambda s: load_papers(s, s.get_one(Deal, deal.id), actor=actor).stages) == ()


def test_missing_papers_block_the_contract_until_attached(
    office: Office, do: Do, put: Put, require: Require
) -> None:
    sale = do(lambda s: make_sale(s, office))
    do(lambda s: require(s, Stage.CONTRACT, AttachmentKind.SIGNED_AGREEMENT))
    do(lambda s: require(s, Stage.CONTRACT, AttachmentKind.CERTIFICATE))
    do(lambda s: put(s, sale.deal, AttachmentKind.CERTIFICATE))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: make_draft(s, office, s.get_one(Subscription, sale.id)))
    do(lambda s: put(s, sale.deal, AttachmentKind.SIGNED_AGREEMENT))
    draft = do(lambda s: make_draft(s, office, s.get_one(Subscription, sale.id)))

    assert refusal.value.code == "attachment_missing"
    assert refusal.value.values == {"stage": "contract", "missing": ["signed_agreement"]}
    assert draft.state is ContractState.DRAFT


def test_paper_taken_out_again_blocks_the_verification(
    office: Office, do: Do, put: Put, require: Require
) -> None:
    draft = do(lambda s: make_draft(s, office, make_sale(s, office)))
    paper = do(lambda s: put(s, draft.deal, AttachmentKind.CERTIFICATE))
    do(lambda s: require(s, Stage.CONTRACT, AttachmentKind.CERTIFICATE))
    do(lambda s: remove_attachment(s, paper, actor=office.actor(office.assistant), reason="blurred"))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: make_verified(s, office, s.get_one(Contract, draft.id)))

    assert refusal.value.code == "attachment_missing"


@pytest.mark.parametrize("stage", [Stage.SIGN_ONLINE, Stage.FILE])
def test_missing_papers_block_online_signing_and_filing(
    office: Office, do: Do, put: Put, require: Require, stage: Stage
) -> None:
    contract = do(lambda s: make_verified(s, office, make_draft(s, office, make_sale(s, office))))
    do(lambda s: require(s, stage, AttachmentKind.SIGNED_CONTRACT))
    actor, today = office.actor(office.assistant), clock.business_today()

    def go_on(session: Session) -> ContractState:
        found = session.get_one(Contract, contract.id)
        if found.state is ContractState.VERIFIED:
            sign_online(session, found, actor=actor, online_no="W-1", on=today)
        return file_contract(session, found, actor=actor, filing_no="F-1", on=today).state

    with pytest.raises(DomainError) as refusal:
        do(go_on)
    do(lambda s: put(s, contract.deal, AttachmentKind.SIGNED_CONTRACT))

    assert refusal.value.values["stage"] == stage.value
    assert do(go_on) is ContractState.FILED


def test_subscription_is_signed_only_out_of_a_hold_with_its_papers(
    office: Office, do: Do, put: Put, require: Require
) -> None:
    do(lambda s: require(s, Stage.SUBSCRIBE, AttachmentKind.ENTITLEMENT))
    buyer = do(lambda s: make_buyer(s, office))
    actor = office.actor(office.assistant)
    terms = SubscriptionTerms((buyer.id,), PlanKind.FULL, 50_000_00, clock.business_today())

    with pytest.raises(DomainError) as directly:
        do(lambda s: sign_subscription(s, office.units[0], actor=actor, terms=terms))
    hold = do(lambda s: place_hold(s, office.units[0], actor=actor, customer_id=buyer.id))
    with pytest.raises(DomainError) as without:
        do(lambda s: sign_subscription(s, s.get_one(Hold, hold.id), actor=actor, terms=terms))
    do(lambda s: put(s, s.get_one(Deal, hold.deal_id), AttachmentKind.ENTITLEMENT))
    signed = do(lambda s: sign_subscription(s, s.get_one(Hold, hold.id), actor=actor, terms=terms))

    assert [directly.value.code, without.value.code] == ["attachment_missing", "attachment_missing"]
    assert "Hold the unit first" in str(directly.value.message)
    assert signed.deal_id == hold.deal_id


def test_dropped_requirement_blocks_no_more(office: Office, do: Do, require: Require) -> None:
    sale = do(lambda s: make_sale(s, office))
    do(lambda s: require(s, Stage.CONTRACT, AttachmentKind.OTHER))
    manager = office.actor(office.manager)

    do(
        lambda s: drop_requirement(
            s,
            s.get_one(Project, office.project.id),
            actor=manager,
            stage=Stage.CONTRACT,
            kind=AttachmentKind.OTHER,
        )
    )

    assert do(lambda s: make_draft(s, office, s.get_one(Subscription, sale.id))).state is ContractState.DRAFT


def test_judge_is_asked_at_each_stage_and_its_objection_stands(
    office: Office, do: Do, judge: list[tuple[int, Stage]]
) -> None:
    contract = do(lambda s: make_verified(s, office, make_draft(s, office, make_sale(s, office))))
    actor, today = office.actor(office.assistant), clock.business_today()
    do(lambda s: sign_online(s, s.get_one(Contract, contract.id), actor=actor, online_no="W-1", on=today))

    with pytest.raises(WrongState) as refusal:
        do(lambda s: file_contract(s, s.get_one(Contract, contract.id), actor=actor, filing_no="F", on=today))

    assert refusal.value.code == "paper_superseded"
    assert [stage for _deal, stage in judge] == [
        Stage.CONTRACT, Stage.CONTRACT, Stage.SIGN_ONLINE, Stage.FILE,
    ]  # fmt: skip
