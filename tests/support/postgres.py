"""A private PostgreSQL cluster for a test run, started when the first test asks for it.

As a pytest plugin it gives the fixture `postgres_cluster`: one cluster for all xdist workers, stopped by the
controller. Benchmarks and races that must see real disk writes call `start_cluster(durable=True)` themselves.
"""

import fcntl
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

SHARED_FOLDER = "SALESOFFICE_TEST_CLUSTER"
SUPERUSER = "postgres"
NOT_INSTALLED = (
    "PostgreSQL's server programs were not found: apt-get install postgresql (macOS: brew install postgresql)"
)
_START_ATTEMPTS = 3
_QUICK_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ClusterFailed(Exception):
    """The server programs are missing, or one of them failed; the message carries its output."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL server on 127.0.0.1 that lives in one temporary folder."""

    folder: Path
    bin_dir: Path
    port: int

    def url_for(self, database: str) -> str:
        """Return the address of a database as the application's DATABASE_URL takes it."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, optionally as a copy of another one nobody is connected to; return its address."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._execute(statement)
        return self.url_for(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, closing the connections to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop this server and remove its folder; other servers of the machine are not touched."""
        _run([self.bin_dir / "pg_ctl", "stop", "-D", self.folder / "data", "-m", "fast", "-w"], self.folder)
        shutil.rmtree(self.folder)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url_for("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def find_bin_dir() -> Path:
    """Return the folder that has initdb, pg_ctl and postgres: the newest installed version's."""
    debian = Path("/usr/lib/postgresql")
    versions = sorted(
        (path.parent for path in debian.glob("*/bin/initdb")),
        key=lambda path: float(path.parent.name),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        versions.append(Path(on_path).resolve().parent)
    for folder in versions:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise ClusterFailed(NOT_INSTALLED)


def start_cluster(*, durable: bool = False) -> Cluster:
    """Make and start a cluster; `durable` keeps fsync and the other crash safety on, as in production.

    Refused with `ClusterFailed` when PostgreSQL is not installed or does not start.
    """
    bin_dir = find_bin_dir()
    folder = Path(tempfile.mkdtemp(prefix="salesoffice-pg-"))
    owner = _server_account()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    account = ["-U", SUPERUSER, "-A", "trust"]
    _run(
        [
            bin_dir / "initdb",
            "-D",
            folder / "data",
            *account,
            "-E",
            "UTF8",
            f"--locale={locale}",
            "--no-sync",
        ],
        folder,
    )
    settings = {
        "max_connections": "200",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
    }
    settings |= {} if durable else _QUICK_SETTINGS
    return Cluster(folder=folder, bin_dir=bin_dir, port=_start(bin_dir, folder, settings))


def shared_cluster(folder: Path) -> Cluster:
    """Return the cluster noted in `folder`, starting it if no process has done so yet."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = noted_cluster(folder)
        if known:
            return known
        cluster = start_cluster()
        note = {"folder": str(cluster.folder), "bin_dir": str(cluster.bin_dir), "port": cluster.port}
        (folder / "cluster.json").write_text(json.dumps(note))
        return cluster


def noted_cluster(folder: Path) -> Cluster | None:
    """Return the cluster that `shared_cluster` noted in `folder`, or None when no test needed one."""
    note = folder / "cluster.json"
    if not note.exists():
        return None
    values = json.loads(note.read_text())
    return Cluster(folder=Path(values["folder"]), bin_dir=Path(values["bin_dir"]), port=values["port"])


def pytest_configure(config: pytest.Config) -> None:
    """Give the run one folder that its xdist workers inherit through the environment."""
    if not hasattr(config, "workerinput"):
        os.environ[SHARED_FOLDER] = tempfile.mkdtemp(prefix="salesoffice-run-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's cluster once every worker has ended."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(os.environ.pop(SHARED_FOLDER))
    cluster = noted_cluster(folder)
    if cluster:
        cluster.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_cluster() -> Cluster:
    """The one PostgreSQL server of this test run."""
    return shared_cluster(Path(os.environ[SHARED_FOLDER]))


def _server_account() -> pwd.struct_passwd | None:
    """The account the server runs as: PostgreSQL refuses root, so root lends it another one."""
    if os.geteuid() != 0:
        return None
    names = {account.pw_name for account in pwd.getpwall()}
    return pwd.getpwnam(SUPERUSER if SUPERUSER in names else "nobody")


def _start(bin_dir: Path, folder: Path, settings: dict[str, str]) -> int:
    """Start the server on a free port and return the port; another program may take it first, so try again."""
    start: list[str | Path] = [
        bin_dir / "pg_ctl",
        "start",
        "-D",
        folder / "data",
        "-l",
        folder / "server.log",
        "-w",
    ]
    failures = []
    for _ in range(_START_ATTEMPTS):
        port = _free_port()
        options = " ".join(f"-c {name}={value}" for name, value in (settings | {"port": str(port)}).items())
        try:
            _run([*start, "-o", options], folder)
        except ClusterFailed as failure:
            failures.append(failure)
        else:
            return port
    raise failures[-1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: Sequence[str | Path], folder: Path) -> None:
    """Run a server program as the server's account, its output in a file of the cluster's folder."""
    account = _server_account()
    with (folder / "commands.log").open("w") as log:
        finished = subprocess.run(
            command,
            check=False,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    if finished.returncode:
        output = (folder / "commands.log").read_text() + _read_if_there(folder / "server.log")
        raise ClusterFailed(f"{Path(command[0]).name} ended with {finished.returncode}:\n{output}")


def _read_if_there(path: Path) -> str:
    return path.read_text() if path.exists() else ""
