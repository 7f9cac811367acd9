"""Making an offer for a unit, with a live preview of its figures."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError, Text
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import store_file
from salesoffice.infra.i18n import _
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import get_unit_by_code
from salesoffice.offers.documents import draw_offer, read_floor_plan
from salesoffice.offers.enums import RepaymentKind
from salesoffice.offers.forms import OfferForm
from salesoffice.offers.models import Offer
from salesoffice.offers.queries import find_offer_by_number, get_tools, list_choosable, list_usable_schemes
from salesoffice.offers.rules import describe_step
from salesoffice.offers.services import OfferDraft, attach_paper, draft_offer, make_offer
from salesoffice.offers.views.blueprint import UNPROCESSABLE, bp
from salesoffice.payments.enums import PlanKind
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem
from salesoffice.webkit.resubmission import claim_form

PDF = "application/pdf"


@bp.route("/p/<code>/units/<unit_code>/offer", methods=["GET", "POST"])
@requires(Permission.OFFER_MAKE)
def make(code: str, unit_code: str) -> ResponseReturnValue:
    """Make an offer; its paper is drawn right after, outside of the transaction."""
    unit, form = _load(unit_code), _build_form()
    if not form.is_submitted():
        _prefill(form)
        return _show(form, unit)
    terms = form.read() if form.validate() else None
    if terms is None:
        return _show(form, unit), UNPROCESSABLE
    made: Offer | None = None
    try:
        with transaction() as session:
            claim = claim_form(session, form.nonce.data)
            if not claim.body:
                made = make_offer(session, _load(unit_code), actor=current_actor(), terms=terms)
                claim.body = url_for("offers.show", code=code, offer_number=made.number)
    except DomainError as error:
        fill_problem(form, error)
        return _show(form, unit), error.status
    if made is not None:
        draw_paper(made)
        flash(_("Offer %(number)s was made.", number=made.number), "success")
    return redirect(claim.body)


@bp.route("/p/<code>/units/<unit_code>/offer/preview", methods=["POST"])
@requires(Permission.OFFER_MAKE)
def preview(code: str, unit_code: str) -> ResponseReturnValue:
    """Show the figures of the form as it is filled in; changes nothing."""
    unit, form = _load(unit_code), _build_form()
    form.validate()
    return render_template("offers/_preview.html", code=code, **_preview(form, unit))


def draw_paper(offer: Offer) -> bytes:
    """Draw the paper of an offer and keep it; of two drawn at the same moment the first is kept."""
    project = current_project()
    data = draw_offer(
        offer,
        code=project.code,
        base_url=current_app.config["BASE_URL"],
        plan=read_floor_plan(db.session(), offer.unit),
    )
    name = f"{project.code}-{offer.number}.pdf"
    with transaction() as session:
        stored = store_file(session, data, name=name, media_type=PDF, project_id=offer.project_id)
        attach_paper(session, offer, stored)
    return data


def _load(unit_code: str) -> Unit:
    return get_unit_by_code(db.session(), current_project().id, unit_code)


def _build_form() -> OfferForm:
    form, session, project = OfferForm(), db.session(), current_project()
    customers = list_choosable(session, project.id, current_actor())
    form.offer_choices(customers, list_usable_schemes(session, project.id))
    return form


def _prefill(form: OfferForm) -> None:
    """Fill in the usual figures, or those of an earlier offer that is named in the address."""
    project = current_project()
    form.plan.data, form.repayment.data = PlanKind.MORTGAGE, RepaymentKind.EQUAL_PAYMENT
    form.down_payment_rate.data = project.down_payment_rate
    form.loan_years.data = get_tools(db.session(), project.id).loan.max_years
    wanted = request.args.get("customer_id", "")
    known = {str(choice.value) for choice in form.customer_id.choices or ()}
    if wanted in known and wanted:
        form.customer_id.data = int(wanted)
    earlier = find_offer_by_number(db.session(), project.id, request.args.get("offer", ""))
    if earlier is not None and str(earlier.customer_id) in known:
        form.customer_id.data = earlier.customer_id


def _preview(form: OfferForm, unit: Unit) -> dict[str, object]:
    draft: OfferDraft | None = None
    problem: Text | None = None
    terms = form.read()
    if terms is not None:
        try:
            draft = draft_offer(db.session(), unit, actor=current_actor(), terms=terms)
        except DomainError as error:
            problem = error.message
    return {"draft": draft, "problem": problem, "describe_step": describe_step}


def _show(form: OfferForm, unit: Unit) -> str:
    return render_template(
        "offers/make.html",
        form=form,
        unit=unit,
        code=current_project().code,
        max_years=get_tools(db.session(), unit.project_id).loan.max_years,
        **_preview(form, unit),
    )
