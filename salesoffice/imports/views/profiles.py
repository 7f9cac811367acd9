"""The remembered columns of an office: seen, renamed, removed."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Permission
from salesoffice.imports.forms import PlainForm, ProfileForm
from salesoffice.imports.models import ColumnProfile
from salesoffice.imports.queries import get_profile, list_profiles, read_mapping
from salesoffice.imports.services import remove_profile, rename_profile
from salesoffice.imports.views.blueprint import UNPROCESSABLE, bp
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.projects.queries import current_project
from salesoffice.webkit.access import current_actor, current_project_id, requires
from salesoffice.webkit.forms import BaseForm, fill_problem


@bp.route("/p/<code>/imports/profiles")
@requires(Permission.UNIT_IMPORT)
def profiles(code: str) -> ResponseReturnValue:
    """List the columns the office taught us."""
    return _render(None, None)


@bp.route("/p/<code>/imports/profiles/<int:profile_id>", methods=["POST"])
@requires(Permission.UNIT_IMPORT)
def rename(code: str, profile_id: int) -> ResponseReturnValue:
    """Give remembered columns another name."""
    profile = _get_profile(profile_id)
    form = ProfileForm()
    if not form.validate():
        return _render(form, profile), UNPROCESSABLE
    try:
        with transaction() as session:
            rename_profile(session, profile, actor=current_actor(), name=form.name.data or "")
    except DomainError as error:
        fill_problem(form, error)
        return _render(form, _get_profile(profile_id)), error.status
    flash(_("The name is saved."), "success")
    return redirect(url_for("imports.profiles", code=code))


@bp.route("/p/<code>/imports/profiles/<int:profile_id>/remove", methods=["POST"])
@requires(Permission.UNIT_IMPORT)
def forget(code: str, profile_id: int) -> ResponseReturnValue:
    """Forget remembered columns."""
    profile = _get_profile(profile_id)
    form = PlainForm()
    if not form.validate():
        return _render(form, profile), UNPROCESSABLE
    with transaction() as session:
        remove_profile(session, profile, actor=current_actor())
    flash(_("The columns are forgotten."), "success")
    return redirect(url_for("imports.profiles", code=code))


def _get_profile(profile_id: int) -> ColumnProfile:
    return get_profile(db.session(), current_project_id(), profile_id)


def _render(form: BaseForm | None, chosen: ColumnProfile | None) -> str:
    rows = []
    for profile in list_profiles(db.session(), current_project_id()):
        naming = ProfileForm(formdata=None, obj=profile)
        if isinstance(form, ProfileForm) and profile is chosen:
            naming = form
        naming.name.id = f"name-{profile.id}"
        columns = [(column, field.label) for column, field in read_mapping(profile.mapping).items()]
        rows.append((profile, columns, naming))
    return render_template("imports/profiles.html", project=current_project(), form=form, rows=rows)
