"""Sending a log: each recipient once, with text, HTML and PDF; the sweep that does it all by itself."""

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

import pypdf
import pytest
from sqlalchemy import select

from salesoffice.core.errors import InvalidInput, WrongState
from salesoffice.dailylog.documents import deliver_log
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.services import get_or_open_log
from salesoffice.dailylog.tasks import LogReport, close_and_send_due
from salesoffice.infra import outbox
from salesoffice.infra.db import db
from salesoffice.infra.files import read_file
from salesoffice.infra.models import OutboxMail
from tests.dailylog.conftest import CloseDay
from tests.factories.day import DAY, FIRST_DAY, RECIPIENTS, Days, clock_at


def deliver(
    days: Days, log: DailyLog, recipients: Sequence[str] | None = None, minute: int = 31
) -> list[OutboxMail]:
    """Send a log as the assistant."""
    with clock_at(DAY, 18, minute), days.app.test_request_context():
        actor = days.actor(days.office.assistant)
        return deliver_log(days.office.project, log, actor=actor, recipients=recipients)


def all_mails(days: Days) -> list[tuple[str, str]]:
    """Return recipient and key of every mail in the outbox."""
    with days.app.test_request_context():
        rows = db.session.execute(select(OutboxMail.recipient, OutboxMail.key).order_by(OutboxMail.id))
        return [(recipient, key) for recipient, key in rows]


def test_each_recipient_gets_one_mail(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    mails = deliver(friday, log)

    assert [mail.recipient for mail in mails] == list(RECIPIENTS)
    assert {(mail.html_body, mail.text_body) for mail in mails} == {(log.html, log.text)}
    assert [mail.message_id.startswith("<dailylog.p1.20261120.") for mail in mails] == [True, True]


def test_mail_carries_the_pdf_and_the_audit_head(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    mail = deliver(friday, log)[0]

    with friday.app.test_request_context():
        stored = outbox.list_attachments(db.session(), mail)
        reader = pypdf.PdfReader(BytesIO(read_file(stored[0])))
    shown = "\n".join(page.extract_text() for page in reader.pages)
    assert [file.name for file in stored] == ["daily-log-2026-11-20.pdf"]
    assert "1,150,000.00" in shown
    assert log.audit_head in mail.text_body
    assert log.audit_head in mail.html_body


def test_sending_twice_sends_nothing_twice(friday: Days, close: CloseDay) -> None:
    log = close(DAY)
    deliver(friday, log)

    again = deliver(friday, log, minute=40)

    assert again == []
    assert [recipient for recipient, _key in all_mails(friday)] == list(RECIPIENTS)


def test_added_recipient_gets_it_alone(friday: Days, close: CloseDay) -> None:
    log = close(DAY)
    deliver(friday, log)

    mails = deliver(friday, log, [" New@example.test ", RECIPIENTS[0]])

    assert [mail.recipient for mail in mails] == ["new@example.test"]


def test_open_day_is_not_sent(days: Days) -> None:
    with days.at(DAY, 12) as session:
        log = get_or_open_log(session, days.office.project, DAY)

    with pytest.raises((WrongState, ValueError)):
        deliver(days, log)


def test_wrong_address_is_refused_and_nobody_gets_anything(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    with pytest.raises(InvalidInput):
        deliver(friday, log, ["new@example.test", "nobody"])

    assert all_mails(friday) == []


def sweep(days: Days, day: date, hour: int, minute: int = 0) -> LogReport:
    """Run the sweep at a moment."""
    with clock_at(day, hour, minute), days.app.test_request_context():
        return close_and_send_due()


def test_sweep_closes_and_sends_at_the_time_of_the_project(days: Days) -> None:
    assert sweep(days, DAY, 18, 29) == LogReport()
    assert sweep(days, DAY, 18, 30) == LogReport(closed=1, mails=2)
    assert sweep(days, DAY, 18, 31) == LogReport()
    assert len(all_mails(days)) == 2


def test_sweep_catches_up_in_the_morning(days: Days) -> None:
    sweep(days, FIRST_DAY, 18, 30)
    saturday = DAY + timedelta(days=1)

    assert sweep(days, saturday, 7, 59) == LogReport()
    assert sweep(days, saturday, 8) == LogReport(closed=1, mails=2)
    assert [key[12:22] for _recipient, key in all_mails(days)] == ["2026-11-19"] * 2 + ["2026-11-20"] * 2


def test_sweep_sends_a_log_that_was_closed_but_not_sent(days: Days, close: CloseDay) -> None:
    close(DAY)

    assert sweep(days, DAY, 18, 35) == LogReport(closed=0, mails=2)


def test_sweep_leaves_projects_alone_that_do_it_by_hand(days: Days) -> None:
    with days.at(DAY, 9) as session:
        session.merge(days.office.project).is_log_automatic = False

    assert sweep(days, DAY, 19) == LogReport()
