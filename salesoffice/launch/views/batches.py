"""Release batches: the list, one batch with its units and checklist, launching."""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import NamedTuple

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _, _l
from salesoffice.inventory.models import ReleaseBatch
from salesoffice.inventory.queries import (
    count_batch_units,
    find_units_of_codes,
    get_batch,
    list_batch_units,
    list_batches,
    list_unbatched,
    list_unit_ids_of_buildings,
)
from salesoffice.inventory.services import call_off_batch, plan_batch, put_into_batch, take_out_of_batch
from salesoffice.launch.forms import BatchForm, PlanForm, TitleForm, UnitsForm
from salesoffice.launch.queries import collect_facts, count_sold, list_amounts, list_items
from salesoffice.launch.rules import count_closed, sell_through
from salesoffice.launch.services import add_item, begin_batch, launch
from salesoffice.launch.views.blueprint import UNPROCESSABLE, bp
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import BaseForm, Problem, fill_problem

_SHOWN_UNITS = 300
_SHOWN_NAMES = 5


class BatchRow(NamedTuple):
    """A batch with its units, the sold ones, and its sell-through (a share)."""

    batch: ReleaseBatch
    unit_count: int
    sold_count: int
    share: Decimal | None


@bp.route("/p/<code>/launch")
@requires(Permission.LAUNCH_VIEW)
def index(code: str) -> ResponseReturnValue:
    """List the release batches with their sell-through."""
    return _show_index(BatchForm(formdata=None))


@bp.route("/p/<code>/launch/batches", methods=["POST"])
@requires(Permission.BATCH_EDIT)
def begin(code: str) -> ResponseReturnValue:
    """Begin a release batch with its checklist."""
    form = BatchForm()
    if not form.validate():
        return _show_index(form, UNPROCESSABLE)
    try:
        with transaction() as session:
            made = begin_batch(
                session,
                current_project_id(),
                actor=current_actor(),
                name=form.name.data,
                planned_on=form.planned_on.data,
                note=form.note.data or "",
            )
    except DomainError as error:
        fill_problem(form, error)
        return _show_index(form, error.status)
    flash(_("The batch was begun. Put units into it now."), "success")
    return redirect(url_for("launch.batch", code=code, batch_id=made.id))


@bp.route("/p/<code>/launch/<int:batch_id>")
@requires(Permission.LAUNCH_VIEW)
def batch(code: str, batch_id: int) -> ResponseReturnValue:
    """Show one batch: its figures, its checklist, its units."""
    return _show_batch(_load(batch_id))


@bp.route("/p/<code>/launch/<int:batch_id>/plan", methods=["POST"])
@requires(Permission.BATCH_EDIT)
def plan(code: str, batch_id: int) -> ResponseReturnValue:
    """Change the planned day and the note."""
    found, form = _load(batch_id), PlanForm()
    if not form.validate():
        return _show_batch(found, UNPROCESSABLE, plan_form=form)

    def change(session: Session) -> str:
        planned_on, note = form.planned_on.data, form.note.data or ""
        plan_batch(session, found, actor=current_actor(), planned_on=planned_on, note=note)
        return _("The batch was changed.")

    return _change(found, change, plan_form=form)


@bp.route("/p/<code>/launch/<int:batch_id>/units", methods=["POST"])
@requires(Permission.BATCH_EDIT)
def fill(code: str, batch_id: int) -> ResponseReturnValue:
    """Put units into the batch, by building or by code; or take those of the codes out."""
    found, form = _load(batch_id), UnitsForm()
    form.offer(_building_choices(found))
    if not form.validate():
        return _show_batch(found, UNPROCESSABLE, units_form=form)

    def change(session: Session) -> str:
        codes = _find_codes(session, found, form)
        if form.take_out.data:
            count = take_out_of_batch(session, found, actor=current_actor(), unit_ids=codes)
            return _("%(count)s units were taken out of the batch.", count=count)
        houses = list_unit_ids_of_buildings(session, found.project_id, form.buildings.data or [])
        count = put_into_batch(session, found, actor=current_actor(), unit_ids={*codes, *houses})
        return _("%(count)s units were put into the batch.", count=count)

    return _change(found, change, units_form=form)


