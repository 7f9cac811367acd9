"""Commands about projects."""

import click

from salesoffice.core.permissions import SYSTEM
from salesoffice.infra.db import db, transaction
from salesoffice.projects.queries import get_project_by_code, list_projects, list_recipients
from salesoffice.projects.services import add_recipient, create_project, create_wall_token
from salesoffice.webkit.console import emit, json_option, progress, refusals_exit


@click.group("projects", help="projects and who receives their daily log")
def projects() -> None:
    pass


@projects.command("add", help="add a project")
@click.option("--code", required=True)
@click.option("--name", required=True)
@click.option("--city", default="")
@click.option("--company", default="")
@click.option("--address", default="")
@json_option
@refusals_exit
def add(*, code: str, name: str, city: str, company: str, address: str, as_json: bool) -> None:
    with transaction() as session:
        project = create_project(
            session, actor=SYSTEM, code=code, name=name, city=city, company=company, address=address
        )
    result = {"id": project.id, "code": project.code, "name": project.name, "city": project.city}
    emit(result, f"project {project.code} is there", as_json=as_json)


@projects.command("list", help="list the projects")
@json_option
def list_all(*, as_json: bool) -> None:
    found = [
        {"id": project.id, "code": project.code, "name": project.name, "city": project.city}
        for project in list_projects(db.session(), SYSTEM)
    ]
    emit({"projects": found}, "\n".join(f"{item['code']}\t{item['name']}" for item in found), as_json=as_json)


@projects.command("wall", help="print a new secret address of the wall display, alone on the last line")
@click.option("--project", "code", required=True)
@json_option
@refusals_exit
def wall(*, code: str, as_json: bool) -> None:
    with transaction() as session:
        token = create_wall_token(session, get_project_by_code(session, code), actor=SYSTEM)
    progress("an earlier address no longer works; this one is shown only once")
    emit({"project": code, "path": f"/wall/{token}"}, f"/wall/{token}", as_json=as_json)


@click.group("recipients", help="who receives the daily log")
def recipients() -> None:
    pass


@recipients.command("add", help="add a recipient of the daily log")
@click.option("--project", "code", required=True)
@click.option("--email", required=True)
@click.option("--name", default="")
@json_option
@refusals_exit
def add_one(*, code: str, email: str, name: str, as_json: bool) -> None:
    with transaction() as session:
        recipient = add_recipient(
            session, get_project_by_code(session, code), actor=SYSTEM, email=email, name=name
        )
    result = {"id": recipient.id, "email": recipient.email}
    emit(result, f"{recipient.email} receives the daily log of {code}", as_json=as_json)


@recipients.command("list", help="list the recipients of a project's daily log")
@click.option("--project", "code", required=True)
@json_option
@refusals_exit
def list_of_project(*, code: str, as_json: bool) -> None:
    session = db.session()
    project = get_project_by_code(session, code)
    found = [{"email": item.email, "name": item.name} for item in list_recipients(session, project.id)]
    emit({"recipients": found}, "\n".join(item["email"] for item in found), as_json=as_json)


projects.add_command(recipients)
