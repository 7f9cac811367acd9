"""Whether the server lives, whether it can work, and what browsers and robots ask for."""

import tempfile

from flask import Response, current_app, jsonify, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from salesoffice.infra.db import db
from salesoffice.infra.logging import log
from salesoffice.web.views.blueprint import bp
from salesoffice.webkit.access import public


@bp.route("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.route("/readyz")
@public
def readyz() -> ResponseReturnValue:
    checks = {"database": _is_database_ready(), "disk": _is_disk_ready()}
    is_ready = all(checks.values())
    words = {name: "ok" if is_fine else "trouble" for name, is_fine in checks.items()}
    return jsonify(status="ok" if is_ready else "trouble", checks=words), 200 if is_ready else 503


@bp.route("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    return redirect("/static/img/logo.svg", 301)


@bp.route("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


def _is_database_ready() -> bool:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT project_id FROM audit_chains WHERE project_id = 0"))
    except SQLAlchemyError as error:
        log.warning("database_not_ready", error=type(error).__name__)
        return False
    return True


def _is_disk_ready() -> bool:
    try:
        with tempfile.TemporaryFile(dir=current_app.config["DATA_DIR"]) as probe:
            probe.write(b"x" * 4096)
            probe.flush()
    except OSError as error:
        log.warning("disk_not_ready", error=type(error).__name__)
        return False
    return True
