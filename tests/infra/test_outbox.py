"""Mail waits in the outbox, reaches each recipient once, and its row tells the truth meanwhile."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.infra.files import store_file
from salesoffice.infra.models import MailProblem, MailState, OutboxMail
from salesoffice.infra.outbox import DeliveryReport, deliver_pending, queue_mail, wait_after
from tests.support.smtp import SmtpServer

NAMES = ("ann", "bob", "cai", "dan")


def queue(*names: str) -> None:
    with transaction() as session:
        for name in names:
            queue_mail(
                session,
                key=f"log/P1/2026-05-31/{name}",
                project_id=None,
                to=f"{name}@example.test",
                subject="工作日志 2026-05-31",
                text="今日认购 2 套\n",
                html="<p>今日认购 2 套</p>",
                message_id=f"<log.P1.2026-05-31.{name}@salesoffice.test>",
            )


def states(session: Session) -> dict[str, tuple[MailState, MailProblem | None, int]]:
    session.rollback()
    statement = select(OutboxMail).order_by(OutboxMail.id).execution_options(populate_existing=True)
    return {
        mail.recipient.partition("@")[0]: (mail.state, mail.problem, mail.attempt_count)
        for mail in session.scalars(statement)
    }


def test_mail_arrives_whole(session: Session, smtp_server: SmtpServer) -> None:
    row = "".join(f"<td>{number} 元</td>" for number in range(2000))
    with transaction() as writing:
        pdf = store_file(writing, b"%PDF-1.7 \r\n.\r\nend", name="工作日志.pdf", media_type="application/pdf")
        queue_mail(
            writing, key="k", project_id=None, to="ann@example.test", subject="工作日志 " * 30,
            text="一行\n.\n..两点\n" + "很长" * 1000, html=f"<table><tr>{row}</tr></table>",
            message_id="<k@salesoffice.test>", attachment_ids=[pdf.id],
        )  # fmt: skip

    report = deliver_pending()

    assert report == DeliveryReport(sent=1)
    received = smtp_server.messages[0]
    message = received.message
    body = message.get_body(("plain",))
    html = message.get_body(("html",))
    attachment = next(iter(message.iter_attachments()))
    assert body is not None
    assert html is not None
    assert body.get_content().replace("\r\n", "\n") == "一行\n.\n..两点\n" + "很长" * 1000 + "\n"
    assert html.get_content().replace("\r\n", "\n") == f"<table><tr>{row}</tr></table>\n"
    assert (attachment.get_filename(), attachment.get_content()) == ("工作日志.pdf", b"%PDF-1.7 \r\n.\r\nend")
    assert (message["Subject"], message["To"], message["Message-ID"], message["Auto-Submitted"]) == (
        ("工作日志 " * 30).strip(), "ann@example.test", "<k@salesoffice.test>", "auto-generated",
    )  # fmt: skip
    assert message["Date"].datetime is not None
    assert max(len(line) for line in received.data.splitlines()) <= 200


def test_same_key_is_one_mail(session: Session, smtp_server: SmtpServer) -> None:
    queue("ann")
    queue("ann")

    report = deliver_pending()

    assert report == DeliveryReport(sent=1)
    assert deliver_pending() == DeliveryReport()
    assert smtp_server.recipients == ["ann@example.test"]


def test_batch_uses_one_connection(session: Session, smtp_server: SmtpServer) -> None:
    queue(*NAMES)

    report = deliver_pending()

    assert (report, smtp_server.connections) == (DeliveryReport(sent=4), 1)


def test_line_breaks_do_not_become_headers(session: Session, smtp_server: SmtpServer) -> None:
    with transaction() as writing:
        queue_mail(
            writing, key="k", project_id=None, to="ann@example.test", subject="Hello\r\nBcc: eve@example.test",
            text="", html="", message_id="<k@salesoffice.test>",
        )  # fmt: skip

    deliver_pending()

    message = smtp_server.messages[0].message
    assert (message["Subject"], message["Bcc"]) == ("Hello Bcc: eve@example.test", None)
    assert smtp_server.recipients == ["ann@example.test"]


@pytest.mark.parametrize(
    "address", ["nobody", "a@b\r\nRCPT TO:<eve@example.test>", "a@b.test, c@d.test", "甲@例.test", ""]
)
def test_unusable_address_is_refused_and_stops_nobody(
    session: Session, smtp_server: SmtpServer, address: str
) -> None:
    with transaction() as writing:
        mail = queue_mail(
            writing, key="k", project_id=None, to=address, subject="s", text="t", html="",
            message_id="<k@salesoffice.test>",
        )  # fmt: skip
    queue("ann")

    report = deliver_pending()

    assert report == DeliveryReport(sent=1)
    assert (mail.state, mail.problem) == (MailState.REFUSED, MailProblem.ADDRESS)


def test_message_id_with_line_break_is_a_fault(session: Session) -> None:
    with pytest.raises(ValueError, match="Message-ID"), transaction() as writing:
        queue_mail(
            writing,
            key="k",
            project_id=None,
            to="a@b.test",
            subject="",
            text="",
            html="",
            message_id="<a@b>\r\nX: y",
        )


def test_refused_recipients_do_not_stop_the_others(session: Session, smtp_server: SmtpServer) -> None:
    smtp_server.refused = lambda address: address[0] in "ac"
    queue(*NAMES)

    report = deliver_pending()

    assert report == DeliveryReport(sent=2, refused=2)
    assert smtp_server.recipients == ["bob@example.test", "dan@example.test"]
    assert states(session)["ann"] == (MailState.REFUSED, MailProblem.REFUSED, 1)
    mail = session.scalars(select(OutboxMail).where(OutboxMail.recipient == "ann@example.test")).one()
    assert mail.last_error == "550 5.1.1 no such person here"


def test_delayed_recipient_waits_and_gets_it_once(session: Session, smtp_server: SmtpServer) -> None:
    smtp_server.delayed = lambda address: address.startswith("ann")
    queue("ann", "bob")

    first = deliver_pending()
    at_once = deliver_pending()
    smtp_server.delayed = lambda _address: False
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        later = deliver_pending()

    assert (first, at_once, later) == (
        DeliveryReport(sent=1, retried=1), DeliveryReport(), DeliveryReport(sent=1),
    )  # fmt: skip
    assert smtp_server.recipients == ["ann@example.test", "bob@example.test"]


def test_server_that_is_down_delays_everybody_and_loses_nobody(
    session: Session, smtp_server: SmtpServer
) -> None:
    smtp_server.stop()
    queue(*NAMES)

    report = deliver_pending()
    meanwhile = states(session)
    smtp_server.start()
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        later = deliver_pending()

    assert (report, later) == (DeliveryReport(retried=4), DeliveryReport(sent=4))
    assert set(meanwhile.values()) == {(MailState.PENDING, MailProblem.UNREACHABLE, 1)}
    assert smtp_server.recipients == [f"{name}@example.test" for name in NAMES]


def test_mail_is_given_up_after_twelve_attempts(session: Session, smtp_server: SmtpServer) -> None:
    smtp_server.stop()
    queue("ann")

    for hour in range(13):
        with time_machine.travel(clock.now() + timedelta(hours=2 * hour)):
            deliver_pending()

    assert states(session)["ann"] == (MailState.REFUSED, MailProblem.UNREACHABLE, 12)


def test_waiting_doubles_up_to_an_hour() -> None:
    minutes = [int(wait_after(count).total_seconds()) // 60 for count in range(1, 13)]

    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]


@pytest.mark.parametrize("is_stored", [True, False])
def test_connection_lost_after_the_text_is_uncertain_and_never_sent_again(
    session: Session, smtp_server: SmtpServer, *, is_stored: bool
) -> None:
    smtp_server.dies_after_data = lambda address: address.startswith("ann")
    smtp_server.stores_before_dying = is_stored
    queue(*NAMES)

    report = deliver_pending()
    smtp_server.dies_after_data = lambda _address: False
    with time_machine.travel(clock.now() + timedelta(days=1)):
        later = deliver_pending()

    assert (report, later) == (DeliveryReport(sent=3, uncertain=1), DeliveryReport())
    assert states(session)["ann"] == (MailState.UNCERTAIN, MailProblem.UNANSWERED, 1)
    assert smtp_server.recipients.count("ann@example.test") == int(is_stored)
    assert smtp_server.recipients[-3:] == ["bob@example.test", "cai@example.test", "dan@example.test"]


def test_slow_answer_is_uncertain(app: Flask, session: Session, smtp_server: SmtpServer) -> None:
    smtp_server.hangs_after_data = lambda _address: True
    app.config["MAIL_TEXT_TIMEOUT"], before = 0.3, app.config["MAIL_TEXT_TIMEOUT"]
    queue("ann")

    report = deliver_pending()
    app.config["MAIL_TEXT_TIMEOUT"] = before

    assert report == DeliveryReport(uncertain=1)


def test_slow_server_before_the_text_is_tried_again(
    app: Flask, session: Session, smtp_server: SmtpServer
) -> None:
    smtp_server.hangs_at_rcpt = lambda address: address.startswith("ann")
    app.config["MAIL_TIMEOUT"], before = 0.3, app.config["MAIL_TIMEOUT"]
    queue("ann", "bob")

    report = deliver_pending()
    app.config["MAIL_TIMEOUT"] = before

    assert report == DeliveryReport(sent=1, retried=1)
    assert states(session)["ann"] == (MailState.PENDING, MailProblem.INTERRUPTED, 1)


def test_missing_attachment_is_told(session: Session, smtp_server: SmtpServer) -> None:
    with transaction() as writing:
        queue_mail(
            writing, key="k", project_id=None, to="a@b.test", subject="", text="", html="",
            message_id="<a@b>", attachment_ids=[4711],
        )  # fmt: skip

    report = deliver_pending()

    assert (report, states(session)["a"]) == (
        DeliveryReport(retried=1), (MailState.PENDING, MailProblem.CONTENT, 1),
    )  # fmt: skip
