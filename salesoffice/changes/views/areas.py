"""The areas of many sales settled together, after the final survey."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.forms.area import ManyAreasForm
from salesoffice.changes.services import request_change
from salesoffice.changes.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, Text
from salesoffice.core.permissions import Permission
from salesoffice.deals.models import Deal
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.tracks.queries import list_surveyed
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.addresses import read_id

_UNPROCESSABLE = 422
_CONFLICT = 409


@dataclass(frozen=True)
class Refused:
    """A sale whose area could not be settled, and why."""

    unit: str
    message: Text


@bp.route("/p/<code>/area-settlement", methods=["GET", "POST"])
@requires(Permission.CHANGE_REQUEST)
def areas(code: str) -> ResponseReturnValue:
    """List the sales whose final survey is there, and settle the chosen ones, each by a change of its own.

    What cannot be settled is named and the others are done: each sale is one transaction, so that nothing is half done.
    """
    form, status = ManyAreasForm(), 200
    lines = list_surveyed(db.session(), current_project_id())
    chosen = {read_id(typed) for typed in request.form.getlist("deal")}
    refused: list[Refused] = []
    if form.is_submitted():
        waiting = [line.deal for line in lines if line.deal.id in chosen and not line.is_settled]
        if form.validate() and waiting:
            refused = _settle(waiting, form)
            done = len(waiting) - len(refused)
            if done:
                flash(_("%(count)s areas are settled or wait for approval.", count=done), "success")
            if not refused:
                return redirect(url_for("changes.areas", code=code))
            status, lines = _CONFLICT, list_surveyed(db.session(), current_project_id())
        else:
            status = _UNPROCESSABLE
    else:
        form.signed_on.data = clock.business_today()
    page = render_template(
        "changes/areas.html",
        code=code,
        form=form,
        lines=lines,
        chosen=chosen,
        refused=refused,
        is_empty=form.is_submitted() and not chosen,
    )
    return page, status


def _settle(deals: list[Deal], form: ManyAreasForm) -> list[Refused]:
    refused = []
    for deal in deals:
        try:
            with transaction() as session:
                request_change(
                    session,
                    session.get_one(Deal, deal.id),
                    actor=current_actor(),
                    kind=ChangeKind.AREA_SETTLEMENT,
                    terms=form.read_terms(),
                    entry=form.read_entry(),
                )
        except DomainError as error:
            refused.append(Refused(deal.unit.code, error.message))
    return refused
