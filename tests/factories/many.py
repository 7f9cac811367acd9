"""More rows than a page shows of what belongs to sales under way, each with its own people and objects."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ReasonCode
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import ContractEntry, draft_contract, verify_contract
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.inventory.services import AreaDraft, check_areas, record_areas
from salesoffice.notices.queries import NoticeScope
from salesoffice.notices.services import NoticeDraft, enter_notice
from salesoffice.payments.enums import PlanKind
from salesoffice.registrations.models import RegistrationCategory
from salesoffice.registrations.services import register
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, sign_provisional, sign_subscription
from salesoffice.staff.models import User
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.rules import RunNumbers
from salesoffice.stationery.services import FormChoice, RunDraft, issue_forms, receive_run
from tests.factories import Office


def make_customer(session: Session, office: Office, number: int) -> Customer:
    """Register a customer with a passport, of one rep or the other."""
    return register_customer(
        session,
        project_id=office.project.id,
        actor=office.actor(office.assistant),
        name=f"买家{number}",
        phones=[f"1350000{number:04d}"],
        certificate_kind=CertificateKind.PASSPORT,
        certificate_no=f"E{number:08d}",
        rep_id=(office.rep if number % 2 else office.other_rep).id,
    )


def make_changed_sale(session: Session, office: Office, unit: Unit, number: int) -> Subscription:
    """Register a customer, sell a unit, extend the time for signing, sign the contract and survey the unit with 91.00 m²."""
    customer = make_customer(session, office, number)
    terms = SubscriptionTerms((customer.id,), PlanKind.MORTGAGE, 50_000_00, clock.business_today())
    assistant, other = office.actor(office.assistant), office.actor(office.other_assistant)
    sale = sign_subscription(session, unit, actor=assistant, terms=terms)
    entry = ChangeEntry(ReasonCode.BUYERS_WISH, "客户申请", clock.business_today())
    request_change(
        session,
        sale.deal,
        actor=office.actor(office.admin),
        kind=ChangeKind.EXTENSION,
        terms={"days": 3},
        entry=entry,
    )
    contract = draft_contract(
        session, sale, actor=assistant, entry=ContractEntry(signed_on=clock.business_today())
    )
    fields = CriticalFields(
        contract.customer_name,
        f"E{number:08d}",
        contract.unit_code,
        contract.gross_area,
        contract.total_amount,
        contract.signed_on,
    )
    verify_contract(session, contract, actor=other, fields=fields)
    return sale


def survey(session: Session, office: Office, units: tuple[Unit, ...]) -> None:
    """Let the assistant enter final surveys of 91.00 m² and the other assistant check them."""
    project_id = office.project.id
    measured = AreaDraft(Decimal("91.00"), None, None)
    areas = {unit.id: measured for unit in units}
    record_areas(
        session, project_id, actor=office.actor(office.assistant), edition=AreaEdition.FINAL, areas=areas
    )
    entered = select(UnitArea.id).where(UnitArea.unit_id.in_(areas), UnitArea.edition == AreaEdition.FINAL)
    area_ids = session.scalars(entered).all()
    check_areas(session, project_id, actor=office.actor(office.other_assistant), area_ids=area_ids)


def make_many_sales(
    session: Session, office: Office, units: tuple[Unit, ...], category: RegistrationCategory
) -> None:
    """Sell the first half of the units, order the other half; register each buyer; write a notice about each sale."""
    half = len(units) // 2
    admin, today = office.actor(office.admin), clock.business_today()
    for number, (sold, ordered) in enumerate(zip(units[:half], units[half:], strict=True)):
        sale = make_changed_sale(session, office, sold, number)
        assistant, buyer_id = office.actor(office.assistant), sale.deal.buyers[0].customer_id
        register(session, category, actor=assistant, customer_id=buyer_id, registered_on=today)
        sign_provisional(
            session, ordered, actor=assistant, customer_id=buyer_id, amount=10_000_00, signed_on=today
        )
        enter_notice(
            session,
            office.project.id,
            actor=admin,
            draft=NoticeDraft(f"变更{number}", "入口改至锦绣路。", today),
            scope=NoticeScope(codes=(sale.deal.number,)),
        )
    survey(session, office, units[:half])


def make_many_forms(session: Session, office: Office, holders: list[User]) -> None:
    """Take in a print run of contracts and issue a form of it to each person."""
    project_id, actor = office.project.id, office.actor(office.admin)
    run = RunDraft(FormKind.CONTRACT, RunNumbers("HT-", 1, len(holders), 4), clock.business_today())
    receive_run(session, project_id, actor=actor, draft=run)
    for holder in holders:
        choice = FormChoice(FormKind.CONTRACT, count=1)
        issue_forms(session, project_id, actor=actor, choice=choice, holder_id=holder.id)
