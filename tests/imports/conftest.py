"""Files as the tests of imports need them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM
from salesoffice.imports.services import import_file, read_upload
from salesoffice.infra.db import transaction
from salesoffice.projects.models import Project
from salesoffice.projects.services import create_project

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注"


def make_csv(*rows: str) -> bytes:
    """Build a filing with the given rows."""
    return "\n".join([HEADER, *rows, ""]).encode()


@pytest.fixture
def project(session: Session) -> Project:
    """An empty project."""
    with transaction():
        return create_project(session, actor=SYSTEM, code="IMP", name="Import")


@pytest.fixture
def load(session: Session, project: Project) -> Callable[..., dict[str, int]]:
    """Import a file into the project; return its counts."""

    def run(data: bytes, name: str = "units.csv", *, building: str | None = None) -> dict[str, int]:
        upload = read_upload(session, project.id, data=data, file_name=name, building=building)
        with transaction() as writing:
            _batch, summary = import_file(writing, project.id, actor=SYSTEM, upload=upload)
        return {
            "created": summary.created,
            "updated": summary.updated,
            "unchanged": summary.unchanged,
            "rejected": summary.rejected,
        }

    return run


@pytest.fixture
def filings(shared_data: Path) -> Path:
    """The folder of the eight real filings."""
    return shared_data / "filing_utf8"
