"""Signing a subscription agreement, with a live preview of its figures."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import find_open_claim, list_buyers
from salesoffice.deals.rules import UnitTaken
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import get_unit_by_code
from salesoffice.offers.models import Offer
from salesoffice.offers.queries import find_offer_by_number, list_usable_schemes, may_view_offer
from salesoffice.offers.rules import load_figures
from salesoffice.payments.rules import usual_deposit
from salesoffice.pricing.queries import find_price_in_force
from salesoffice.projects.queries import current_project
from salesoffice.reservations.documents import Preview, build_preview
from salesoffice.reservations.forms import BUYER_FIELDS, SubscribeForm, customer_entry
from salesoffice.reservations.models import Keeping, Subscription
from salesoffice.reservations.queries import find_keeping_of, list_choosable_customers, list_free_accessories
from salesoffice.reservations.rules import sign_by
from salesoffice.reservations.services import PriceTerms, SubscriptionTerms, sign_subscription
from salesoffice.reservations.views.blueprint import bp
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem


@bp.route("/p/<code>/units/<unit_code>/subscribe", methods=["GET", "POST"])
@requires(Permission.SUBSCRIPTION_SIGN)
def subscribe(code: str, unit_code: str) -> ResponseReturnValue:
    """Sign a subscription agreement for a unit, free or held."""
    session, project, form = db.session(), current_project(), _build_form()
    unit = get_unit_by_code(session, project.id, unit_code)
    hold = find_keeping_of(session, unit.id)
    if not form.is_submitted():
        _prefill(form, unit, hold)
        return _show(form, unit, hold, 200)
    form.validate()
    terms = _read_terms(form)
    if terms is None:
        return _show(form, unit, hold, 422)
    try:
        with transaction() as writing:
            made = sign_subscription(writing, hold or unit, actor=current_actor(), terms=terms)
    except UnitTaken as error:
        deal_number = _find_same(unit, terms)
        if deal_number is not None:
            flash(_("This agreement has been signed already."), "info")
            return redirect(url_for("board.deal", code=code, number=deal_number))
        fill_problem(form, error)
        return _show(form, unit, hold, error.status)
    except DomainError as error:
        fill_problem(form, error)
        return _show(form, unit, hold, error.status)
    _tell(made)
    return redirect(url_for("board.deal", code=code, number=made.deal.number))


@bp.route("/p/<code>/units/<unit_code>/subscribe/preview", methods=["POST"])
@requires(Permission.SUBSCRIPTION_SIGN)
def preview(code: str, unit_code: str) -> ResponseReturnValue:
    """Show the figures of the form as it is filled in; changes nothing."""
    form = _build_form()
    form.scheme_ids.validate(form)
    unit = get_unit_by_code(db.session(), current_project().id, unit_code)
    hold = find_keeping_of(db.session(), unit.id)
    return render_template("reservations/_preview.html", preview=_preview(form, unit, hold), code=code)


def _build_form() -> SubscribeForm:
    form = SubscribeForm()
    form.offer_schemes(list_usable_schemes(db.session(), current_project().id))
    return form


def _read_terms(form: SubscribeForm) -> SubscriptionTerms | None:
    customers = list_choosable_customers(db.session(), current_project().id, current_actor())
    buyers, steps = form.read_buyers(customers), form.read_steps()
    accessories = form.read_accessories(_free_accessories())
    plan, deposit, signed_on = form.plan.data, form.deposit.data, form.signed_on.data
    if form.has_errors or plan is None or deposit is None or signed_on is None:
        return None
    return SubscriptionTerms(
        customer_ids=buyers,
        plan=plan,
        deposit=deposit,
        signed_on=signed_on,
        discounts=steps,
        sign_by=form.sign_by.data,
        scheme_ids=tuple(form.scheme_ids.data or ()),
        offer_id=form.read_offer(),
        accessory_ids=accessories,
    )


def _free_accessories() -> dict[str, int]:
    rows = list_free_accessories(db.session(), current_project().id)
    return {code: unit_id for unit_id, code, _total in rows}


def _prefill(form: SubscribeForm, unit: Unit, hold: Keeping | None) -> None:
    session, project, today = db.session(), current_project(), clock.business_today()
    price = find_price_in_force(session, unit.id)
    form.signed_on.data = today
    form.sign_by.data = sign_by(today, project.sign_by_days)
    if hold is not None:
        form.deposit.data = usual_deposit(hold.list_total_amount)
        form.buyer_1.data = customer_entry(hold.customer) if hold.customer else None
    elif price is not None:
        form.deposit.data = usual_deposit(price.list_total_amount)
    offer = find_offer_by_number(session, project.id, request.args.get("offer", ""))
    if offer is not None and offer.unit_id == unit.id and may_view_offer(current_actor(), offer):
        _prefill_from_offer(form, offer)


def _prefill_from_offer(form: SubscribeForm, offer: Offer) -> None:
    """Fill in what an offer says: the customer, the plan, its schemes, and the steps that come from none."""
    figures = load_figures(offer.figures)
    form.offer_id.data = str(offer.id)
    form.plan.data, form.deposit.data = offer.plan_kind, usual_deposit(offer.total_amount)
    form.scheme_ids.data = [step.scheme_id for step in figures.steps if step.scheme_id is not None]
    if offer.customer is not None:
        form.buyer_1.data = customer_entry(offer.customer)
    free = [step for step in figures.steps if step.scheme_id is None]
    for row, step in zip(form.steps, free, strict=False):
        row.form.fill(step.kind, step.value, step.name)


def _preview(form: SubscribeForm, unit: Unit, hold: Keeping | None) -> Preview:
    session, actor = db.session(), current_actor()
    customers = list_choosable_customers(session, current_project().id, actor)
    terms = PriceTerms(
        signed_on=form.signed_on.data or clock.business_today(),
        sign_by=form.sign_by.data,
        plan=form.plan.data,
        discounts=form.read_steps(),
        scheme_ids=tuple(form.scheme_ids.data or ()),
        offer_id=form.read_offer(),
        customer_ids=form.read_buyers(customers),
        accessory_ids=form.read_accessories(_free_accessories()),
    )
    return build_preview(session, unit, actor=actor, hold=hold, terms=terms, deposit=form.deposit.data)


def _find_same(unit: Unit, terms: SubscriptionTerms) -> str | None:
    """Find the deal that the same form signed a moment ago: a double click is no refusal."""
    claim = find_open_claim(db.session(), unit.id)
    if claim is None:
        return None
    subscription = db.session.get(Subscription, claim.document_id)
    buyers = tuple(buyer.customer_id for buyer in list_buyers(db.session(), claim.deal_id))
    is_same = (
        subscription is not None
        and subscription.deal_id == claim.deal_id
        and subscription.entered_by_id == current_actor().id
        and buyers == terms.customer_ids
        and subscription.deposit_amount == terms.deposit
    )
    return claim.deal.number if is_same else None


def _tell(made: Subscription) -> None:
    flash(_("Subscription agreement %(number)s was signed.", number=made.number), "success")
    without = [buyer.customer.name for buyer in made.deal.buyers if buyer.customer.certificate_kind is None]
    if without:
        names = "、".join(without)
        flash(_("Certificate missing, needed for the contract: %(names)s.", names=names), "warning")


def _show(form: SubscribeForm, unit: Unit, hold: Keeping | None, status: int) -> ResponseReturnValue:
    customers = list_choosable_customers(db.session(), current_project().id, current_actor())
    buyers, steps = [form[name] for name in BUYER_FIELDS], list(form.steps)
    page = render_template(
        "reservations/subscribe.html",
        form=form,
        project=current_project(),
        unit=unit,
        hold=hold,
        preview=_preview(form, unit, hold),
        buyers=buyers,
        steps=steps,
        more_buyers=any(field.data or field.errors for field in buyers[1:]),
        more_steps=any(row.form.kind.data or row.form.value.data for row in steps[1:]),
        entries=[customer_entry(customer) for customer in customers],
        free_accessories=list_free_accessories(db.session(), current_project().id),
    )
    return page, status
