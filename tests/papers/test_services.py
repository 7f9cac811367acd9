"""Issuing papers, editions, what supersedes them, and what they keep a sale from."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ReasonCode
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.changes.signals import tell_change_applied
from salesoffice.contracts.services import ContractEntry, draft_contract
from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import Stage
from salesoffice.deals.models import Deal
from salesoffice.deals.services import check_stage
from salesoffice.infra.db import transaction
from salesoffice.infra.i18n import speak
from salesoffice.infra.jobs import run_sweep
from salesoffice.infra.models import AuditEntry
from salesoffice.papers.enums import PaperKind, PaperState
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import build_data, find_stale, judge_one, list_standings
from salesoffice.papers.rules import NoSuchPaper, PaperOutdated, PaperOver, PaperSuperseded
from salesoffice.papers.services import issue_paper
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import cancel_subscription
from tests.factories import Office
from tests.factories.paper_subjects import LONG_NAME, make_buyers, make_change
from tests.factories.papers import make_paper
from tests.factories.sales import make_draft, make_verified
from tests.papers.conftest import Lower

Breaches = Callable[[], list[str]]


def issue(session: Session, office: Office, sale: Subscription, **kwargs: str) -> Paper:
    """Issue the agreement of a sale again."""
    with transaction():
        return make_paper(session, office, session.get_one(Subscription, sale.id), **kwargs)  # type: ignore[arg-type]


def stages_of(session: Session, office: Office, sale: Subscription) -> list[str]:
    """Return the codes with which a sale is refused its next stages."""
    found = []
    for stage in Stage:
        try:
            check_stage(session, session.get_one(Deal, sale.deal_id), stage, actor=office.actor(office.admin))
        except PaperSuperseded as refused:
            found.append(f"{stage.value}: {refused.code}")
    return found


def test_first_paper_has_number_edition_hash_and_file(
    session: Session, office: Office, sale: Subscription, paper: Paper, breaches: Breaches
) -> None:
    found = session.get_one(Paper, paper.id)
    subscription = session.get_one(Subscription, sale.id)

    assert (found.number, found.edition, found.file.name, found.superseded_at) == (
        "RG000001", 1, "RG000001.pdf", None,
    )  # fmt: skip
    assert subscription.document_id == found.file_id
    assert breaches() == []


def test_same_paper_issued_twice_is_one(
    session: Session, office: Office, sale: Subscription, paper: Paper
) -> None:
    again = issue(session, office, sale)

    assert again.id == paper.id
    assert session.scalars(select(Paper.edition)).all() == [1]


def test_second_edition_takes_the_place_of_the_first(
    session: Session, office: Office, sale: Subscription, paper: Paper, lower_price: Lower, breaches: Breaches
) -> None:
    lower_price(sale)

    again = issue(session, office, sale)

    first = session.get_one(Paper, paper.id)
    assert (again.number, again.edition, again.file.name) == ("RG000001", 2, "RG000001-2.pdf")
    assert (first.superseded_at is not None, first.superseded_reason) == (True, "RG000001 (2)")
    assert session.get_one(Subscription, sale.id).document_id == again.file_id
    assert breaches() == []


def test_paper_drawn_before_the_price_changed_is_refused(
    session: Session, office: Office, sale: Subscription, lower_price: Lower
) -> None:
    actor = office.actor(office.assistant)
    drawn = build_data(session, PaperKind.SUBSCRIPTION, session.get_one(Subscription, sale.id), actor=actor)
    lower_price(sale)

    with pytest.raises(PaperOutdated), transaction():
        issue_paper(session, drawn, actor=actor, file=b"%PDF-1.7")

    assert session.scalars(select(Paper.id)).all() == []


def test_paper_drawn_as_an_edition_that_was_taken_is_refused(
    session: Session, office: Office, sale: Subscription, lower_price: Lower
) -> None:
    actor = office.actor(office.assistant)
    lower_price(sale)
    drawn = build_data(session, PaperKind.SUBSCRIPTION, session.get_one(Subscription, sale.id), actor=actor)

    with pytest.raises(PaperOutdated), transaction():
        issue_paper(session, replace(drawn, edition=2), actor=actor, file=b"%PDF-1.7")


def test_paper_of_a_cancelled_agreement_is_refused(
    session: Session, office: Office, sale: Subscription
) -> None:
    with transaction():
        found = session.get_one(Subscription, sale.id)
        cancel_subscription(session, found, actor=office.actor(office.manager), reason="客户要求")

    with pytest.raises(PaperOver):
        issue(session, office, sale)


def test_paper_that_there_is_not_is_refused(session: Session, office: Office, sale: Subscription) -> None:
    with pytest.raises(NoSuchPaper):
        issue(session, office, sale, kind=PaperKind.APPROVAL)


def test_supplement_without_words_is_refused(session: Session, office: Office, sale: Subscription) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue(session, office, sale, kind=PaperKind.SUPPLEMENT)

    assert refused.value.code == "clauses_missing"


def test_supplements_stand_side_by_side_with_their_own_numbers(
    session: Session, office: Office, sale: Subscription, breaches: Breaches
) -> None:
    for clauses in ("精装标准见附件。", "车位另行签约。"):
        issue(session, office, sale, kind=PaperKind.SUPPLEMENT, clauses=clauses)

    rows = session.execute(select(Paper.number, Paper.superseded_at).order_by(Paper.id)).all()
    assert [tuple(row) for row in rows] == [("RG000001-补1", None), ("RG000001-补2", None)]
    assert breaches() == []


def test_hash_is_the_same_in_both_languages_and_for_everybody(
    session: Session, office: Office, sale: Subscription
) -> None:
    found = session.get_one(Subscription, sale.id)
    digests = set()

    for language in ("en", "zh_CN"):
        for person in (office.assistant, office.rep):
            with speak(language):
                data = build_data(session, PaperKind.SUBSCRIPTION, found, actor=office.actor(person))
                digests.add(data.digest)

    assert len(digests) == 1


def test_stored_data_hides_personal_numbers(session: Session, paper: Paper) -> None:
    stored = session.get_one(Paper, paper.id).data

    assert ("110101199003070011" in stored, "13800001234" in stored, "138****1234" in stored) == (
        False, False, True,
    )  # fmt: skip


def test_lower_price_makes_the_agreement_outdated_and_blocks_the_contract(
    session: Session, office: Office, sale: Subscription, paper: Paper, lower_price: Lower
) -> None:
    lower_price(sale)

    standing = judge_one(session, session.get_one(Paper, paper.id))

    assert standing.state is PaperState.OUTDATED
    assert [(found.name, found.old, found.new) for found in standing.differences] == [
        ("total_amount", "900,000.00", "880,000.00")
    ]
    assert stages_of(session, office, sale) == ["contract: paper_superseded"]
    with pytest.raises(PaperSuperseded) as refused, transaction(), speak("en"):
        make_draft(session, office, session.get_one(Subscription, sale.id))
    assert (refused.value.code, refused.value.values["paper"]) == ("paper_superseded", "RG000001")


def test_agreement_issued_again_lets_the_contract_through(
    session: Session, office: Office, sale: Subscription, paper: Paper, lower_price: Lower
) -> None:
    lower_price(sale)
    issue(session, office, sale)

    assert stages_of(session, office, sale) == []
    with transaction():
        contract = draft_contract(
            session,
            session.get_one(Subscription, sale.id),
            actor=office.actor(office.assistant),
            entry=ContractEntry(signed_on=clock.business_today()),
        )
    assert contract.total_amount == 880_000_00


def test_sale_without_papers_is_never_blocked(
    session: Session, office: Office, sale: Subscription, lower_price: Lower
) -> None:
    lower_price(sale)

    assert stages_of(session, office, sale) == []


def test_extension_leaves_the_agreement_in_force(
    session: Session, office: Office, sale: Subscription, paper: Paper
) -> None:
    entry = ChangeEntry(ReasonCode.FUNDS_LATE, "客户出差", clock.business_today())
    before = sale.sign_by
    with transaction():
        request_change(
            session,
            session.get_one(Deal, sale.deal_id),
            actor=office.actor(office.manager),
            kind=ChangeKind.EXTENSION,
            terms={"days": 7},
            entry=entry,
        )

    assert session.get_one(Subscription, sale.id).sign_by == before + timedelta(days=7)
    assert find_stale(session, session.get_one(Deal, sale.deal_id)) == []


def test_corrected_name_is_shown_old_and_new(
    session: Session, office: Office, sale: Subscription, paper: Paper
) -> None:
    with transaction():
        session.scalars(select(Customer)).one().name = "张甲丙"

    differences = judge_one(session, session.get_one(Paper, paper.id)).differences

    assert [(found.name, found.row, found.old, found.new) for found in differences] == [
        ("buyers.name", 1, "张甲", "张甲丙")
    ]


def test_applied_change_marks_what_it_made_stale(
    session: Session, office: Office, sale: Subscription, paper: Paper
) -> None:
    entry = ChangeEntry(ReasonCode.BUYERS_WISH, "加入配偶", clock.business_today())
    with transaction():
        spouse = make_buyers(session, office, 1)[0]
        change = request_change(
            session,
            session.get_one(Deal, sale.deal_id),
            actor=office.actor(office.manager),
            kind=ChangeKind.CO_OWNER,
            terms={"add": [{"customer_id": spouse.id}]},
            entry=entry,
        )

    stored = session.get_one(Paper, paper.id)
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "papers")).all()
    assert (stored.superseded_at is not None, stored.superseded_reason) == (True, change.number)
    standing = judge_one(session, stored)
    assert (standing.state, {found.name for found in standing.differences if found.row == 1}) == (
        PaperState.OUTDATED, set(),
    )  # fmt: skip
    assert ("buyers.name", 2, "", LONG_NAME) in [
        (found.name, found.row, found.old, found.new) for found in standing.differences
    ]
    assert stages_of(session, office, sale) == ["contract: paper_superseded"]
    assert actions == ["paper.issued", "paper.superseded"]


def test_swap_asks_for_the_agreement_of_the_new_unit(
    session: Session, office: Office, sale: Subscription, paper: Paper
) -> None:
    entry = ChangeEntry(ReasonCode.UNHAPPY_WITH_UNIT, "换大户型", clock.business_today())
    with transaction():
        change = request_change(
            session,
            session.get_one(Deal, sale.deal_id),
            actor=office.actor(office.manager),
            kind=ChangeKind.SWAP,
            terms={"unit_id": office.units[5].id},
            entry=entry,
        )

    blocked = stages_of(session, office, sale)
    standing = judge_one(session, session.get_one(Paper, paper.id))
    agreement = session.scalars(select(Subscription).order_by(Subscription.id.desc())).first()
    assert agreement is not None
    new = issue(session, office, agreement)

    assert (standing.state, standing.paper.superseded_reason) == (PaperState.OUTDATED, change.number)
    assert ("unit_code", "1-A-101", "1-A-202") in [
        (found.name, found.old, found.new) for found in standing.differences
    ]
    assert (blocked, stages_of(session, office, sale)) == (["contract: paper_superseded"], [])
    assert (new.number, new.edition, judge_one(session, standing.paper).state) == (
        agreement.number, 1, PaperState.SUPERSEDED,
    )  # fmt: skip


def test_applied_change_leaves_what_says_the_same(
    session: Session, office: Office, sale: Subscription, paper: Paper
) -> None:
    with transaction():
        change = make_change(session, office, session.get_one(Subscription, sale.id))
        tell_change_applied(session, change, office.actor(office.manager))

    assert judge_one(session, session.get_one(Paper, paper.id)).state is PaperState.IN_FORCE


def test_sweep_marks_what_changed_without_a_change(
    session: Session, office: Office, sale: Subscription, paper: Paper, lower_price: Lower
) -> None:
    lower_price(sale)

    first, second = run_sweep("papers.outdated"), run_sweep("papers.outdated")

    stored = session.get_one(Paper, paper.id, populate_existing=True)
    assert (first, second, stored.superseded_reason) == (1, 0, "文书内容已变更")


def test_supplement_that_is_stale_blocks_until_it_is_issued_again(
    session: Session, office: Office, sale: Subscription
) -> None:
    letter = issue(session, office, sale, kind=PaperKind.SUPPLEMENT, clauses="精装标准见附件。")
    with transaction():
        session.scalars(select(Customer)).one().name = "张甲丙"

    blocked = stages_of(session, office, sale)
    actor = office.actor(office.assistant)
    drawn = build_data(
        session, PaperKind.SUPPLEMENT, session.get_one(Subscription, sale.id), actor=actor, clauses="改写。"
    )
    with transaction():
        replaces = session.get_one(Paper, letter.id)
        issue_paper(session, drawn, actor=actor, file=b"%PDF-1.7 new words", replaces=replaces)

    assert blocked == [
        "contract: paper_superseded", "sign_online: paper_superseded", "file: paper_superseded",
        "hand_over: paper_superseded",
    ]  # fmt: skip
    assert stages_of(session, office, sale) == []
    assert [found.state for found in list_standings(session, session.get_one(Deal, sale.deal_id))] == [
        PaperState.IN_FORCE, PaperState.SUPERSEDED,
    ]  # fmt: skip


def test_contract_sheet_blocks_what_follows_the_contract_and_the_agreement_no_more(
    session: Session, office: Office, sale: Subscription, paper: Paper
) -> None:
    with transaction():
        drafted = make_draft(session, office, session.get_one(Subscription, sale.id))
        contract = make_verified(session, office, drafted)
        make_paper(session, office, contract, kind=PaperKind.CONTRACT_SHEET)
    with transaction():
        session.scalars(select(Customer)).one().name = "张甲丙"

    assert stages_of(session, office, sale) == [
        "sign_online: paper_superseded", "file: paper_superseded", "hand_over: paper_superseded",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    ["UPDATE papers SET data = 'x'", "UPDATE papers SET edition = 9", "DELETE FROM papers"],
    ids=["data", "edition", "delete"],
)
def test_database_refuses_to_change_a_paper(session: Session, paper: Paper, statement: str) -> None:
    with pytest.raises(DBAPIError, match="never changed or deleted"), transaction():
        session.execute(text(statement))


def test_verify_names_a_paper_whose_data_was_changed(
    session: Session, paper: Paper, breaches: Breaches
) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    table = "" if is_sqlite else " ON papers"
    kept = session.scalar(
        text("SELECT sql FROM sqlite_master WHERE name = 'frozen_papers_update'")
        if is_sqlite
        else text("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'frozen_papers_update'")
    )
    with transaction():
        session.execute(text(f"DROP TRIGGER frozen_papers_update{table}"))
        session.execute(text("UPDATE papers SET data = replace(data, '900,000.00', '1.00')"))

    found = breaches()

    with transaction():
        session.execute(text(kept or ""))
    assert found == [f"paper {paper.id} (RG000001): its data does not match its SHA-256"]