@bp.route("/p/<code>/launch/<int:batch_id>/launch", methods=["POST"])
@requires(Permission.BATCH_LAUNCH)
def start(code: str, batch_id: int) -> ResponseReturnValue:
    """Launch the batch: release its units and freeze its numbers."""
    found = _load(batch_id)

    def change(session: Session) -> str:
        result = launch(session, found, actor=current_actor())
        if result.refused:
            names = ", ".join(name for name, _reason in result.refused[:_SHOWN_NAMES])
            return _(
                "The batch is launched. %(count)s units kept their state: %(units)s.",
                count=len(result.refused),
                units=names,
            )
        return _("The batch is launched: %(count)s units are on sale.", count=len(result.changed))

    return _change(found, change)


@bp.route("/p/<code>/launch/<int:batch_id>/call-off", methods=["POST"])
@requires(Permission.BATCH_LAUNCH)
def call_off(code: str, batch_id: int) -> ResponseReturnValue:
    """Call a planned batch off."""
    found = _load(batch_id)

    def change(session: Session) -> str:
        call_off_batch(session, found, actor=current_actor())
        return _("The batch was called off; its units are free for another batch.")

    return _change(found, change)


@bp.route("/p/<code>/launch/<int:batch_id>/items", methods=["POST"])
@requires(Permission.LAUNCH_EDIT)
def enter_item(code: str, batch_id: int) -> ResponseReturnValue:
    """Add something of the office's own to the checklist."""
    found, form = _load(batch_id), TitleForm()
    if not form.validate():
        return _show_batch(found, UNPROCESSABLE, title_form=form)

    def change(session: Session) -> str:
        add_item(session, found, actor=current_actor(), title=form.title.data)
        return _("The checklist has one more item.")

    return _change(found, change, title_form=form)


def _load(batch_id: int) -> ReleaseBatch:
    return get_batch(db.session(), current_project_id(), batch_id)


def _change(found: ReleaseBatch, change: Callable[[Session], str], **forms: BaseForm) -> ResponseReturnValue:
    """Do one change in a transaction; a refusal stands on top of the form it came from."""
    try:
        with transaction() as session:
            message = change(session)
    except DomainError as error:
        for form in forms.values():
            fill_problem(form, error)
        problem = None if forms else Problem(error.message)
        return _show_batch(_load(found.id), error.status, problem=problem, **forms)
    flash(message, "success")
    return redirect(url_for("launch.batch", code=current_project().code, batch_id=found.id))


def _find_codes(session: Session, found: ReleaseBatch, form: UnitsForm) -> Collection[int]:
    codes = form.read_codes()
    known = find_units_of_codes(session, found.project_id, codes)
    unknown = [code for code in codes if code not in known]
    if unknown:
        text = _l("There are no units %(units)s in this project.", units=", ".join(unknown[:_SHOWN_NAMES]))
        raise InvalidInput(text, [FieldProblem("codes", text)], code="unit_unknown")
    return known.values()


def _building_choices(found: ReleaseBatch) -> list[tuple[int, str]]:
    rows = list_unbatched(db.session(), found.project_id)
    return [
        (building_id, _("%(building)s (%(count)s units)", building=name or _("(not named)"), count=count))
        for building_id, name, count in rows
    ]


def _show_index(form: BatchForm, status: int = 200) -> ResponseReturnValue:
    session, project = db.session(), current_project()
    counts, sold = count_batch_units(session, project.id), count_sold(session, project.id)
    rows = [
        BatchRow(
            found,
            counts.get(found.id, 0),
            sold.get(found.id, 0),
            sell_through(sold.get(found.id, 0), found.launched_unit_count),
        )
        for found in list_batches(session, project.id)
    ]
    return render_template("launch/index.html", project=project, rows=rows, form=form), status


def _show_batch(
    found: ReleaseBatch, status: int = 200, *, problem: Problem | None = None, **forms: BaseForm
) -> ResponseReturnValue:
    session, project = db.session(), current_project()
    facts = collect_facts(session, found)
    lines = list_items(session, found, facts)
    units = list_batch_units(session, found.id)
    sold = count_sold(session, project.id).get(found.id, 0)
    units_form = forms.get("units_form") or UnitsForm(formdata=None)
    units_form.offer(_building_choices(found))
    page = render_template(
        "launch/batch.html",
        project=project,
        batch=found,
        problem=problem,
        facts=facts,
        lines=lines,
        progress=count_closed(line.state for line in lines),
        units=units[:_SHOWN_UNITS],
        amount=sum(list_amounts(session, found).values()),
        sold=sold,
        share=sell_through(sold, found.launched_unit_count),
        units_form=units_form,
        plan_form=forms.get("plan_form") or PlanForm(formdata=None, obj=found),
        title_form=forms.get("title_form") or TitleForm(formdata=None),
    )
    return page, status
