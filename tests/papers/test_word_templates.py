"""Templates are uploaded and checked, kept by version, used; a paper is issued from the one in use."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from salesoffice.infra.db import transaction
from salesoffice.infra.files import read_file
from salesoffice.papers.documents import build_data, list_printed
from salesoffice.papers.documents.fields import HIDDEN, list_fields
from salesoffice.papers.enums import PaperFormat, PaperKind
from salesoffice.papers.models import Paper, WordTemplate
from salesoffice.papers.services.word import activate_template, add_template
from salesoffice.reservations.models import Subscription
from tests.factories import Office
from tests.factories.sales import CERTIFICATE
from tests.papers.word import build_agreement, read_words, write

SignIn = Callable[..., FlaskClient]
PAGE = "/p/P1/word-templates"
KIND = PaperKind.SUBSCRIPTION


@pytest.fixture
def template(session: Session, office: Office) -> WordTemplate:
    """A template of the agreement, in use."""
    with transaction() as writing:
        actor = office.actor(office.admin)
        data = build_agreement()
        kept = add_template(writing, office.project.id, actor=actor, kind=KIND, name="2026", data=data)
        return activate_template(writing, kept, actor=actor)


def upload(browser: FlaskClient, data: bytes, nonce: str = "a") -> TestResponse:
    form = {"kind": "subscription", "name": "2026 版", "nonce": nonce, "file": (BytesIO(data), "a.docx")}
    return browser.post(PAGE, data=form)


def test_upload_is_a_new_version_not_in_use(session: Session, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.admin)

    answers = [upload(browser, build_agreement(), nonce).status_code for nonce in ("a", "a", "b")]

    rows = session.execute(select(WordTemplate.version, WordTemplate.is_active)).all()
    assert answers == [302, 302, 302]
    assert rows == [(1, False), (2, False)]


def test_wrong_template_is_refused_and_nothing_kept(
    session: Session, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.admin)
    browser.set_cookie("language", "en")

    answer = upload(browser, write("{{ total_amont }}"))

    assert answer.status_code == 422
    assert "Did you mean total_amount" in answer.text
    assert 'value="2026 版"' in answer.text
    assert session.scalars(select(WordTemplate.id)).all() == []


def test_one_version_is_in_use_at_most(
    session: Session, office: Office, template: WordTemplate, sign_in: SignIn
) -> None:
    browser = sign_in(office.admin)
    upload(browser, build_agreement())

    statuses = [browser.post(f"{PAGE}/2/use").status_code for _ in range(2)]
    session.rollback()
    active = session.scalars(select(WordTemplate.version).where(WordTemplate.is_active)).all()
    browser.post(f"{PAGE}/2/stop")
    session.rollback()

    assert (statuses, active) == ([302, 302], [2])
    assert session.scalars(select(WordTemplate.version).where(WordTemplate.is_active)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE word_templates SET file_id = file_id + 1",
        "UPDATE word_templates SET version = 9",
        "DELETE FROM word_templates",
    ],
)
def test_database_keeps_versions_as_they_were(
    session: Session, template: WordTemplate, statement: str
) -> None:
    with pytest.raises(DatabaseError), transaction() as writing:
        writing.execute(text(statement))


def test_files_of_a_template_are_given_out(office: Office, template: WordTemplate, sign_in: SignIn) -> None:
    browser = sign_in(office.admin)

    files = [browser.get(f"{PAGE}/{path}").data for path in ("1/file", "1/preview", "starter/subscription")]

    assert files[0] == build_agreement() or read_words(files[0])[0] == "商品房认购书"
    assert "1|张三|110101199003070011|13800001234" in read_words(files[1])
    assert any("{{ agreement_no }}" in line for line in read_words(files[2]))
    assert "total_amount_capitals" in browser.get(f"{PAGE}/fields/subscription").text
    assert browser.get(f"{PAGE}/fields/registration_slip").status_code == 404


@pytest.mark.parametrize("path", ["", "/fields/subscription", "/starter/subscription", "/1/file"])
def test_only_the_administrator_sees_templates(
    office: Office, template: WordTemplate, sign_in: SignIn, path: str
) -> None:
    users = (office.manager, office.assistant, office.executive, office.stranger)

    statuses = [sign_in(user).get(PAGE + path).status_code for user in users]

    assert statuses == [403, 403, 403, 404]


def test_every_field_of_an_agreement_is_in_the_list(
    session: Session, office: Office, sale: Subscription
) -> None:
    data = build_data(session, KIND, session.get_one(Subscription, sale.id), actor=office.actor(office.admin))

    names = set()
    for name, value in list_printed(data).items():
        names.add(name)
        if isinstance(value, list):
            names |= {f"{name}.{key}" for row in value for key in row if key not in HIDDEN}
    assert names <= {line.name for line in list_fields(KIND)}


def test_paper_is_issued_as_word_and_read_back(
    session: Session, office: Office, sale: Subscription, template: WordTemplate, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    page = f"/p/P1/deals/{sale.deal.number}/papers/new?what=subscription:subscriptions:{sale.id}"
    assert 'value="word"' in browser.get(page).text

    answer = browser.post(page, data={"action": "word", "nonce": "a"})

    session.rollback()
    paper = session.scalars(select(Paper)).one()
    words = read_words(read_file(paper.file))
    assert answer.status_code == 302
    assert (paper.format, paper.template_id) == (PaperFormat.DOCX, template.id)
    assert f"1|张甲|{CERTIFICATE}|13800001234" in words
    assert any("总价 900,000.00 元（大写：人民币玖拾万元整）" in line for line in words)
    assert any("50,000.00" in line and "定金" in line for line in words)
    assert sum("|" in line and "2026" in line for line in words) >= 1


def test_without_template_word_is_refused(office: Office, sale: Subscription, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    page = f"/p/P1/deals/{sale.deal.number}/papers/new?what=subscription:subscriptions:{sale.id}"

    assert 'value="word"' not in browser.get(page).text
    assert browser.post(page, data={"action": "word", "nonce": "a"}).status_code == 404
