"""Printed forms that contracts and agreements take their numbers from, and a notice of an engineering change."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.deals.models import Claim, Deal
from salesoffice.demo.book import Book, moment
from salesoffice.notices.enums import BuyerAnswer
from salesoffice.notices.queries import CONTRACTED, NoticeScope
from salesoffice.notices.services import NoticeDraft, Telling, enter_answer, enter_notice, mark_notified
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.models import NumberedForm
from salesoffice.stationery.queries import suggest_run
from salesoffice.stationery.rules import RunNumbers
from salesoffice.stationery.services import (
    FormChoice,
    RunDraft,
    issue_forms,
    receive_run,
    spoil_form,
)

RUN = 200
DAYS_OF_A_RUN = 50
PREFIXES = {FormKind.CONTRACT: "HT-", FormKind.AGREEMENT: "RG-"}
CONCERNED = 3


def plan_forms(book: Book, first_day: date, today: date) -> None:
    """Let two print runs arrive before the first sale, and the next ones before they are used up."""
    for number in range((today - first_day).days // DAYS_OF_A_RUN + 1):
        book.note(first_day + timedelta(days=number * DAYS_OF_A_RUN), lambda day: _receive(book, day))


def tell_change(book: Book, today: date) -> None:
    """Enter a change of the planning: one buyer accepts, one may still answer, one should have been told by now."""
    with moment(today, 0, 0) as session:
        manager = book.office.actors["manager"]
        numbers = _list_contracted(session, book.office.project_id)
        if len(numbers) < CONCERNED:
            return
        draft = NoticeDraft(
            "小区东入口位置调整",
            "经规划部门批准，小区东侧人行入口由原位置向南移动约 20 米。\n调整后不影响各栋建筑的间距、日照和户型。",
            today - timedelta(days=12),
            "规划变更批复第 18 号",
        )
        notice = enter_notice(
            session,
            book.office.project_id,
            actor=manager,
            draft=draft,
            scope=NoticeScope(codes=tuple(numbers)),
        )
        first, second, _late = notice.deliveries
        told = Telling("当面签收", today - timedelta(days=4))
        mark_notified(session, first, actor=manager, telling=told)
        enter_answer(session, first, actor=manager, answer=BuyerAnswer.ACCEPTED, on=today - timedelta(days=1))
        telling = Telling("EMS 挂号信", today - timedelta(days=1))
        mark_notified(session, second, actor=manager, telling=telling)


def _receive(book: Book, day: date) -> None:
    assistant, project_id = book.office.actors["assistant"], book.office.project_id
    with moment(day, 8, 40) as session:
        for kind, prefix in PREFIXES.items():
            last = suggest_run(session, project_id, kind)
            first = last.first if last else 1
            numbers = RunNumbers(prefix, first, first + RUN - 1, 6)
            run = receive_run(
                session, project_id, actor=assistant, draft=RunDraft(kind, numbers, day, "华彩印务")
            )
            if last is None and kind is FormKind.CONTRACT and assistant.id is not None:
                choice = FormChoice(kind, count=20)
                issue_forms(session, project_id, actor=assistant, choice=choice, holder_id=assistant.id)
            spoilt = session.scalars(
                select(NumberedForm).where(NumberedForm.run_id == run.id).order_by(NumberedForm.id.desc())
            ).first()
            if spoilt is not None:
                spoil_form(session, spoilt, actor=assistant, reason="到货破损")


def _list_contracted(session: Session, project_id: int) -> list[str]:
    statement = (
        select(Deal.number)
        .join(Claim, Claim.deal_id == Deal.id)
        .where(
            Deal.project_id == project_id,
            Claim.closed_at.is_(None),
            ~Claim.is_accessory,
            Claim.kind.in_(CONTRACTED),
        )
        .order_by(Deal.id)
        .limit(CONCERNED)
    )
    return list(session.scalars(statement))
