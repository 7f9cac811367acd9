"""Beginning: migrating the database and adding the first administrator."""

import click
import flask_migrate
from sqlalchemy import select

from salesoffice.core.errors import DomainError
from salesoffice.infra.db import db, transaction
from salesoffice.infra.i18n import _l
from salesoffice.staff.cli import add_admin, read_password
from salesoffice.staff.models import User
from salesoffice.webkit.console import emit, json_option, progress, refusals_exit


class AlreadyBegun(DomainError):
    """There are users already."""

    def __init__(self) -> None:
        message = _l("There are users already. Add further ones with: users add.")
        super().__init__(message, code="already_initialised")


@click.command("init", help="migrate and add the first administrator; the password comes from standard input")
@click.option("--email", required=True)
@click.option("--name", required=True)
@json_option
@refusals_exit
def init(*, email: str, name: str, as_json: bool) -> None:
    flask_migrate.upgrade()
    if db.session.scalars(select(User.id).limit(1)).first() is not None:
        raise AlreadyBegun
    password = read_password()
    with transaction() as session:
        if session.scalars(select(User.id).limit(1)).first() is not None:
            raise AlreadyBegun
        user = add_admin(session, email=email, name=name, password=password)
    emit({"id": user.id, "email": user.email}, f"administrator {user.email} may sign in", as_json=as_json)


@click.command("migrate", help="bring the database to the present version")
@json_option
def migrate(*, as_json: bool) -> None:
    progress("migrating")
    flask_migrate.upgrade()
    emit({"migrated": True}, "the database is up to date", as_json=as_json)
