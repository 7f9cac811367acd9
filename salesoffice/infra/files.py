"""Stored files: kept under their SHA-256 in the data directory, written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.infra.models import StoredFile


def store_file(
    session: Session, data: bytes, *, name: str, media_type: str, project_id: int | None = None
) -> StoredFile:
    """Keep a file; equal content of a project under the same name is one row. Returns the row, flushed."""
    digest = hashlib.sha256(data).hexdigest()
    _write_once(_path_of(digest), data)
    statement = select(StoredFile).where(
        StoredFile.sha256 == digest, StoredFile.name == name, StoredFile.project_id == project_id
    )
    stored = session.scalars(statement).first()
    if stored is None:
        stored = StoredFile(
            project_id=project_id,
            sha256=digest,
            size=len(data),
            name=name,
            media_type=media_type,
            created_at=clock.now(),
        )
        session.add(stored)
        session.flush()
    return stored


def get_file(session: Session, file_id: int) -> StoredFile:
    """Return a stored file's row; raises NotFound."""
    stored = session.get(StoredFile, file_id)
    if stored is None:
        raise NotFound(_l("There is no such file."))
    return stored


def read_file(stored: StoredFile) -> bytes:
    """Return the content of a stored file."""
    return _path_of(stored.sha256).read_bytes()


def find_damaged_files(session: Session) -> Iterator[str]:
    """Yield every stored file that is missing or whose content does not match its SHA-256, in words."""
    for stored in session.scalars(select(StoredFile).order_by(StoredFile.id)):
        path = _path_of(stored.sha256)
        if not path.exists():
            yield f"file {stored.id} ({stored.name}): missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != stored.sha256:
            yield f"file {stored.id} ({stored.name}): content does not match its SHA-256"


def _path_of(digest: str) -> Path:
    folder: Path = current_app.config["DATA_DIR"]
    return folder / "files" / digest[:2] / digest


def _write_once(path: Path, data: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
