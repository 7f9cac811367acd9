"""One office with one of everything that has an address: for tests that visit every route."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.rules import StepDraft
from salesoffice.approvals.services import delegate, set_rule
from salesoffice.changes.enums import ChangeKind, ReasonCode
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import sign_online, verify_contract
from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.dailylog.documents.publishing import close_day
from salesoffice.dailylog.enums import OpinionKind
from salesoffice.dailylog.services import add_opinion, keep_document
from salesoffice.deals.enums import AttachmentKind
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import get_deal_by_number
from salesoffice.deals.services import attach
from salesoffice.deals.services.attachments import keep_upload
from salesoffice.infra.files import store_file
from salesoffice.infra.models import NumberSeries
from salesoffice.inventory.enums import AreaEdition, OverlayKind
from salesoffice.inventory.models import UnitType
from salesoffice.inventory.services import (
    AreaDraft,
    add_permit,
    place_overlay,
    put_into_batch,
    record_areas,
)
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.rules import AUTOMATIC
from salesoffice.launch.services import attach_file, begin_batch
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.services import confirm_receipt, request_refund
from salesoffice.payments.services import keep_document as keep_receipt
from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.services import CellName, PlanDetails, PlanEdit, change_plan, create_plan
from salesoffice.pricing.enums import PriceBasis
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import (
    SubscriptionTerms,
    join_waiting_list,
    place_hold,
    sign_subscription,
)
from salesoffice.undo.queries import select_open_offers
from tests.factories import Office, make_office
from tests.factories.approvals import FAVOUR, MANAGER, MONEY, make_chain, make_request
from tests.factories.earnest import make_earnest, make_earnest_receipt
from tests.factories.forms import make_forms
from tests.factories.many import survey
from tests.factories.offers import make_offers
from tests.factories.papers import make_paper
from tests.factories.places import make_place
from tests.factories.prices import make_versions
from tests.factories.sales import BUYER, CERTIFICATE, make_buyer, make_draft, make_receipt, make_verified
from tests.factories.sheets import make_print

QUERY = "?"
"""Where `special` has what an address needs after its question mark."""


@dataclass
class Everything:
    """An office, its objects, and what to put into the addresses that name them.

    `parts` has a value for each part of an address; `special` the value of one endpoint alone, where its action needs
    an object in another state or a query. `own` says whose the customers, holds and deals are: the rep's; `others` are another
    rep's.
    """

    office: Office
    parts: dict[str, object] = field(default_factory=dict)
    special: dict[str, dict[str, object]] = field(default_factory=dict)
    others: dict[str, dict[str, object]] = field(default_factory=dict)

    def values_for(self, endpoint: str) -> dict[str, object]:
        """Return the parts of the address of an endpoint."""
        return self.parts | self.special.get(endpoint, {})


def make_everything(
    session: Session, *, code: str = "P1", building: str = "1栋", numbers_after: int = 0
) -> Everything:
    """Add an office with one of everything; units 101 to 202 are held or sold, the others free.

    Another building and other numbers make sure that nothing of two offices has the same address.
    """
    office = make_office(session, code=code, building=building)
    for series in (
        (
            "engineering_notice",
            "deal",
            "subscription",
            "receipt",
            "refund",
            "contract",
            "offer",
            "change",
            "provisional",
        )
        if numbers_after
        else ()
    ):
        row = NumberSeries(project_id=office.project.id, series=series, last_number=numbers_after)
        session.add(row)
    found = Everything(office, parts={"code": code, "kind": "csv"})
    unit_type = UnitType(project_id=office.project.id, name="A1")
    session.add(unit_type)
    session.flush()
    for unit in office.units:
        unit.unit_type_id = unit_type.id
    _add_place(session, found, unit_type)
    buyer = make_buyer(session, office)
    found.special |= make_versions(session, office, numbers_after=10 if numbers_after else 0)
    _add_launch(session, found)
    _add_plan(session, found)
    _add_holds(session, found, buyer)
    _add_deals(session, found, buyer)
    _add_day(session, found, buyer)
    found.parts |= {"print_id": make_print(session, office).id, "version": 1}
    _add_offers(session, found, buyer)
    _add_notes(session, found)
    _add_earnest(session, found, buyer)
    _add_approvals(session, found, number=1_000 + numbers_after)
    return found


def _add_earnest(session: Session, found: Everything, buyer: Customer) -> None:
    """Add registrations and provisional orders of both reps, and earnest money on the account of a sale."""
    office, special = found.office, found.special
    theirs = session.scalars(select(Customer).where(Customer.rep_id == office.other_rep.id)).one()
    made = make_earnest(session, office, buyer, theirs)
    account = session.get_one(Account, found.parts["account_id"])
    carriable = make_earnest_receipt(session, office, account, 2_000_00)
    newcomer = register_customer(
        session,
        project_id=office.project.id,
        actor=office.actor(office.assistant),
        name="钱丁",
        phones=["13600007777"],
        rep_id=office.rep.id,
    )
    found.parts |= {
        "newcomer_id": newcomer.id,
        "category_id": made.category.id,
        "registration_id": made.registration.id,
        "order_id": made.order.id,
    }
    special["reservations.cancel_order"] = {"number": made.order.number}
    for endpoint in ("payments.carry", "payments_api.post_carrying"):
        special[endpoint] = {"receipt_id": carriable.id}
    for endpoint in ("registrations.show", "registrations.slip", "registrations_api.show_registration"):
        found.others[endpoint] = {"registration_id": made.other.id}
    found.others["reservations_api.show_order"] = {"order_id": made.other_order.id}


def _add_approvals(session: Session, found: Everything, *, number: int) -> None:
    """Add chains, a request that the administrator may decide and two for the manager, and an absence."""
    office, project_id = found.office, found.office.project.id
    make_chain(session, project_id, StepDraft(1, Role.ADMIN), StepDraft(2, Role.MANAGER))
    applicant = office.actor(office.assistant)
    make_chain(session, project_id, MANAGER, kind=MONEY)
    requests = [
        make_request(session, project_id, applicant, number=number + place, kind=kind)
        for place, kind in enumerate((FAVOUR, MONEY, MONEY))
    ]
    today = clock.business_today()
    absence = delegate(
        session,
        project_id,
        actor=office.actor(office.executive),
        from_user_id=office.executive.id,
        to_user_id=office.manager.id,
        days=(today, today),
    )
    found.parts |= {"request_id": requests[0].id, "delegation_id": absence.id}
    found.special["approvals.chain"] = {"kind": FAVOUR}
    for place, endpoint in enumerate(("approvals_api.post_approval", "approvals_api.post_rejection"), 1):
        found.special[endpoint] = {"request_id": requests[place].id}


def _add_notes(session: Session, found: Everything) -> None:
    """Add what is noted on units: a mortgage on a sold one, a final survey to check, a permit to make public."""
    office, actor = found.office, found.office.actor(found.office.assistant)
    project_id, sold = office.project.id, office.units[1]
    overlay = place_overlay(
        session,
        sold,
        actor=actor,
        kind=OverlayKind.MORTGAGED,
        since_on=date(2026, 1, 5),
        reference="Register 7",
    )
    measured = AreaDraft(Decimal("91.00"), None, None)
    record_areas(
        session, project_id, actor=actor, edition=AreaEdition.FINAL, areas={office.units[-1].id: measured}
    )
    permit = add_permit(
        session,
        project_id,
        actor=actor,
        number="YS-2",
        issued_on=clock.business_today(),
        unit_ids=[sold.id],
    )
    found.parts |= {"overlay_id": overlay.id, "permit_id": permit.id}


def _add_place(session: Session, found: Everything, unit_type: UnitType) -> None:
    """Add what belongs to the project and its units rather than to a sale."""
    found.parts |= make_place(session, found.office, unit_type)
    found.special["search_api.search"] = {QUERY: {"q": found.office.units[0].code}}


def _add_plan(session: Session, found: Everything) -> None:
    """A price plan with a factor, for the whole project."""
    office = found.office
    planner = office.actor(office.planner)
    details = PlanDetails(PlanMethod.BOTH, PriceBasis.GROSS, target_price=10_000_00)
    plan = create_plan(session, office.project.id, actor=planner, name="Launch", details=details)
    cell = CellName(FactorKind.LINE, None, "01", is_coefficient=True)
    change_plan(session, plan, actor=planner, revision=1, edit=PlanEdit({cell: 1_010_000}))
    found.parts["plan_id"] = plan.id


def _add_launch(session: Session, found: Everything) -> None:
    """A planned batch of the free units, an item of its checklist, one with a paper."""
    office = found.office
    batch = begin_batch(session, office.project.id, actor=SYSTEM, name="首开")
    put_into_batch(session, batch, actor=SYSTEM, unit_ids=[unit.id for unit in office.units[8:]])
    ticked, papered = session.scalars(
        select(LaunchItem)
        .where(LaunchItem.batch_id == batch.id, LaunchItem.kind.not_in(AUTOMATIC))
        .order_by(LaunchItem.id)
        .limit(2)
    )
    attach_file(session, papered, actor=SYSTEM, data=b"%PDF-1.7 paper", name="paper.pdf")
    found.parts |= {"item_id": ticked.id}
    found.special["launch.paper"] = {"item_id": papered.id}
    for endpoint in ("batch", "plan", "fill", "start", "call_off", "enter_item"):
        found.special[f"launch.{endpoint}"] = {"batch_id": batch.id}


def _add_holds(session: Session, found: Everything, buyer: Customer) -> None:
    office = found.office
    theirs = register_customer(
        session,
        project_id=office.project.id,
        actor=office.actor(office.assistant),
        name="李乙",
        phones=["13900005678"],
        rep_id=office.other_rep.id,
    )
    held = place_hold(session, office.units[0], actor=office.actor(office.rep), customer_id=buyer.id)
    other = place_hold(session, office.units[1], actor=office.actor(office.other_rep), customer_id=theirs.id)
    entries = [
        join_waiting_list(session, unit, actor=SYSTEM, customer_id=waiting.id)
        for unit, waiting in ((office.units[1], buyer), (office.units[0], theirs))
    ]
    found.parts |= {"customer_id": buyer.id, "hold_id": held.id, "entry_id": entries[0].id}
    for endpoint in ("reservations.leave", "reservations_api.post_waiting_leave"):
        found.others[endpoint] = {"entry_id": entries[1].id}
    for endpoint in ("reservations.join", "reservations_api.post_waiting"):
        found.special[endpoint] = {"unit_id": office.units[0].id, "unit_code": office.units[0].code}
    found.special["reservations.subscribe"] = {"unit_code": office.units[0].code}
    for endpoint in ("customers.show", "customers.edit", "customers_api.show"):
        found.others[endpoint] = {"customer_id": theirs.id}
    for endpoint in ("extend", "release", "post_hold_extension", "post_hold_release"):
        blueprint = "reservations_api" if endpoint.startswith("post") else "reservations"
        found.others[f"{blueprint}.{endpoint}"] = {"hold_id": other.id}
    found.others["board.deal"] = {"number": other.deal.number}
    found.others["board_api.show_deal"] = {"deal_id": other.deal_id}


def _sell(session: Session, office: Office, buyer: Customer, unit: int) -> Subscription:
    terms = SubscriptionTerms((buyer.id,), PlanKind.MORTGAGE, 50_000_00, clock.business_today())
    return sign_subscription(session, office.units[unit], actor=office.actor(office.assistant), terms=terms)


def _add_deals(session: Session, found: Everything, buyer: Customer) -> None:
    """Four sales: without contract, with a draft, verified, signed online; the first one has money."""
    office, special = found.office, found.special
    plain, drafted, verified, signed = (_sell(session, office, buyer, unit) for unit in (2, 3, 4, 5))
    draft = make_draft(session, office, drafted)
    second = make_verified(session, office, make_draft(session, office, verified))
    third = make_verified(session, office, make_draft(session, office, signed))
    today = clock.business_today()
    sign_online(session, third, actor=office.actor(office.assistant), online_no=f"W{third.id}", on=today)
    paper = make_paper(session, office, plain)
    found.parts |= {
        "deal_id": plain.deal_id,
        "account_id": plain.deal.account_id,
        "subscription_id": plain.id,
        "contract_id": draft.id,
        "paper_id": paper.id,
        "number": plain.deal.number,
    }
    for endpoint in ("papers.agreement", "papers.make_agreement"):
        special[endpoint] = {"number": plain.number}
    special["papers.issue"] = {QUERY: {"what": f"notice:deals:{plain.deal_id}"}}
    special["contracts.enter"] = {"number": plain.number}
    special["contracts.sign"] = special["contracts_api.post_online_signing"] = {"contract_id": second.id}
    special["contracts.file"] = special["contracts_api.post_filing"] = {"contract_id": third.id}
    special["tracks.move"] = {"number": verified.deal.number, "kind": "title"}
    special["tracks_api.post_track"] = {"deal_id": verified.deal_id, "kind": "title"}
    _add_money(session, found, plain)
    _add_forms(session, found, (second.deal, third.deal))
    _add_changes(session, found, plain, signed)
    survey(session, office, (office.units[4],))
    special["changes_api.post_area_settlement"] = {"deal_id": verified.deal_id}
    _add_scans(session, found, plain.deal, draft)


def _add_forms(session: Session, found: Everything, deals: tuple[Deal, Deal]) -> None:
    made = make_forms(session, found.office, deals)
    found.parts |= {
        "form_id": made.form_id,
        "template_id": made.template_id,
        "notice_id": made.notice_id,
        "delivery_id": made.delivery_id,
    }
    for endpoint in ("stationery.return_one", "stationery_api.post_return"):
        found.special[endpoint] = {"form_id": made.issued_id}
    for endpoint in ("notices.answer", "notices_api.post_answer"):
        found.special[endpoint] = {"delivery_id": made.told_id}
    for endpoint in ("papers.word_fields", "papers.word_starter"):
        found.special[endpoint] = {"kind": "subscription"}


def _add_changes(session: Session, found: Everything, plain: Subscription, signed: Subscription) -> None:
    """An extension that the administrator may undo, and a forfeiture that waits for the manager."""
    office, special = found.office, found.special
    admin = office.actor(office.admin)
    set_rule(
        session,
        office.project.id,
        actor=admin,
        kind=ChangeKind.FORFEITURE.value,
        is_required=True,
        steps=[StepDraft(1, Role.MANAGER)],
    )
    entry = ChangeEntry(ReasonCode.BUYERS_WISH, "客户申请", clock.business_today())
    made, waiting = (
        request_change(session, sale.deal, actor=admin, kind=kind, terms=terms, entry=entry)
        for sale, kind, terms in (
            (plain, ChangeKind.EXTENSION, {"days": 3}),
            (signed, ChangeKind.FORFEITURE, {}),
        )
    )
    special["changes.new"] = {"number": plain.deal.number, "kind": "cancellation"}
    special["changes.undo"] = special["changes.show"] = {"number": made.number}
    special["changes.withdraw"] = {"number": waiting.number}
    special["changes_api.post_undoing"] = special["changes_api.show_change"] = {"change_id": made.id}
    special["changes_api.post_withdrawal"] = {"change_id": waiting.id}
    found.others["changes_api.list_of_deal"] = dict(found.others["board_api.show_deal"])


def _add_scans(session: Session, found: Everything, deal: Deal, draft: Contract) -> None:
    """Papers attached to a sale and to another rep's, and a second entry that differed in the area."""
    office, special = found.office, found.special
    admin = office.actor(office.admin)
    theirs = get_deal_by_number(session, office.project.id, str(found.others["board.deal"]["number"]))
    papers = []
    for sale in (deal, theirs):
        stored = keep_upload(session, sale, data=b"%PDF-1.7 scan", name="scan.pdf")
        papers.append(
            attach(session, sale, actor=admin, kind=AttachmentKind.OTHER, name=stored.name, stored=stored)
        )
    wrong = CriticalFields(
        BUYER, CERTIFICATE, draft.unit_code, Decimal("91.00"), draft.total_amount, draft.signed_on
    )
    check = verify_contract(session, draft, actor=office.actor(office.other_assistant), fields=wrong).check
    offer = session.scalars(select_open_offers(office.admin.id)).all()[-1]
    found.parts |= {"attachment_id": papers[0].id, "check_id": check.id}
    special["undo.take"] = special["undo_api.post_undo"] = {"offer_id": offer.id}
    for endpoint in ("deals.attachments", "deals.file"):
        found.others[endpoint] = {"number": theirs.number, "attachment_id": papers[1].id}
    found.others["deals_api.show_attachments"] = {"deal_id": theirs.id}
    found.others["deals_api.show_file"] = {"attachment_id": papers[1].id}


