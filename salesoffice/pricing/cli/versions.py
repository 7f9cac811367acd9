"""Commands about price versions; a decision names the person who takes it."""

from typing import Any

import click
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor, Permission
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _
from salesoffice.pricing.cli.sheets import group
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries import VersionRow, get_version, list_versions
from salesoffice.pricing.services import approve_version, put_in_force, put_rest_in_force, submit_version
from salesoffice.projects.queries import get_project_by_code
from salesoffice.staff.queries import build_actor, get_user_by_email
from salesoffice.webkit.console import emit, json_option, refusals_exit

_PROJECT = click.option("--project", "code", required=True, help="code of the project")
_NUMBER = click.option("--version", "number", type=click.IntRange(min=1), required=True)
_BY = click.option("--by", "email", required=True, help="e-mail of the person who decides")


@group.command("versions", help="list the price versions of a project, the newest first")
@_PROJECT
@json_option
@refusals_exit
def versions(*, code: str, as_json: bool) -> None:
    session = db.session()
    rows = list_versions(session, get_project_by_code(session, code).id)
    lines = [f"{row.version.number:>4}  {row.version.state.value:<10}  {row.unit_count}" for row in rows]
    emit({"versions": [_describe(row) for row in rows]}, "\n".join(lines), as_json=as_json)


@group.command("submit", help="submit a draft for approval")
@_PROJECT
@_NUMBER
@_BY
@json_option
@refusals_exit
def submit(*, code: str, number: int, email: str, as_json: bool) -> None:
    with transaction() as session:
        version, actor = _load(session, code, number, email, Permission.PRICE_SUBMIT)
        submit_version(session, version, actor=actor)
    _tell(version, as_json=as_json)


@group.command("approve", help="approve a submitted version; it is put into force by `prices activate`")
@_PROJECT
@_NUMBER
@_BY
@click.option("--comment", default="")
@json_option
@refusals_exit
def approve(*, code: str, number: int, email: str, comment: str, as_json: bool) -> None:
    with transaction() as session:
        version, actor = _load(session, code, number, email, Permission.PRICE_APPROVE)
        approve_version(session, version, actor=actor, comment=comment)
    _tell(version, as_json=as_json)


@group.command("activate", help="put an approved version into force")
@_PROJECT
@_NUMBER
@_BY
@click.option("--rest", is_flag=True, help="leave out the units that changed since the prices were made")
@json_option
@refusals_exit
def activate(*, code: str, number: int, email: str, rest: bool, as_json: bool) -> None:
    with transaction() as session:
        version, actor = _load(session, code, number, email, Permission.PRICE_APPROVE)
        force = put_rest_in_force if rest else put_in_force
        made = force(session, version, actor=actor)
    _tell(made, as_json=as_json)


def _load(
    session: Session, code: str, number: int, email: str, permission: Permission
) -> tuple[PriceVersion, Actor]:
    project = get_project_by_code(session, code)
    actor = build_actor(get_user_by_email(session, email))
    if not actor.can(permission, project.id):
        raise NotAllowed(_l("This person's role does not permit it."))
    return get_version(session, project.id, number), actor


def _tell(version: PriceVersion, *, as_json: bool) -> None:
    words = _("Version %(number)s: %(state)s", number=version.number, state=version.state.label)
    emit({"version": version.number, "state": version.state.value}, words, as_json=as_json)


def _describe(row: VersionRow) -> dict[str, Any]:
    version = row.version
    rate = version.max_move_rate
    return {
        "version": version.number,
        "state": version.state.value,
        "source": version.source,
        "units": row.unit_count,
        "total_fen": row.total_amount,
        "max_move_rate": None if rate is None else str(rate),
        "made_by": row.author,
        "approved_by": row.approver,
        "in_force_from": version.in_force_from,
    }
