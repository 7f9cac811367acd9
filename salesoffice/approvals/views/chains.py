"""The chains of a project: who approves which kind, as data."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.approvals.enums import RuleSwitch
from salesoffice.approvals.forms import CHAIN_FORMS, ChainForm
from salesoffice.approvals.queries import find_rule, load_names, load_people, load_rules
from salesoffice.approvals.rules import name_part
from salesoffice.approvals.services import set_rule, use_usual_chains
from salesoffice.approvals.services.chains import USUAL_HOURS
from salesoffice.approvals.signals import ApprovalKind, find_kind, list_kinds
from salesoffice.approvals.views.blueprint import UNPROCESSABLE, bp
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires


@bp.route("/chains")
@requires(Permission.APPROVAL_VIEW)
def chains(code: str) -> str:
    """List every kind with its chain."""
    session, project_id = db.session(), current_project_id()
    rules = load_rules(session, project_id)
    people = {step.user_id for rule in rules.values() for step in rule.steps if step.user_id is not None}
    names = load_names(session, people)
    kinds = list_kinds()
    return render_template(
        "approvals/chains.html",
        code=code,
        kinds=kinds,
        rules=rules,
        parts={step.id: name_part(step, names) for rule in rules.values() for step in rule.steps},
        missing=sum(kind.value not in rules for kind in kinds),
        may_edit=current_actor().can(Permission.APPROVAL_EDIT, project_id),
    )


@bp.route("/chains", methods=["POST"])
@requires(Permission.APPROVAL_EDIT)
def use_usual(code: str) -> ResponseReturnValue:
    """Give the usual chain to every kind that has none."""
    with transaction() as session:
        made = use_usual_chains(session, current_project_id(), actor=current_actor())
    flash(
        _(
            "%(count)d kinds have the usual chain now. Look at each and change what is different here.",
            count=len(made),
        ),
        "success",
    )
    return redirect(url_for("approvals.chains", code=code))


@bp.route("/chains/<kind>", methods=["GET", "POST"])
@requires(Permission.APPROVAL_EDIT)
def chain(code: str, kind: str) -> ResponseReturnValue:
    """Change the chain of a kind."""
    found = find_kind(kind)
    if found is None:
        raise NotFound(_l("There is no such kind of request."))
    form = CHAIN_FORMS[found.unit]()
    if not form.is_submitted():
        form.fill(find_rule(db.session(), current_project_id(), kind), USUAL_HOURS)
        return _render(form, found)
    _offer(form)
    if not form.validate():
        return _render(form, found), UNPROCESSABLE
    try:
        with transaction() as session:
            set_rule(
                session,
                current_project_id(),
                actor=current_actor(),
                kind=kind,
                is_required=form.switch.data is RuleSwitch.APPROVE,
                steps=form.read(),
                decide_hours=form.decide_hours.data or 0,
            )
    except DomainError as error:
        form.refuse(error)
        return _render(form, found), error.status
    flash(_("The chain was saved. It holds for what is asked for from now on."), "success")
    return redirect(url_for("approvals.chains", code=code))


def _offer(form: ChainForm) -> None:
    form.offer_choices(list(load_people(db.session(), current_project_id()).values()))


def _render(form: ChainForm, kind: ApprovalKind) -> str:
    _offer(form)
    return render_template("approvals/chain.html", form=form, kind=kind, code=current_project().code)