def _add_money(session: Session, found: Everything, sale: Subscription) -> None:
    office, special = found.office, found.special
    finance = office.actor(office.finance)
    waiting = make_receipt(session, office, sale, 10_000_00)
    confirmed = make_receipt(session, office, sale, 50_000_00)
    confirm_receipt(session, confirmed, actor=finance)
    printed: Receipt = make_receipt(session, office, sale, 30_000_00)
    confirm_receipt(session, printed, actor=finance)
    paper = store_file(
        session, b"%PDF-1.7 receipt", name="receipt.pdf", media_type="application/pdf",
        project_id=office.project.id,
    )  # fmt: skip
    keep_receipt(session, printed, actor=finance, file_id=paper.id)
    account = sale.deal.account
    assert account is not None
    refund = request_refund(
        session, account, actor=office.actor(office.assistant), amount=1_000_00, reason="paid too much"
    )
    found.parts |= {"receipt_id": waiting.id, "refund_id": refund.id}
    special["payments.paper"] = {"receipt_id": printed.id}
    for endpoint in ("payments.print_paper", "payments.reverse", "payments_api.post_reversal"):
        special[endpoint] = {"receipt_id": confirmed.id}


def _add_day(session: Session, found: Everything, buyer: Customer) -> None:
    office, today = found.office, clock.business_today()
    rep = office.actor(office.rep)
    record_visit(
        session,
        project_id=office.project.id,
        actor=rep,
        kind=VisitKind.VISIT,
        is_first=True,
        source=Source.WALK_IN,
        customer_id=buyer.id,
    )
    opinion = add_opinion(session, office.project, actor=rep, kind=OpinionKind.LIKED, text="南北通透")
    closed = date.fromordinal(today.toordinal() - 1)
    keep_document(session, close_day(session, office.project, closed, actor=SYSTEM), b"%PDF-1.7 log")
    found.parts |= {"opinion_id": opinion.id, "date": today.isoformat(), "day": today}
    for endpoint in ("dailylog.pdf", "dailylog.send", "dailylog_api.show_log"):
        found.special[endpoint] = {"date": closed.isoformat()}


def _add_offers(session: Session, found: Everything, buyer: Customer) -> None:
    made = make_offers(session, found.office, buyer)
    found.parts |= {
        "scheme_id": made.scheme.id,
        "offer_id": made.offer.id,
        "offer_number": made.offer.number,
    }
    found.special["offers.draw"] = {"offer_number": made.undrawn.number}
    for endpoint in ("offers.show", "offers.paper", "offers.draw"):
        found.others[endpoint] = {"offer_number": made.other.number}
    found.others["offers_api.show_offer"] = {"offer_id": made.other.id}
