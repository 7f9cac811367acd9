"""Reading XLSX and XLS without trusting them."""

import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from salesoffice.core.errors import DomainError
from salesoffice.imports.rules.refusals import (
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    build_empty,
    build_protected,
    build_too_large,
    build_too_many_columns,
    build_too_many_rows,
    build_unreadable,
)

ZIP_MARK = b"PK\x03\x04"
COMPOUND_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHILD = Path(__file__).with_name("workbook_child.py")
_CHILD_MEMORY_BYTES = 1536 * 1024 * 1024
_CHILD_CPU_SECONDS = 20
_CHILD_SECONDS = 60
_HEADER_ROWS = 20
_MAX_MEMBERS = 5000
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ARCHIVE_ERRORS = (
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
_CHUNK_BYTES = 1024 * 1024


class Sheet(NamedTuple):
    """A filled visible sheet: its name, the line number of its first row, its rows as text."""

    name: str
    first_line: int
    rows: list[list[str]]


def read_workbook(data: bytes) -> list[Sheet]:
    """The filled visible sheets of a workbook; rows are empty for sheets beyond the limits after the first.

    The workbook is read in a process of its own with limited memory and time, because a damaged one can end
    the process that reads it. Refused: see `refusals`.
    """
    if data.startswith(ZIP_MARK):
        check_archive(data)
    answer = _ask_child(data)
    refused = answer.get("refused")
    if refused is not None:
        raise _build_refusal(str(refused))
    sheets = answer.get("sheets")
    if not isinstance(sheets, list):
        raise build_unreadable()
    return [Sheet(str(name), int(first_line), rows) for name, first_line, rows in sheets]


def check_archive(data: bytes) -> None:
    """Refuse a zip file that is damaged or unpacks to more than `MAX_UNPACKED_BYTES`, whatever it claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise build_too_large(MAX_UNPACKED_BYTES)
            if len(members) > _MAX_MEMBERS or any(member.compress_type not in _METHODS for member in members):
                raise build_unreadable()
            for member in members:
                _read_through(archive, member)
    except _ARCHIVE_ERRORS as error:
        raise build_unreadable() from error


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack one member piece by piece; a false size shows as a wrong checksum."""
    with archive.open(member) as stream:
        while stream.read(_CHUNK_BYTES):
            pass


def _ask_child(data: bytes) -> dict[str, object]:
    limits = (MAX_ROWS + _HEADER_ROWS, MAX_COLUMNS, _CHILD_MEMORY_BYTES, _CHILD_CPU_SECONDS)
    command = [sys.executable, "-I", str(_CHILD), *(str(limit) for limit in limits)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_CHILD_SECONDS, check=True)
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise build_unreadable() from error
    if not isinstance(answer, dict):
        raise build_unreadable()
    return answer


def _build_refusal(reason: str) -> DomainError:
    builders = {
        "empty": build_empty,
        "rows": build_too_many_rows,
        "columns": build_too_many_columns,
        "password": build_protected,
    }
    return builders.get(reason, build_unreadable)()
