"""The subscription agreement under its own address."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import may_view_deal
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file
from salesoffice.infra.i18n import _, _l
from salesoffice.papers.documents import draw_paper
from salesoffice.papers.enums import PaperKind, PaperState
from salesoffice.papers.models import Paper
from salesoffice.papers.queries import build_data, judge_one
from salesoffice.papers.services import issue_paper
from salesoffice.papers.views.blueprint import answer_file, answer_pdf, bp
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.queries import get_subscription_by_number
from salesoffice.webkit.access import current_actor, current_project_id, requires


@bp.route("/p/<code>/subscriptions/<number>.pdf")
@requires(Permission.DEAL_VIEW)
def agreement(code: str, number: str) -> ResponseReturnValue:
    """Give out the agreement as it was issued last; whoever may not see certificate numbers gets a masked copy."""
    subscription, actor = _load(number), current_actor()
    paper = _find_newest(subscription)
    if paper is not None:
        return answer_file(paper, actor=actor, code=code)
    if not actor.can(Permission.CUSTOMER_REVEAL, subscription.project_id):
        data = build_data(db.session(), PaperKind.SUBSCRIPTION, subscription, actor=actor)
        return answer_pdf(draw_paper(data, is_masked=True), f"{code}-{number}-copy.pdf")
    if subscription.document_id is None:
        raise NotFound(
            _l("This agreement has not been made yet. Press “Make the agreement” on the page of the deal.")
        )
    return answer_pdf(read_file(get_file(db.session(), subscription.document_id)), f"{code}-{number}.pdf")


@bp.route("/p/<code>/subscriptions/<number>/agreement", methods=["POST"])
@requires(Permission.CUSTOMER_REVEAL)
def make_agreement(code: str, number: str) -> ResponseReturnValue:
    """Issue the agreement; one in force stays until it says something else."""
    subscription, actor = _load(number), current_actor()
    paper = _find_newest(subscription)
    is_kept = subscription.document_id is not None and (
        paper is None or judge_one(db.session(), paper).state is not PaperState.OUTDATED
    )
    if not is_kept:
        data = build_data(db.session(), PaperKind.SUBSCRIPTION, subscription, actor=actor)
        file = draw_paper(data, operator=actor.name)
        with transaction() as session:
            issue_paper(session, data, actor=actor, file=file)
    flash(_("The paper of agreement %(number)s is made and kept.", number=number), "success")
    return redirect(url_for("board.deal", code=code, number=subscription.deal.number))


def _load(number: str) -> Subscription:
    found = get_subscription_by_number(db.session(), current_project_id(), number)
    if not may_view_deal(current_actor(), found.deal):
        raise NotFound(_l("There is no such subscription agreement."))
    return found


def _find_newest(subscription: Subscription) -> Paper | None:
    statement = select(Paper).where(
        Paper.kind == PaperKind.SUBSCRIPTION,
        Paper.subject_kind == Subscription.__tablename__,
        Paper.subject_id == subscription.id,
    )
    return db.session.scalars(statement.order_by(Paper.id.desc())).first()
