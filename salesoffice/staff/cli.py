"""Commands about users and tokens."""

import getpass
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _l
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project, get_project_by_code
from salesoffice.staff.documents import build_permissions_document
from salesoffice.staff.models import User
from salesoffice.staff.queries import get_user_by_email, password_policy, select_users
from salesoffice.staff.services import Person, add_membership, create_token, create_user, revoke_tokens
from salesoffice.webkit.console import emit, json_option, progress, refusals_exit


class NoPassword(InvalidInput):
    """Standard input held no password."""

    def __init__(self) -> None:
        super().__init__(
            _l("Give the password on standard input, for example by a pipe."), code="password_missing"
        )


def read_password() -> str:
    """Read a password from standard input: unseen at a terminal, else the first line of what is piped."""
    if sys.stdin.isatty():
        return getpass.getpass("password: ")
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise NoPassword
    return password


def add_admin(session: Session, *, email: str, name: str, password: str) -> User:
    """Add an administrator of the installation whose password need not be changed."""
    person = Person(name, is_admin=True)
    policy = password_policy()
    return create_user(
        session, person, actor=SYSTEM, email=email, password=password, policy=policy, must_change=False
    )


@click.group("users", help="people who sign in")
def users() -> None:
    pass


@users.command("add", help="add a user; the password comes from standard input")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--project", "codes", multiple=True, help="code of a project; may be repeated")
@click.option("--must-change", is_flag=True, help="the password must be changed at the first sign-in")
@json_option
@refusals_exit
def add(
    *, email: str, name: str, role: str, codes: tuple[str, ...], must_change: bool, as_json: bool
) -> None:
    if not codes and role != Role.ADMIN:
        raise InvalidInput(
            _l("Say with --project in which project the person has this role."), code="project_missing"
        )
    password = read_password()
    with transaction() as session:
        projects = [get_project_by_code(session, code) for code in codes]
        roles = frozenset((project.id, Role(role)) for project in projects)
        user = create_user(
            session,
            Person(name, is_admin=not codes, roles=roles),
            actor=SYSTEM,
            email=email,
            password=password,
            policy=password_policy(),
            must_change=must_change,
        )
    emit(_describe(user), f"{user.email} may sign in", as_json=as_json)


@users.command("grant", help="give a user a role in a project")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--project", "code", required=True)
@json_option
@refusals_exit
def grant(*, email: str, role: str, code: str, as_json: bool) -> None:
    with transaction() as session:
        project = get_project_by_code(session, code)
        user = add_membership(session, get_user_by_email(session, email), project, Role(role), actor=SYSTEM)
    emit(_describe(user), f"{user.email}: {role} in {code}", as_json=as_json)


@users.command("list", help="list the users")
@json_option
def list_users(*, as_json: bool) -> None:
    found = [_describe(user) for user in db.session.scalars(select_users())]
    lines = [f"{item['email']}\t{item['name']}\t{', '.join(item['roles']) or '-'}" for item in found]
    emit({"users": found}, "\n".join(lines), as_json=as_json)


@click.group("tokens", help="bearer tokens of the JSON API")
def tokens() -> None:
    pass


@tokens.command("add", help="print a bearer token, once, alone on the last line")
@click.option("--email", required=True)
@json_option
@refusals_exit
def add_token(*, email: str, as_json: bool) -> None:
    with transaction() as session:
        user = get_user_by_email(session, email)
        token = create_token(session, user, actor=SYSTEM)
    progress(f"a token of {user.email}; it is shown only this once")
    emit({"email": user.email, "token": token}, token, as_json=as_json)


@tokens.command("revoke", help="make every token of a user worthless")
@click.option("--email", required=True)
@json_option
@refusals_exit
def revoke(*, email: str, as_json: bool) -> None:
    with transaction() as session:
        user = get_user_by_email(session, email)
        count = revoke_tokens(session, user, actor=SYSTEM)
    emit({"email": user.email, "revoked": count}, f"{count} tokens of {user.email} revoked", as_json=as_json)


@click.command("permissions", help="print the role × action table, or write it to a file")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
def permissions(*, out: Path | None) -> None:
    text = build_permissions_document()
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        progress(f"wrote {out}")


def _describe(user: User) -> dict[str, Any]:
    session = db.session()
    roles = ["admin"] if user.is_admin else []
    roles += [f"{item.role}@{_code(session, item.project_id)}" for item in user.memberships]
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "is_active": user.is_active,
        "roles": roles,
    }


def _code(session: Session, project_id: int) -> str:
    project: Project = get_project(session, project_id)
    return project.code
