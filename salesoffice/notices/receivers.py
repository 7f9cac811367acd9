"""What the paper of an engineering change notice says."""

from sqlalchemy.orm import Session

from salesoffice.contracts.queries import find_contract_of_deal
from salesoffice.infra.i18n import _
from salesoffice.notices.models import NoticeDelivery
from salesoffice.notices.rules import notify_by
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.queries.facts import list_private
from salesoffice.papers.queries.parts import list_buyer_rows, list_office_fields
from salesoffice.papers.rules import PaperFacts, Value
from salesoffice.papers.signals import builds_paper
from salesoffice.reservations.queries import find_subscription_of_deal


@builds_paper(PaperKind.ENGINEERING_NOTICE, NoticeDelivery.__tablename__, body="notices/_letter.html")
def build_notice_paper(
    session: Session, subject: NoticeDelivery, _clauses: tuple[str, ...], is_open: bool
) -> PaperFacts:
    """Collect what the notice to the buyers of one sale says."""
    notice, deal = subject.notice, subject.deal
    agreement, contract = find_subscription_of_deal(session, deal.id), find_contract_of_deal(session, deal.id)
    fields: dict[str, Value] = {
        **list_office_fields(session, deal, on=notice.decided_on),
        "agreement_no": agreement.number if agreement else "",
        "contract_no": contract.number if contract else "",
        "buyers": list_buyer_rows(session, deal.id, is_open=False),
        "notice_no": notice.number,
        "notice_title": notice.title,
        "paragraphs": [line.strip() for line in notice.body.splitlines() if line.strip()],
        "source": notice.source,
        "decided_on": notice.decided_on.isoformat(),
        "notify_days": str(notice.notify_days),
        "notify_by_on": notify_by(notice.decided_on, notice.notify_days).isoformat(),
        "answer_days": str(notice.answer_days),
    }
    private = list_private(session, deal, is_open=is_open)
    return PaperFacts(f"{notice.number}-{deal.number}", _("Engineering change notice"), fields, private)
