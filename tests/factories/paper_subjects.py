"""Sales with the least and the most that papers say: one buyer or eight, one step of a chain or five, 30 instalments."""

import json
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import RequestState, TaskState
from salesoffice.approvals.models import ApprovalRequest, ApprovalTask
from salesoffice.changes.enums import ChangeKind, ChangeState, Fault, ReasonCode
from salesoffice.changes.models import Change
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.core.permissions import Role
from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.payments.enums import InstalmentKind, PlanKind
from salesoffice.payments.models import Instalment
from salesoffice.reservations.models import ProvisionalOrder, Subscription
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from tests.factories import Office

LONG_NAME = "阿卜杜热西提·买买提吐尔逊·居来提艾山江·玉素甫阿吉"
LONG_COMPANY = "深圳市前海粤港澳大湾区城市更新与不动产投资发展集团有限责任公司第一分公司"
LONG_ADDRESS = "广东省深圳市南山区粤海街道科技园社区科苑南路与学府路交汇处百度国际大厦东塔楼二十八层二八零一至二八一六单元"
CLAUSES = "\n".join(
    f"双方同意，第{number}项约定的内容以本协议为准，" + "并按原合同的约定履行。" * 3
    for number in range(1, 41)
)


def make_buyers(session: Session, office: Office, count: int = 8) -> list[Customer]:
    """Register buyers with the longest names, addresses and certificates there are."""
    names = [LONG_NAME, LONG_COMPANY, *(f"买受人{number}号" for number in range(3, count + 1))]
    return [
        register_customer(
            session,
            project_id=office.project.id,
            actor=office.actor(office.assistant),
            name=name,
            sex=Sex.FEMALE if number % 2 else None,
            phones=[f"137000010{number:02d}"],
            certificate_kind=CertificateKind.PASSPORT,
            certificate_no=f"E8765432{number:02d}",
            address=LONG_ADDRESS,
            rep_id=office.rep.id,
        )
        for number, name in enumerate(names[:count])
    ]


def make_large_sale(session: Session, office: Office, *, unit: int = 8) -> Subscription:
    """Sell a unit to eight buyers, in 30 instalments."""
    buyers = make_buyers(session, office)
    terms = SubscriptionTerms(
        tuple(buyer.id for buyer in buyers), PlanKind.MORTGAGE, 50_000_00, clock.business_today()
    )
    found = sign_subscription(session, office.units[unit], actor=office.actor(office.assistant), terms=terms)
    found.deal.loan_bank, found.deal.loan_years = "中国工商银行股份有限公司深圳前海自贸区支行", 30
    _split_schedule(session, found)
    return found


def make_change(
    session: Session,
    office: Office,
    subscription: Subscription,
    *,
    kind: ChangeKind = ChangeKind.PRICE,
    number: str = "BG000001",
    steps: int = 0,
) -> Change:
    """Write a change of a sale as applied, with a decided chain of so many steps."""
    today = clock.business_today()
    request = _make_request(session, office, subscription, number, steps) if steps else None
    change = Change(
        project_id=office.project.id,
        deal_id=subscription.deal_id,
        number=number,
        kind=kind,
        state=ChangeState.APPLIED,
        reason_code=ReasonCode.BUYERS_WISH,
        reason="客户资金安排调整，" * (20 if steps else 1),
        fault=Fault.NONE,
        terms="{}",
        old_values=json.dumps({"price_fen": 900_000_00}),
        new_values=json.dumps({"price_fen": 880_000_00}),
        amount_effect=-20_000_00,
        floor_effect=30_000_00 if steps else None,
        signed_on=today,
        attributed_on=today,
        entered_at=clock.now(),
        applicant_id=office.assistant.id,
        request_id=request.id if request else None,
        approved_at=clock.now() if request else None,
        applied_at=clock.now(),
        deal=subscription.deal,
        request=request,
    )
    session.add(change)
    session.flush()
    return change


def make_order(session: Session, office: Office, subscription: Subscription) -> ProvisionalOrder:
    """Write a provisional order of the principal buyer into a sale."""
    buyer = subscription.deal.buyers[0].customer
    order = ProvisionalOrder(
        project_id=office.project.id,
        deal_id=subscription.deal_id,
        unit_id=subscription.unit_id,
        number="XD000001",
        customer_id=buyer.id,
        rep_id=office.rep.id,
        list_total_amount=subscription.list_total_amount,
        unit_price_id=subscription.unit_price_id,
        amount=10_000_00,
        signed_on=clock.business_today(),
        expires_at=clock.now() + timedelta(days=3),
        entered_at=clock.now(),
        entered_by_id=office.assistant.id,
        deal=subscription.deal,
        unit=subscription.unit,
        customer=buyer,
    )
    session.add(order)
    session.flush()
    return order


def _split_schedule(session: Session, found: Subscription) -> None:
    """Replace the schedule by 30 instalments of one month each that add up to the price."""
    statement = select(Instalment).where(Instalment.account_id == found.deal.account_id)
    for row in session.scalars(statement):
        row.voided_at = clock.now()
    session.flush()
    share = found.total_amount // 30
    for position in range(1, 31):
        amount = share if position < 30 else found.total_amount - share * 29
        session.add(
            Instalment(
                account_id=found.deal.account_id,
                position=position,
                kind=InstalmentKind.HOUSE_PRICE,
                due_on=found.signed_on + timedelta(days=30 * position),
                amount=amount,
            )
        )
    session.flush()


def _make_request(
    session: Session, office: Office, subscription: Subscription, number: str, steps: int
) -> ApprovalRequest:
    people = [office.manager, office.executive, office.finance, office.planner, office.other_assistant]
    request = ApprovalRequest(
        project_id=office.project.id,
        kind=ChangeKind.PRICE.value,
        subject_kind="changes",
        subject_id=subscription.id + 1000,
        title=number,
        fingerprint="0" * 64,
        applicant_id=office.assistant.id,
        state=RequestState.APPROVED,
        requested_at=clock.now(),
        decide_by=clock.now() + timedelta(days=1),
        decided_at=clock.now(),
        tasks=[
            ApprovalTask(
                applicant_id=office.assistant.id,
                position=position,
                role=Role.MANAGER,
                title="案场经理" if position == 1 else "",
                state=TaskState.APPROVED,
                decided_at=clock.now(),
                decided_by_id=person.id,
                comment="同意，" * (position * 4),
            )
            for position, person in enumerate(people[:steps], 1)
        ],
    )
    session.add(request)
    session.flush()
    return request
