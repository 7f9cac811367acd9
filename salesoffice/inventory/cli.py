"""Commands about pre-sale permits."""

import datetime as dt

import click

from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.queries import PermitRow, find_building_ids, find_unit_ids, list_permits
from salesoffice.inventory.services import add_permit
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.console import emit, json_option, refusals_exit


@click.group("permits", help="pre-sale permits of a project")
def group() -> None:
    pass


@group.command("add", help="enter a permit; without --building and --unit it covers the whole project")
@click.option("--project", "code", required=True)
@click.option("--number", required=True)
@click.option("--issued-on", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--building", "buildings", multiple=True, help="a building it covers; may be repeated")
@click.option("--unit", "units", multiple=True, help="the code of a single unit it covers; may be repeated")
@click.option("--account", default="", help="the supervised account it names")
@json_option
@refusals_exit
def add(
    *,
    code: str,
    number: str,
    issued_on: dt.datetime,
    buildings: tuple[str, ...],
    units: tuple[str, ...],
    account: str,
    as_json: bool,
) -> None:
    with transaction() as session:
        project = get_project_by_code(session, code)
        permit = add_permit(
            session,
            project.id,
            actor=SYSTEM,
            number=number,
            issued_on=issued_on.date(),
            building_ids=find_building_ids(session, project.id, buildings),
            unit_ids=find_unit_ids(session, project.id, units),
            supervised_account=account,
        )
        made = next(row for row in list_permits(session, project.id) if row.permit.id == permit.id)
    emit(_describe(made), f"permit {permit.number} covers {made.unit_count} units", as_json=as_json)


@group.command("list", help="list the permits of a project")
@click.option("--project", "code", required=True)
@json_option
@refusals_exit
def list_all(*, code: str, as_json: bool) -> None:
    session = db.session()
    found = list_permits(session, get_project_by_code(session, code).id)
    text = "\n".join(f"{row.permit.number} {row.permit.issued_on} {row.unit_count} units" for row in found)
    emit({"permits": [_describe(row) for row in found]}, text or "no permits", as_json=as_json)


def _describe(row: PermitRow) -> dict[str, object]:
    return {
        "id": row.permit.id,
        "number": row.permit.number,
        "issued_on": row.permit.issued_on.isoformat(),
        "project_wide": row.permit.is_project_wide,
        "buildings": list(row.buildings),
        "single_units": list(row.units),
        "units": row.unit_count,
        "published_on": row.permit.published_on.isoformat() if row.permit.published_on else None,
        "publish_by": row.publish_by.isoformat(),
    }
