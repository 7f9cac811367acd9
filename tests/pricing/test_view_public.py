"""The public page of a price version, behind the code on every print."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.infra.db import transaction
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import publish_prices
from tests.factories import Office

PAGE = "/prices/P1/versions/1"


def publish(app: Flask, office: Office) -> None:
    """Put version 2 into force."""
    price = PriceDraft(PriceBasis.GROSS, 11_000_00, 13_750_00, 990_000_00)
    with app.test_request_context(), transaction() as session:
        publish_prices(
            session,
            office.project.id,
            actor=office.actor(office.assistant),
            prices={office.units[0].id: price},
            source="x",
        )


def test_version_in_force_says_so_without_prices(office: Office, client: FlaskClient) -> None:
    answer = client.get(PAGE)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "起执行" in page
    assert "900,000.00" not in page
    assert '/prices/P1"' not in page


def test_superseded_version_leads_to_the_current_one(
    office: Office, session: Session, app: Flask, client: FlaskClient
) -> None:
    publish(app, office)

    page = client.get(PAGE).get_data(as_text=True)

    assert "起已被取代" in page
    assert 'href="/prices/P1/versions/2"' in page


def test_version_is_told_in_english_when_asked(office: Office, client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?lang=en").get_data(as_text=True)

    assert "In force since" in page


def test_unknown_version_or_project_does_not_exist(office: Office, client: FlaskClient) -> None:
    paths = ("/prices/P1/versions/9", "/prices/NO/versions/1", "/prices/P1-OTHER/versions/1")

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
