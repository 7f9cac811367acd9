"""Numbered forms, a Word template and an engineering change notice, for tests that visit every route."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.deals.models import Deal
from salesoffice.notices.queries import NoticeScope
from salesoffice.notices.services import NoticeDraft, Telling, enter_notice, mark_notified
from salesoffice.papers.documents.word import build_starter
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.services.word import activate_template, add_template
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.rules import RunNumbers
from salesoffice.stationery.services import FormChoice, RunDraft, issue_forms, receive_run
from tests.factories import Office


@dataclass(frozen=True)
class MadeForms:
    """Ids of what was made: a form in stock and an issued one, a template in use, a notice with two deliveries."""

    form_id: int
    issued_id: int
    template_id: int
    notice_id: int
    delivery_id: int
    told_id: int


def make_forms(session: Session, office: Office, deals: tuple[Deal, Deal]) -> MadeForms:
    """Register ten mortgage forms, issue one; use a template; enter a notice about two contracted sales."""
    project_id, actor = office.project.id, office.actor(office.admin)
    run = RunDraft(FormKind.MORTGAGE, RunNumbers("AJ-", 1, 10, 3), date(2026, 1, 9))
    receive_run(session, project_id, actor=actor, draft=run)
    choice = FormChoice(FormKind.MORTGAGE, count=2)
    issued = issue_forms(session, project_id, actor=actor, choice=choice, holder_id=office.rep.id)
    template = add_template(
        session,
        project_id,
        actor=actor,
        kind=PaperKind.NOTICE,
        name="2026",
        data=build_starter(PaperKind.NOTICE),
    )
    activate_template(session, template, actor=actor)
    today = clock.business_today()
    notice = enter_notice(
        session,
        project_id,
        actor=actor,
        draft=NoticeDraft("小区入口调整", "东入口改至锦绣路。", today),
        scope=NoticeScope(codes=tuple(deal.number for deal in deals)),
    )
    told = mark_notified(session, notice.deliveries[1], actor=actor, telling=Telling("EMS 1", today))
    return MadeForms(issued[0].id, issued[1].id, template.id, notice.id, notice.deliveries[0].id, told.id)
