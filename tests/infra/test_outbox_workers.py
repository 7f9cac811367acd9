"""Several workers at once, and workers that are killed: nobody gets a mail twice."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra import mailer
from salesoffice.infra.db import db, transaction
from salesoffice.infra.models import MailProblem, MailState, OutboxMail
from salesoffice.infra.outbox import DeliveryReport, deliver_pending, queue_mail
from tests.support.smtp import SmtpServer

ROOT = Path(__file__).parent.parent.parent
WORKER = """
from salesoffice.app import create_app
from salesoffice.infra.outbox import deliver_pending
app = create_app()
print("ready", flush=True)
input()
with app.app_context():
    deliver_pending()
"""


def queue(app: Flask, count: int) -> list[str]:
    with app.app_context(), transaction() as session:
        mails = [
            queue_mail(
                session, key=f"k{number}", project_id=None, to=f"p{number:02d}@example.test", subject="s", text="t",
                html="<p>t</p>", message_id=f"<{number}@salesoffice.test>",
            )
            for number in range(count)
        ]  # fmt: skip
        return [mail.recipient for mail in mails]


def run_threads(count: int, work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def start_worker(app: Flask, server: SmtpServer) -> subprocess.Popen[str]:
    """Start a process that delivers once; it is ready when this returns and begins when it gets a line."""
    environment = os.environ | {
        "SECRET_KEY": app.config["SECRET_KEY"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "DATA_DIR": str(app.config["DATA_DIR"]),
        "SMTP_URL": server.url,
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def finish(process: subprocess.Popen[str]) -> int:
    code = process.wait(60)
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()
    return code


def test_threads_deliver_each_mail_once(app: Flask, smtp_server: SmtpServer) -> None:
    recipients = queue(app, 30)

    def work() -> None:
        with app.app_context():
            deliver_pending()

    run_threads(4, work)

    assert smtp_server.recipients == recipients


def test_threads_without_claims_deliver_twice(app: Flask, smtp_server: SmtpServer) -> None:
    """The control: the same race with the claims left out must go wrong."""
    recipients = queue(app, 30)
    barrier = threading.Barrier(4)

    def work() -> None:
        with app.app_context(), mailer.MailServer(app.config) as server:
            mails = db.session.scalars(select(OutboxMail).where(OutboxMail.state == MailState.PENDING)).all()
            db.session.rollback()
            barrier.wait()
            server.open()
            for mail in mails:
                server.hand_over(mail.recipient, b"text", before_end=lambda: True)
                with transaction() as session:
                    session.get_one(OutboxMail, mail.id).state = MailState.SENT

    run_threads(4, work)

    assert Counter(smtp_server.recipients) == dict.fromkeys(recipients, 4)


def test_processes_deliver_each_mail_once(app: Flask, smtp_server: SmtpServer) -> None:
    recipients = queue(app, 30)
    workers = [start_worker(app, smtp_server) for _ in range(2)]

    for worker in workers:
        begin(worker)
    codes = [finish(worker) for worker in workers]

    assert codes == [0, 0]
    assert smtp_server.recipients == recipients


def test_worker_killed_before_the_end_of_a_mail_is_made_good(
    app: Flask, session: Session, smtp_server: SmtpServer
) -> None:
    recipients = queue(app, 5)
    smtp_server.hangs_at_rcpt = lambda address: address == recipients[2]
    worker = start_worker(app, smtp_server)
    begin(worker)
    assert smtp_server.hanging.wait(30)
    worker.kill()
    finish(worker)
    smtp_server.hangs_at_rcpt = lambda _address: False

    at_once = deliver_pending()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        taken_back = deliver_pending()
    with time_machine.travel(clock.now() + timedelta(minutes=13)):
        last = deliver_pending()

    assert (at_once, taken_back, last) == (
        DeliveryReport(sent=2), DeliveryReport(retried=1), DeliveryReport(sent=1),
    )  # fmt: skip
    assert smtp_server.recipients == recipients


@pytest.mark.parametrize("is_stored", [True, False])
def test_worker_killed_while_waiting_for_the_answer_leaves_an_uncertain_mail(
    app: Flask, session: Session, smtp_server: SmtpServer, *, is_stored: bool
) -> None:
    recipients = queue(app, 5)
    smtp_server.stores_before_dying = is_stored
    smtp_server.dies_after_data = smtp_server.hangs_after_data = lambda address: address == recipients[2]
    worker = start_worker(app, smtp_server)
    begin(worker)
    assert smtp_server.hanging.wait(30)
    worker.kill()
    finish(worker)
    smtp_server.dies_after_data = smtp_server.hangs_after_data = lambda _address: False

    others = deliver_pending()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        settled = deliver_pending()
    with time_machine.travel(clock.now() + timedelta(days=1)):
        after = deliver_pending()

    assert (others, settled, after) == (
        DeliveryReport(sent=2), DeliveryReport(uncertain=1), DeliveryReport(),
    )  # fmt: skip
    mail = session.scalars(select(OutboxMail).where(OutboxMail.recipient == recipients[2])).one()
    assert (mail.state, mail.problem) == (MailState.UNCERTAIN, MailProblem.UNANSWERED)
    assert smtp_server.recipients == [name for name in recipients if is_stored or name != recipients[2]]


def test_worker_that_slept_past_its_claim_does_not_hand_the_mail_over(
    app: Flask, session: Session, smtp_server: SmtpServer
) -> None:
    """A worker stopped in the middle (a suspended machine) must not finish what another has taken over."""
    queue(app, 1)
    connection = mailer.MailServer(app.config)
    connection.open()
    with transaction() as writing:
        mail = writing.scalars(select(OutboxMail)).one()
        mail.state, mail.claimed_until = MailState.SENDING, clock.now() - timedelta(seconds=1)

    with pytest.raises(mailer.ClaimLost):
        connection.hand_over("p00@example.test", b"text", before_end=lambda: False)
    first = deliver_pending()
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        second = deliver_pending()

    assert (first, second) == (DeliveryReport(retried=1), DeliveryReport(sent=1))
    assert smtp_server.recipients == ["p00@example.test"]
