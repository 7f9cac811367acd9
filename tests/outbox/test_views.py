"""The page of outgoing mail: it tells the truth and lets people decide."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.infra.models import AuditEntry, MailProblem, MailState, OutboxMail
from salesoffice.infra.outbox import deliver_pending, queue_mail
from salesoffice.outbox.services import attempt_mark
from salesoffice.staff.models import User
from tests.factories import Office
from tests.support.smtp import SmtpServer

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}
PATH = "/p/P1/outbox"


@pytest.fixture
def mail(app: Flask, office: Office) -> OutboxMail:
    """A mail of the project that waits."""
    return make_mail(app, office, "ann")


def make_mail(app: Flask, office: Office, name: str, **values: object) -> OutboxMail:
    with app.app_context(), transaction() as session:
        made = queue_mail(
            session, key=name, project_id=office.project.id, to=f"{name}@example.test", subject=f"Log for {name}",
            text="Sold: 2", html="<p>Sold: <b>2</b></p>", message_id=f"<{name}@salesoffice.test>",
        )  # fmt: skip
        for field, value in values.items():
            setattr(made, field, value)
    return made


def uncertain(app: Flask, office: Office) -> OutboxMail:
    return make_mail(
        app, office, "bob", state=MailState.UNCERTAIN, problem=MailProblem.UNANSWERED, attempt_count=1,
        handed_over_at=clock.now(),
    )  # fmt: skip


def reload(app: Flask, mail: OutboxMail) -> OutboxMail:
    with app.app_context():
        return db.session.get_one(OutboxMail, mail.id)


def test_list_shows_states_counts_and_problems(
    app: Flask, office: Office, mail: OutboxMail, sign_in: SignIn
) -> None:
    make_mail(
        app,
        office,
        "cai",
        state=MailState.REFUSED,
        problem=MailProblem.REFUSED,
        last_error="550 no such person",
    )

    page = sign_in(office.manager).get(PATH, headers=ENGLISH)

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for word in (
        "ann@example.test",
        "Waiting to be sent",
        "cai@example.test",
        "Not accepted",
        "550 no such person",
    ):
        assert word in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=refused", {"cai"}),
        ("state=pending", {"ann"}),
        ("q=LOG+for+a", {"ann"}),
        ("q=%25", set()),
        ("state=x", {"ann", "cai"}),
    ],
)
def test_list_is_filtered(
    app: Flask, office: Office, mail: OutboxMail, sign_in: SignIn, query: str, shown: set[str]
) -> None:
    make_mail(app, office, "cai", state=MailState.REFUSED)

    text = sign_in(office.manager).get(f"{PATH}?{query}").get_data(as_text=True)

    assert {name for name in ("ann", "cai") if f"{name}@example.test" in text} == shown


def test_list_costs_the_same_for_many_mails(app: Flask, office: Office, sign_in: SignIn) -> None:
    for number in range(40):
        make_mail(app, office, f"p{number}")

    text = sign_in(office.manager).get(PATH, headers=ENGLISH).get_data(as_text=True)

    assert text.count("@example.test</a>") == 30


def test_mail_is_shown_with_its_text(office: Office, mail: OutboxMail, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)

    page = browser.get(f"{PATH}/{mail.id}", headers=ENGLISH)
    preview = browser.get(f"{PATH}/{mail.id}/html")

    assert "Sold: 2" in page.get_data(as_text=True)
    assert "<iframe sandbox" in page.get_data(as_text=True)
    assert preview.get_data(as_text=True) == "<p>Sold: <b>2</b></p>"
    assert preview.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_stranger_finds_nothing(office: Office, mail: OutboxMail, sign_in: SignIn) -> None:
    stranger = sign_in(office.stranger)

    answers = [
        stranger.get(PATH), stranger.get(f"{PATH}/{mail.id}"), stranger.get(f"{PATH}/{mail.id}/html"),
        stranger.get(f"/p/P1-OTHER/outbox/{mail.id}"), stranger.post(f"/p/P1-OTHER/outbox/{mail.id}/again"),
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [404] * 5


@pytest.mark.parametrize("action", ["now", "again", "arrived"])
def test_rep_and_executive_may_neither_read_nor_send(
    office: Office, mail: OutboxMail, sign_in: SignIn, action: str
) -> None:
    answers = [
        answer.status_code
        for person in (office.rep, office.executive)
        for browser in [sign_in(person)]
        for answer in (browser.get(PATH), browser.post(f"{PATH}/{mail.id}/{action}"))
    ]

    assert answers == [403] * 4


def test_signed_out_person_is_asked_to_sign_in(office: Office, mail: OutboxMail, client: FlaskClient) -> None:
    answers = [client.get(PATH), client.post(f"{PATH}/{mail.id}/again")]

    assert [(answer.status_code, "/login" in answer.location) for answer in answers] == [(302, True)] * 2


def test_waiting_mail_is_sent_now(
    app: Flask, office: Office, mail: OutboxMail, sign_in: SignIn, smtp_server: SmtpServer
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(OutboxMail, mail.id).next_attempt_at = clock.now() + timedelta(hours=1)
    browser = sign_in(office.assistant)

    answers = [browser.post(f"{PATH}/{mail.id}/now") for _ in range(2)]
    with app.app_context():
        deliver_pending()

    assert [answer.status_code for answer in answers] == [302, 302]
    assert smtp_server.recipients == ["ann@example.test"]


def test_uncertain_mail_needs_the_word_of_a_person(
    app: Flask, office: Office, sign_in: SignIn, smtp_server: SmtpServer
) -> None:
    mail = uncertain(app, office)
    browser = sign_in(office.assistant)
    values = {"attempt": attempt_mark(mail)}

    without = browser.post(f"{PATH}/{mail.id}/again", data=values, headers=ENGLISH)
    with_word = [
        browser.post(f"{PATH}/{mail.id}/again", data=values | {"accepts_copy": "y"}) for _ in range(2)
    ]
    with app.app_context():
        deliver_pending()
    late = browser.post(f"{PATH}/{mail.id}/again", data=values | {"accepts_copy": "y"}, headers=ENGLISH)

    assert without.status_code == 422
    assert "Confirm that the recipient may get this mail a second time." in without.get_data(as_text=True)
    assert [answer.status_code for answer in with_word] == [302, 302]
    assert [received.message["Message-ID"] for received in smtp_server.messages] == ["<bob@salesoffice.test>"]
    assert late.status_code == 409
    assert "It is not sent a second time." in late.get_data(as_text=True)


def test_refused_mail_is_sent_again_after_the_mistake_is_mended(
    app: Flask, office: Office, mail: OutboxMail, sign_in: SignIn, smtp_server: SmtpServer
) -> None:
    smtp_server.refused = lambda _address: True
    with app.app_context():
        deliver_pending()
    smtp_server.refused = lambda _address: False
    refused = reload(app, mail)

    answer = sign_in(office.manager).post(f"{PATH}/{mail.id}/again", data={"attempt": attempt_mark(refused)})
    with app.app_context():
        deliver_pending()

    assert answer.status_code == 302
    assert (refused.state, reload(app, mail).state) == (MailState.REFUSED, MailState.SENT)
    with app.app_context():
        actions = db.session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_kind == "outbox_mails")
        ).all()
    assert actions == ["mail.queued_again"]


def test_page_of_an_older_attempt_sends_nothing(app: Flask, office: Office, sign_in: SignIn) -> None:
    mail = uncertain(app, office)

    answer = sign_in(office.manager).post(
        f"{PATH}/{mail.id}/again", data={"attempt": "1-0.000000", "accepts_copy": "y"}
    )

    assert (answer.status_code, reload(app, mail).state) == (409, MailState.UNCERTAIN)


def test_uncertain_mail_is_marked_as_arrived(app: Flask, office: Office, sign_in: SignIn) -> None:
    mail = uncertain(app, office)
    browser = sign_in(office.manager)

    answers = [browser.post(f"{PATH}/{mail.id}/arrived") for _ in range(2)]

    arrived = reload(app, mail)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (arrived.state, arrived.sent_at) == (MailState.SENT, mail.handed_over_at)


def test_waiting_mail_cannot_be_marked_as_arrived(
    app: Flask, office: Office, mail: OutboxMail, sign_in: SignIn
) -> None:
    answer = sign_in(office.manager).post(f"{PATH}/{mail.id}/arrived")

    assert (answer.status_code, reload(app, mail).state) == (409, MailState.PENDING)
