"""A real server in processes of its own, for tests over HTTP."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SECRET_KEY = "only-for-tests-0123456789-abcdefghijkl"


@dataclass(frozen=True)
class Server:
    """A running server; `pid` is the process that keeps the workers."""

    host: str
    port: int
    pid: int

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://{self.host}:{self.port}"

    def worker_pids(self) -> list[int]:
        """Return the process ids of the workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill_one_worker(self) -> int:
        """End one worker with kill -9, as a machine would; return its process id."""
        victim = self.worker_pids()[0]
        os.kill(victim, signal.SIGKILL)
        return victim


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def run_server(
    database_url: str, data_dir: Path, *, workers: int = 1, threads: int = 8, wsgi: str = "wsgi:app"
) -> Iterator[Server]:
    """Start gunicorn on a migrated database and stop it at the end."""
    port = free_port()
    environ = os.environ | {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "SECRET_KEY": SECRET_KEY,
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    command = [
        sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
        "--threads", str(threads), "--worker-class", "gthread", "--backlog", "1024", "--timeout", "60",
        "--config", str(Path(__file__).parent / "gunicorn_conf.py"), "--log-level", "warning", wsgi,
    ]  # fmt: skip
    log = (data_dir / f"server-{port}.log").open("w+")
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        log.seek(0)
        assert line.startswith("READY"), log.read()
        yield Server("127.0.0.1", port, process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=30)
        log.close()
