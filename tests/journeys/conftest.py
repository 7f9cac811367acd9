"""An office served by processes of its own, with people in front of Chromium and a mail server beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from playwright.sync_api import Browser

from salesoffice.app import create_app
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.infra.db import db, transaction
from salesoffice.projects.services import add_recipient, create_project
from tests.factories import PASSWORD, make_user
from tests.support.chromium import Desk, open_desk, run_chromium
from tests.support.postgres import Cluster
from tests.support.server import ROOT, SECRET_KEY, Server, run_server
from tests.support.smtp import SmtpServer, free_port

CODE = "XY"
NAME = "信义御城豪园"
RECIPIENTS = ("chairman@example.test", "executive@example.test")
STAFF = (
    ("rep", "陈置业", Role.REP),
    ("rep2", "黄置业", Role.REP),
    ("assistant", "林内勤", Role.ASSISTANT),
    ("assistant2", "何内勤", Role.ASSISTANT),
    ("manager", "周经理", Role.MANAGER),
    ("finance", "郑财务", Role.FINANCE),
    ("planner", "沈策划", Role.PLANNER),
    ("executive", "梁总", Role.EXECUTIVE),
)


@dataclass(frozen=True)
class Scene:
    """A migrated database and what is set up around it."""

    app: Flask
    url: str
    data_dir: Path
    workers: int
    smtp: SmtpServer

    def command(self, *words: str) -> dict[str, Any]:
        """Run a command of the program in a process of its own; return what it prints as JSON."""
        environ = os.environ | {
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.data_dir),
            "SECRET_KEY": SECRET_KEY,
            "SMTP_URL": self.smtp.url,
            "LOG_LEVEL": "ERROR",
            "LC_ALL": "C.UTF-8",
        }
        done = subprocess.run(
            [sys.executable, "-m", "salesoffice.cli", *words, "--json"],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@dataclass(frozen=True)
class Desks:
    """Everybody who is signed in, all at once; the reps on phones."""

    rep: Desk
    rep2: Desk
    assistant: Desk
    assistant2: Desk
    manager: Desk
    finance: Desk
    planner: Desk
    executive: Desk

    @property
    def problems(self) -> list[str]:
        """What went wrong in anybody's browser."""
        return [problem for desk in vars(self).values() for problem in desk.problems]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for the journeys of one file."""
    with run_chromium() as browser:
        yield browser


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """A database that has been migrated and is empty, and a mail server that takes everything."""
    if request.param == "sqlite":
        url, workers = f"sqlite:///{tmp_path / 'office.db'}", 1
    else:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        url, workers = cluster.create_database(f"journey_{tmp_path.name.replace('-', '_')}"), 2
    address = url.replace("postgresql://", "postgresql+psycopg://")
    app = create_app(
        SQLALCHEMY_DATABASE_URI=address, DATA_DIR=tmp_path, SECRET_KEY=SECRET_KEY, LOG_LEVEL="ERROR"
    )
    with app.app_context():
        flask_migrate.upgrade()
    smtp = SmtpServer(free_port())
    smtp.start()
    yield Scene(app, url, tmp_path, workers, smtp)
    smtp.stop()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def server(scene: Scene) -> Iterator[Server]:
    """The running server of the scene."""
    with run_server(scene.url, scene.data_dir, workers=scene.workers) as running:
        yield running


@pytest.fixture
def desks(scene: Scene, server: Server, chromium: Browser) -> Iterator[Desks]:
    """The people of a new project without a single unit, all signed in."""
    with scene.app.test_request_context(), transaction() as session:
        project = create_project(
            session, actor=SYSTEM, code=CODE, name=NAME, city="深圳", company="信义地产有限公司"
        )
        make_user(session, "admin", is_admin=True)
        for email, name, role in STAFF:
            make_user(session, email, project=project, role=role).name = name
        for email in RECIPIENTS:
            add_recipient(session, project, actor=SYSTEM, email=email)
    found = {
        name: sign_in(open_desk(chromium, f"{server.url}/p/{CODE}", is_phone=role is Role.REP), name)
        for name, _, role in STAFF
    }
    yield Desks(**found)
    for desk in found.values():
        desk.page.context.close()


def sign_in(desk: Desk, name: str) -> Desk:
    """Sign in through the page."""
    desk.open("../../login")
    desk.fill(email=f"{name}@example.test", password=PASSWORD)
    desk.send("/login")
    return desk
