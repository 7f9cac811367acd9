"""Asking for a change: choose the kind, fill in, look at what it would do, send."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.approvals.queries import find_rule
from salesoffice.approvals.rules import choose_steps, name_part
from salesoffice.changes.documents import ValueRow, build_rows
from salesoffice.changes.enums import KIND_HELP, ChangeKind, ChangeState
from salesoffice.changes.forms import FORMS, ChangeForm
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ApprovalMissing, ChangePlan, fingerprint
from salesoffice.changes.services import plan_change, request_change
from salesoffice.changes.services.choosing import list_choices
from salesoffice.changes.views.blueprint import bp, load_deal
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound, Text
from salesoffice.core.permissions import Permission
from salesoffice.deals.models import Deal
from salesoffice.deals.queries import list_attachments
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.resubmission import claim_form


@dataclass(frozen=True)
class Outlook:
    """What a change would do: the comparison, the money, who decides; `seen` is sent back with it."""

    rows: list[ValueRow]
    plan: ChangePlan
    deciders: tuple[str, ...]
    refusal: Text | None
    seen: str


@bp.route("/p/<code>/deals/<number>/changes/new")
@requires(Permission.CHANGE_REQUEST)
def choose(code: str, number: str) -> ResponseReturnValue:
    """Show every kind of change, possible now or why not."""
    deal = load_deal(number)
    choices = [choice for choice in list_choices(db.session(), deal) if choice.kind in FORMS]
    return render_template("changes/choose.html", code=code, deal=deal, choices=choices, help=KIND_HELP)


@bp.route("/p/<code>/deals/<number>/changes/new/<kind>", methods=["GET", "POST"])
@requires(Permission.CHANGE_REQUEST)
def new(code: str, number: str, kind: str) -> ResponseReturnValue:
    """Fill in a change, look at what it would do, send it. What is sent is what was looked at, or it is shown again."""
    deal, chosen = load_deal(number), _read_kind(kind)
    form = _build_form(deal, chosen)
    if not form.is_submitted():
        form.prefill(db.session(), deal)
        refusal = next((c.refusal for c in list_choices(db.session(), deal) if c.kind is chosen), None)
        return _show(code, deal, chosen, form, refusal=refusal)
    if not form.validate():
        return _show(code, deal, chosen, form, status=422)
    try:
        with transaction() as session:
            is_sent = request.form.get("step") == "send"
            claim = claim_form(session, form.nonce.data) if is_sent else None
            if claim is not None and claim.body:
                return redirect(claim.body)
            outlook = _look(session, deal, chosen, form)
            if claim is None or form.seen.data != outlook.seen:
                return _show(code, deal, chosen, form, outlook=outlook)
            address = claim.body = _send(session, code, deal, chosen, form)
    except DomainError as error:
        fill_problem(form, error)
        return _show(code, deal, chosen, form, status=error.status)
    return redirect(address)


def _send(session: Session, code: str, deal: Deal, kind: ChangeKind, form: ChangeForm) -> str:
    change = request_change(
        session, deal, actor=current_actor(), kind=kind, terms=form.read_terms(), entry=form.read_entry()
    )
    _tell(change)
    return url_for("changes.show", code=code, number=change.number)


def _tell(change: Change) -> None:
    if change.state is ChangeState.APPLIED:
        flash(_("Change %(number)s is in force.", number=change.number), "success")
    else:
        flash(_("Change %(number)s waits for approval now.", number=change.number), "success")


def _look(session: Session, deal: Deal, kind: ChangeKind, form: ChangeForm) -> Outlook:
    actor, terms = current_actor(), form.read_terms()
    plan = plan_change(session, deal, actor=actor, kind=kind, terms=terms, entry=form.read_entry()).plan
    rule = find_rule(session, deal.project_id, kind.value)
    steps = choose_steps(rule.steps, plan.measure) if rule is not None and rule.is_required else []
    refusal: Text | None = None
    if not steps and plan.must_be_approved is not None:
        refusal = ApprovalMissing(plan.must_be_approved).message
    elif not steps and not actor.can(Permission.CHANGE_APPLY, deal.project_id):
        refusal = _l("Ask the sales manager: without a chain of approval only the manager makes this.")
    return Outlook(
        rows=build_rows(plan.old, plan.new),
        plan=plan,
        deciders=tuple(name_part(step, {}) for step in steps),
        refusal=refusal,
        seen=fingerprint(kind, terms, plan),
    )


def _read_kind(kind: str) -> ChangeKind:
    try:
        found = ChangeKind(kind)
    except ValueError as error:
        raise NotFound(_l("There is no such change.")) from error
    if found not in FORMS:
        raise NotFound(_l("There is no such change."))
    return found


def _build_form(deal: Deal, kind: ChangeKind) -> ChangeForm:
    form = FORMS[kind]()
    papers = [paper for paper in list_attachments(db.session(), deal.id) if paper.removed_at is None]
    form.prepare(db.session(), deal, papers)
    return form


def _show(
    code: str,
    deal: Deal,
    kind: ChangeKind,
    form: ChangeForm,
    *,
    outlook: Outlook | None = None,
    refusal: Text | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    if outlook is not None:
        form.seen.data = outlook.seen
    day = form.attributed_on.data
    page = render_template(
        "changes/new.html",
        code=code,
        deal=deal,
        kind=kind,
        help=KIND_HELP[kind],
        form=form,
        outlook=outlook,
        refusal=refusal,
        late_day=day if day is not None and day < clock.business_today() else None,
    )
    return page, status
