"""Several people at the same moment, each with a connection and a commit of their own."""

import threading
from collections.abc import Callable

from flask import Flask

from salesoffice.core.errors import DomainError
from salesoffice.infra.db import db, transaction


def run_together(app: Flask, *jobs: Callable[[], None]) -> list[str]:
    """Run each job in its own thread and connection, all starting together; return the sorted outcomes."""
    start, outcomes = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], None]) -> None:
        with app.test_request_context():
            start.wait()
            try:
                with transaction():
                    job()
                outcomes.append("done")
            except DomainError as refusal:
                outcomes.append(refusal.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
