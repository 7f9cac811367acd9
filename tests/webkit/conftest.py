"""A small application with the shared web pieces and nothing else."""

from pathlib import Path

import pytest
from flask import Flask
from flask_wtf import CSRFProtect

from salesoffice.infra.db import db
from salesoffice.infra.i18n import init_i18n
from salesoffice.webkit.filters import init_filters

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    made = Flask(
        "webkit_test",
        root_path=str(ROOT / "salesoffice"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    made.config.update(
        SECRET_KEY="only-for-tests-" * 3,
        WTF_CSRF_ENABLED=False,
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'webkit.db'}",
    )
    CSRFProtect(made)
    db.init_app(made)
    init_i18n(made)
    init_filters(made)
    return made
