"""Reading an uploaded file before any transaction is open: it may take a second and starts a process of its own."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import ColumnField, FileKind, ImportKind
from salesoffice.imports.models import ImportBatch
from salesoffice.imports.queries import find_profile, find_profile_by_name, read_mapping
from salesoffice.imports.rules import (
    ParsedFile,
    Profile,
    Table,
    guess_profile,
    list_profile_names,
    parse_rows,
    read_table,
)
from salesoffice.imports.rules.people import parse_customers
from salesoffice.infra.files import get_file, read_file

MEDIA_TYPES: Mapping[FileKind, str] = {
    FileKind.CSV: "text/csv",
    FileKind.JSON: "application/json",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SAMPLE_ROWS = 5
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    """A file that was read. `mapping` is the person's own mapping of columns, if one was used."""

    data: bytes
    file_name: str
    building: str
    table: Table
    parsed: ParsedFile
    mapping: Mapping[str, ColumnField]

    @property
    def kind(self) -> ImportKind:
        """What the file brings."""
        return self.parsed.profile.kind

    @property
    def media_type(self) -> str:
        """What kind of file it is, told by its content."""
        return MEDIA_TYPES[self.table.kind]


def read_upload(
    session: Session,
    project_id: int,
    *,
    data: bytes,
    file_name: str,
    building: str | None = None,
    profile: str | None = None,
    mapping: Mapping[str, ColumnField] | None = None,
    kind: ImportKind | None = None,
) -> Upload:
    """Read a file. Call it before `transaction()`.

    `building` is for rows that name none, `profile` the name of a known layout or of a remembered mapping, `mapping`
    says which column is what; without both, the mapping remembered for this header counts, else the best known
    layout. `kind` says what the file brings; without it the columns tell. Refused as by `read_table`, `guess_profile`
    and `parse_rows`.
    """
    name = clean_file_name(file_name)
    table = read_table(data, name)
    choice = _choose_columns(session, project_id, table.header, mapping, profile, kind)
    found = guess_profile(table.header, mapping=choice.mapping, name=choice.layout, kind=choice.kind)
    if found.kind is ImportKind.CUSTOMERS:
        parsed = parse_customers(table, found)
    else:
        parsed = parse_rows(table, found, building=building or None)
    return Upload(data, name, (building or "").strip(), table, parsed, dict(choice.mapping or {}))


def reread_upload(
    session: Session,
    batch: ImportBatch,
    *,
    mapping: Mapping[str, ColumnField] | None = None,
    kind: ImportKind | None = None,
) -> Upload:
    """Read the file of an import again, as it was read for its preview or with another mapping of columns."""
    data = read_file(get_file(session, batch.file_id))
    known = batch.profile if batch.profile in list_profile_names() else None
    used = mapping or read_mapping(batch.mapping)
    return read_upload(
        session,
        batch.project_id,
        data=data,
        file_name=batch.file_name,
        building=batch.building,
        profile=None if used else known,
        mapping=used,
        kind=kind or batch.kind,
    )


def hash_header(header: Sequence[str]) -> str:
    """The key under which the columns of a header are remembered."""
    return hashlib.sha256("\x1f".join(header).encode()).hexdigest()


def clean_file_name(file_name: str) -> str:
    """The last part of a file's name, printable and short enough to be kept."""
    name = PurePath(file_name.replace("\\", "/")).name
    return "".join(sign for sign in name if sign.isprintable())[-_LONGEST_NAME:] or "upload"


def name_columns(header: Sequence[str], profile: Profile) -> dict[str, str]:
    """What each column of a header is read as, empty for those that are not read."""
    return {
        column: field.value if field else "" for column, field in zip(header, profile.columns, strict=False)
    }


def dump_mapping(mapping: Mapping[str, ColumnField]) -> str:
    """A mapping as it is stored."""
    return json.dumps({column: field.value for column, field in mapping.items()}, ensure_ascii=False)


class _Choice(NamedTuple):
    mapping: Mapping[str, ColumnField] | None
    layout: str | None
    kind: ImportKind | None


def _choose_columns(
    session: Session,
    project_id: int,
    header: Sequence[str],
    mapping: Mapping[str, ColumnField] | None,
    profile: str | None,
    kind: ImportKind | None,
) -> _Choice:
    if mapping:
        return _Choice(mapping, None, kind)
    if profile and profile not in list_profile_names():
        named = find_profile_by_name(session, project_id, profile)
        return (
            _Choice(read_mapping(named.mapping), None, named.kind) if named else _Choice(None, profile, kind)
        )
    if profile:
        return _Choice(None, profile, kind)
    remembered = find_profile(session, project_id, hash_header(header))
    if remembered is None or kind not in {None, remembered.kind}:
        return _Choice(None, None, kind)
    known = read_mapping(remembered.mapping)
    try:
        guess_profile(header, mapping=known, kind=remembered.kind)
    except DomainError:
        return _Choice(None, None, kind)  # remembered by an older version in a way that does not fit any more
    return _Choice(known, None, remembered.kind)
