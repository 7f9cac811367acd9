"""The production web server and the worker."""

import gc
import socket
import sys
from typing import Any, NoReturn

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from salesoffice.app import create_app
from salesoffice.infra import jobs
from salesoffice.webkit.console import REFUSED

SQLITE_THREADS = 16
THREADS = 8
DEFAULT_WORKERS = 2
_PATIENCE = 60


class Server(BaseApplication):
    """gunicorn with settings of ours; each worker process makes its own application."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings to gunicorn."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the worker process."""
        return make_app()


def make_app() -> Flask:
    """Make the application for serving, behind as many proxies as the settings say.

    What is loaded by then is left out of every garbage collection: looking through it all takes a fifth of a second.
    """
    app: Flask = create_app()
    gc.freeze()
    proxies = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return app


@click.command("serve", help="run the production web server; prints READY and the address when it answers")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--workers",
    default=DEFAULT_WORKERS,
    show_default=True,
    type=click.IntRange(1, 64),
    help="processes; with SQLite always one",
)
def serve(*, host: str, port: int, workers: int) -> None:
    settings = config.load()
    if config.is_weak_secret(settings["SECRET_KEY"]):
        _refuse(
            "SECRET_KEY is missing or weak: set it to at least 32 random characters and keep it,"
            " for example the output of `openssl rand -hex 32`."
        )
    is_sqlite = settings["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    if is_sqlite and workers > DEFAULT_WORKERS:
        click.echo("SQLite: one process with threads; --workers is for PostgreSQL", err=True)
    _check_address(host, port)
    Server(server_settings(host, port, workers=workers, is_sqlite=is_sqlite)).run()


@click.command("worker", help="run jobs and send mail until stopped")
def worker() -> None:
    app: Flask = create_app()
    jobs.run_worker(app)


def server_settings(host: str, port: int, *, workers: int, is_sqlite: bool) -> dict[str, Any]:
    """Return gunicorn's settings. SQLite: one process with threads and the jobs inside; else processes without jobs."""
    return {
        "bind": f"{host}:{port}",
        "workers": 1 if is_sqlite else workers,
        "threads": SQLITE_THREADS if is_sqlite else THREADS,
        "worker_class": "gthread",
        "timeout": _PATIENCE,
        "graceful_timeout": 20,
        "keepalive": 15,
        "loglevel": "warning",
        "errorlog": "-",
        "post_worker_init": _start_with_jobs if is_sqlite else _announce,
    }


def _start_with_jobs(worker: Any) -> None:
    jobs.start_embedded(worker.app.callable)
    _announce(worker)


def _announce(worker: Any) -> None:
    """Say once where the server answers: the first worker has its application and the socket listens."""
    if worker.age == 1:
        host, port = worker.sockets[0].getsockname()[:2]
        print(f"READY http://{host}:{port}", flush=True)


def _check_address(host: str, port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        _refuse(f"{host}:{port} cannot be used: {error.strerror}. Choose another with --host and --port.")


def _refuse(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(REFUSED)
