"""The demonstration: an office with two months of history, served with worker and mail catcher."""

import os
import secrets
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import FrameType

import click
import flask_migrate

import config
from salesoffice.app import create_app
from salesoffice.core import clock
from salesoffice.core.permissions import SYSTEM
from salesoffice.dailylog.documents import deliver_log
from salesoffice.dailylog.queries.logs import get_closed_log
from salesoffice.demo.founding import found_office
from salesoffice.demo.history import write_history
from salesoffice.demo.office import CODE, DOMAIN, NAME, PASSWORD, is_filled
from salesoffice.demo.people import STAFF
from salesoffice.infra.db import db
from salesoffice.infra.mailcatcher import start_mail_catcher
from salesoffice.projects.queries import get_project_by_code
from salesoffice.webkit.console import progress

DAYS_OF_HISTORY = 60
MAIL_PORT = 2525


@click.command("demo", help="set up and serve a demonstration office; Ctrl-C ends it, its data is kept")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--mail-port", default=MAIL_PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--days", default=DAYS_OF_HISTORY, show_default=True, type=click.IntRange(1, 365), help="of history"
)
def demo(*, port: int, mail_port: int, days: int) -> None:
    folder = Path(os.environ.get("DATA_DIR", config.ROOT / "var" / "demo")).resolve()
    mail_folder = folder / "mail"
    environ = _environment(folder, port, mail_port)
    os.environ.update(environ)
    _fill(days)
    catcher = start_mail_catcher(mail_port, mail_folder)
    command = [sys.executable, "-m", "salesoffice.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=config.ROOT, stdout=subprocess.PIPE, text=True)

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        if server.stdout is not None and server.stdout.readline().startswith("READY"):
            _introduce(port, mail_folder)
        sys.exit(server.wait())
    finally:
        catcher.stop()


def _environment(folder: Path, port: int, mail_port: int) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "secret_key"
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(48))
        secret.chmod(0o600)
    return {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'salesoffice.db'}",
        "SECRET_KEY": secret.read_text(),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
        "MAIL_FROM": f"log@{DOMAIN}",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


def _fill(days: int) -> None:
    app = create_app()
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        flask_migrate.upgrade()
        if is_filled():
            return
        progress(f"writing {days} days of a demonstration office, about a minute …")
        today = clock.business_today()
        office = found_office(today - timedelta(days=days), say=progress)
        write_history(office, today - timedelta(days=days), today, say=progress)
        project = get_project_by_code(db.session(), CODE)
        log = get_closed_log(db.session(), project.id, today - timedelta(days=1))
        deliver_log(project, log, actor=SYSTEM)
        db.engine.dispose()


def _introduce(port: int, mail_folder: Path) -> None:
    people = [*((login, name, role.value) for login, name, role in STAFF), ("admin", "系统管理员", "admin")]
    lines = [f"  {role:<10} {login}@{DOMAIN:<14} {name}" for login, name, role in people]
    click.echo(
        f"\nREADY http://127.0.0.1:{port}   {NAME} ({CODE})\n\n"
        f"sign-ins (password of all: {PASSWORD})\n" + "\n".join(lines) + "\n\n"
        f"caught mail: {mail_folder}\nCtrl-C ends the demonstration; its data stays in {mail_folder.parent}"
    )
