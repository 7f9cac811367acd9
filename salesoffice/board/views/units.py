"""The unit page."""

from functools import partial
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from salesoffice.board.documents.timeline import build_timeline
from salesoffice.board.enums import EventKind
from salesoffice.board.forms import WithholdForm
from salesoffice.board.queries.alternatives import list_alternatives
from salesoffice.board.queries.facts import UnitFacts, may_see_customer, may_see_deal, may_see_details
from salesoffice.board.queries.units import get_unit_facts, list_buyer_names
from salesoffice.board.rules import sign_of
from salesoffice.board.services import keep_back_unit
from salesoffice.board.views.blueprint import bp
from salesoffice.core import clock
from salesoffice.core.errors import DomainError, NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.enums import ClaimKind, UnitState
from salesoffice.infra.db import db, transaction
from salesoffice.infra.files import get_file, read_file
from salesoffice.infra.i18n import _, _l, current_language
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import get_unit_by_code, list_editions, list_overlays_of_unit
from salesoffice.inventory.services import release_unit
from salesoffice.projects.queries import current_project
from salesoffice.reservations.queries import list_choosable_customers
from salesoffice.webkit.access import current_actor, requires
from salesoffice.webkit.forms import fill_problem

_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp"})


@bp.route("/p/<code>/units/<unit_code>")
@requires(Permission.BOARD_VIEW)
def unit(unit_code: str, **_address: str) -> ResponseReturnValue:
    """Show a unit; to htmx only what fits into the panel beside the board."""
    found = get_unit_by_code(db.session(), current_project().id, unit_code)
    return _render(found, WithholdForm(formdata=None))


@bp.route("/p/<code>/units/<unit_code>/withhold", methods=["POST"])
@requires(Permission.UNIT_WITHHOLD)
def withhold(code: str, unit_code: str) -> ResponseReturnValue:
    """Keep a unit back from sale."""
    found = get_unit_by_code(db.session(), current_project().id, unit_code)
    form = WithholdForm()
    if not form.validate():
        return _render(found, form), 422
    try:
        with transaction() as session:
            keep_back_unit(
                session,
                found,
                actor=current_actor(),
                reason=form.reason.data,
                until=form.until.data,
                approved_by_id=form.approved_by_id.data,
            )
    except DomainError as error:
        fill_problem(form, error)
        return _render(found, form), error.status
    flash(_("%(unit)s is kept back.", unit=unit_code), "success")
    return redirect(url_for("board.unit", code=code, unit_code=unit_code))


@bp.route("/p/<code>/units/<unit_code>/release", methods=["POST"])
@requires(Permission.UNIT_RELEASE)
def release(code: str, unit_code: str) -> ResponseReturnValue:
    """Put a unit on sale."""
    found = get_unit_by_code(db.session(), current_project().id, unit_code)
    try:
        with transaction() as session:
            release_unit(session, found, actor=current_actor())
    except DomainError as error:
        form = WithholdForm(formdata=None)
        fill_problem(form, error)
        return _render(found, form), error.status
    flash(_("%(unit)s is released for sale.", unit=unit_code), "success")
    return redirect(url_for("board.unit", code=code, unit_code=unit_code))


@bp.route("/p/<code>/units/<unit_code>/plan")
@requires(Permission.BOARD_VIEW)
def floor_plan(unit_code: str, **_address: str) -> ResponseReturnValue:
    """Send the picture of the floor plan of the unit's type."""
    found = get_unit_by_code(db.session(), current_project().id, unit_code)
    return _send_picture(found.unit_type.floor_plan_id if found.unit_type else None)


@bp.route("/p/<code>/units/<unit_code>/section-plan")
@requires(Permission.BOARD_VIEW)
def section_plan(unit_code: str, **_address: str) -> ResponseReturnValue:
    """Send the picture of the floor plan of the unit's section."""
    found = get_unit_by_code(db.session(), current_project().id, unit_code)
    return _send_picture(found.section.floor_plan_id)


