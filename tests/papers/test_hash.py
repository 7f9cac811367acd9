"""The data of a paper is the same text, with the same hash, on both databases."""

import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.infra.crypto import Keyring
from salesoffice.infra.db import transaction
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.queries import build_data
from tests.factories import make_office
from tests.factories.paper_subjects import make_large_sale

DIGEST = "45edc042b93a96aa230428e5aede652dec855445a2b0097929e8427bcfa50b50"


@time_machine.travel("2026-06-01 10:00:00+08:00", tick=False)
def test_equal_sales_have_equal_hashes_on_both_databases(app: Flask, session: Session) -> None:
    app.extensions["salesoffice_keyring"] = Keyring(b"e" * 64, b"i" * 32)
    with transaction():
        office = make_office(session)
        sale = make_large_sale(session, office)

    data = build_data(session, PaperKind.SUBSCRIPTION, sale, actor=Actor(id=None, name="nobody"))

    assert data.digest == DIGEST
