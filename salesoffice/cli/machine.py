"""What `doctor` looks at: the machine and the settings, each finding in words with what to do."""

import importlib
import smtplib
import ssl
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import config
from salesoffice.infra.db import db

OLDEST_PYTHON = (3, 11)
SMTP_SECONDS = 3


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    is_fine: bool
    words: str


def check_machine(app: Flask | None, make_app: Callable[[], Flask]) -> list[Finding]:
    """Look at everything; the database only when the application can be made."""
    settings = dict(app.config) if app is not None else config.load()
    findings = [
        _check_python(),
        _check_secret(settings),
        _check_data_dir(Path(settings["DATA_DIR"])),
        _check_pango(),
        _check_fonts(),
        _check_smtp(settings),
    ]
    if findings[2].is_fine:
        with (app or make_app()).app_context():
            findings.append(_check_database())
    return findings


def _check_python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    is_fine = sys.version_info >= OLDEST_PYTHON
    return Finding("python", is_fine, version if is_fine else f"{version}; 3.11 or newer is needed")


def _check_secret(settings: dict[str, Any]) -> Finding:
    if config.is_weak_secret(settings["SECRET_KEY"]):
        return Finding(
            "SECRET_KEY", False, "missing or weak; `serve` refuses it. Make one: openssl rand -hex 32"
        )
    return Finding("SECRET_KEY", True, "is set")


def _check_data_dir(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        return Finding("DATA_DIR", False, f"{folder} cannot be written: {error.strerror}")
    return Finding("DATA_DIR", True, f"{folder} can be written")


def _check_pango() -> Finding:
    try:
        importlib.import_module("weasyprint")
    except (ImportError, OSError):
        packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        return Finding("pango", False, f"PDF needs Pango: apt-get install --no-install-recommends {packages}")
    return Finding("pango", True, "PDF can be made")


def _check_fonts() -> Finding:
    folder = config.ROOT / "static" / "fonts"
    missing = [
        name for name in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf") if not (folder / name).is_file()
    ]
    return Finding(
        "fonts", not missing, f"missing in static/fonts: {', '.join(missing)}" if missing else "are there"
    )


def _check_smtp(settings: dict[str, Any]) -> Finding:
    host, port = settings["MAIL_SERVER"], settings["MAIL_PORT"]
    try:
        if settings["MAIL_USE_SSL"]:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
        with server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding("SMTP_URL", False, f"no mail server answers at {host}:{port} ({type(error).__name__})")
    return Finding("SMTP_URL", True, f"{host}:{port} answers")


def _check_database() -> Finding:
    scripts = ScriptDirectory.from_config(_alembic_config())
    try:
        with db.engine.connect() as connection:
            present = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError as error:
        return Finding("database", False, f"cannot be reached ({type(error).__name__}); look at DATABASE_URL")
    if present != set(scripts.get_heads()):
        return Finding("database", False, "is not at the present version; run: migrate")
    return Finding("database", True, f"{db.engine.dialect.name}, at the present version")


def _alembic_config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(config.ROOT / "migrations"))
    return settings