def _send_picture(plan_id: int | None) -> ResponseReturnValue:
    stored = get_file(db.session(), plan_id) if plan_id else None
    if stored is None or stored.media_type not in _PICTURES:
        raise NotFound(_l("This unit has no floor plan."))
    response = make_response(read_file(stored))
    response.content_type = stored.media_type
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def _render(found: Unit, form: WithholdForm) -> str:
    session, actor, now = db.session(), current_actor(), clock.now()
    project = current_project()
    facts = get_unit_facts(session, found, actor=actor, now=now)
    is_panel = "HX-Request" in request.headers
    sees_customer = may_see_customer(actor, facts)
    is_free = facts.not_free is None
    can_hold = is_free and actor.can(Permission.HOLD_PLACE, project.id)
    return render_template(
        "board/_unit.html" if is_panel else "board/unit.html",
        is_panel=is_panel,
        project=project,
        code=project.code,
        unit=facts,
        sign=sign_of(facts.look, current_language()),
        why=_why_not_free(facts),
        buyers=list_buyer_names(session, facts.claim.deal_id) if facts.claim and sees_customer else [],
        sees_customer=sees_customer,
        sees_deal=may_see_deal(actor, facts),
        timeline=build_timeline(
            session, found, kind=_read_kind(), sees_details=partial(may_see_details, actor)
        ),
        alternatives=[] if is_free else list_alternatives(session, facts, now=now),
        areas=list_editions(session, found),
        overlays=list_overlays_of_unit(session, found.id),
        form=form,
        can_hold=can_hold,
        customers=list_choosable_customers(session, project.id, actor) if can_hold else [],
        actions=_list_actions(facts),
        now=now,
    )


def _read_kind() -> EventKind | None:
    wanted = request.args.get("kind", "")
    return next((kind for kind in EventKind if kind.value == wanted), None)


def _list_actions(facts: UnitFacts) -> set[str]:
    """Name the actions that person and state allow; the services check again."""

    def can(permission: Permission) -> bool:
        return current_actor().can(permission, facts.project_id)

    claim = facts.claim
    is_held = claim is not None and claim.kind is ClaimKind.HOLD
    is_own = is_held and claim is not None and (claim.mine or can(Permission.HOLD_MANAGE))
    is_ordered = claim is not None and claim.kind is ClaimKind.PROVISIONAL
    is_sellable = facts.not_free is None or is_held
    offered: dict[str, Any] = {
        "hold_change": is_own and can(Permission.HOLD_PLACE),
        "order": is_sellable and can(Permission.PROVISIONAL_SIGN),
        "subscribe": (is_sellable or is_ordered) and can(Permission.SUBSCRIPTION_SIGN),
        "offer": (facts.not_free is None or is_own) and can(Permission.OFFER_MAKE),
        "waiting": facts.not_free is not None and can(Permission.WAITING_JOIN),
        "withhold": claim is None
        and facts.release_state is not ReleaseState.WITHHELD
        and can(Permission.UNIT_WITHHOLD),
        "release": facts.release_state is not ReleaseState.RELEASED and can(Permission.UNIT_RELEASE),
        "permit": facts.reason == "permit_missing" and can(Permission.PERMIT_EDIT),
        "edit": can(Permission.UNIT_EDIT),
    }
    return {name for name, is_offered in offered.items() if is_offered}


def _why_not_free(facts: UnitFacts) -> list[str]:
    """Say in words why a unit is not free and when it may be."""
    overlaid = [_("Takes no new sale: %(overlay)s.", overlay=kind.label) for kind in facts.overlay]
    if facts.claim is not None:
        return _claim_words(facts) + overlaid
    if overlaid:
        return overlaid
    if facts.state is UnitState.WITHHELD:
        words = [_("Kept back by management: %(reason)s", reason=facts.withheld_reason)]
        if facts.withheld_by:
            words.append(_("Kept back by %(name)s.", name=facts.withheld_by))
        if facts.withheld_approved_by:
            words.append(_("Approved by %(name)s.", name=facts.withheld_approved_by))
        if facts.withheld_until:
            words.append(_("Until %(day)s.", day=facts.withheld_until.isoformat()))
        return words
    return [str(facts.not_free.label)] if facts.not_free else []


def _claim_words(facts: UnitFacts) -> list[str]:
    claim = facts.claim
    if claim is None:
        return []
    if claim.kind is ClaimKind.HOLD and claim.expires_at is not None:
        until = clock.local(claim.expires_at).strftime("%H:%M")
        return [
            _("Held by you.") if claim.mine else _("Held by %(name)s.", name=claim.rep_name),
            _("It may be free again at %(time)s, unless the hold is extended or becomes a sale.", time=until),
        ]
    if claim.kind is ClaimKind.PROVISIONAL and claim.expires_at is not None:
        moment = clock.local(claim.expires_at).strftime("%Y-%m-%d %H:%M")
        return [
            _("Ordered provisionally with %(name)s.", name=claim.rep_name),
            _("It is free again after %(moment)s, unless the order becomes a sale.", moment=moment),
        ]
    return [
        _("%(state)s with %(name)s.", state=facts.state.label, name=claim.rep_name),
        _("It is free again only if the sale is cancelled."),
    ]
