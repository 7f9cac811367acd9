"""Every refusal of a whole file: one code each, and a text that says what to do."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200
UNPROCESSABLE = 422


def build_unreadable() -> DomainError:
    """The file is cut off, damaged, or not a table at all: `file_unreadable`."""
    message = _l(
        "The file cannot be read: it is damaged, cut off or not a table. Open it in your spreadsheet program, "
        "save it as XLSX or CSV and upload it again."
    )
    return DomainError(message, code="file_unreadable", status=UNPROCESSABLE)


def build_protected() -> DomainError:
    """The workbook asks for a password: `file_protected`."""
    message = _l("The file is protected by a password. Remove the password and upload it again.")
    return DomainError(message, code="file_protected", status=UNPROCESSABLE)


def build_empty() -> DomainError:
    """There is no row of data below a header: `file_empty`."""
    message = _l("The file holds no rows. It needs one header row and at least one unit below it.")
    return DomainError(message, code="file_empty", status=UNPROCESSABLE)


def build_too_large(limit_bytes: int) -> DomainError:
    """The file, or what it unpacks to, is larger than `limit_bytes`: `file_too_large`."""
    limit = limit_bytes // (1024 * 1024)
    message = _l(
        "The file is larger than %(limit)d MB. Split it into one file per building and upload them together.",
        limit=limit,
    )
    return DomainError(message, code="file_too_large", status=UNPROCESSABLE, limit_bytes=limit_bytes)


def build_too_many_rows() -> DomainError:
    """More than `MAX_ROWS` rows: `too_many_rows`."""
    message = _l("The file has more than %(limit)d rows. Split it into several files.", limit=MAX_ROWS)
    return DomainError(message, code="too_many_rows", status=UNPROCESSABLE, limit=MAX_ROWS)


def build_too_many_columns() -> DomainError:
    """More than `MAX_COLUMNS` columns: `too_many_columns`."""
    message = _l(
        "The file has more than %(limit)d columns. Delete the columns that are not needed.", limit=MAX_COLUMNS
    )
    return DomainError(message, code="too_many_columns", status=UNPROCESSABLE, limit=MAX_COLUMNS)


def build_encoding_unknown() -> DomainError:
    """The text is neither UTF-8 nor GBK/GB18030: `encoding_unknown`."""
    message = _l(
        "The characters of the file cannot be read: it is neither UTF-8 nor GBK. "
        "Save it as “CSV UTF-8” or as XLSX and upload it again."
    )
    return DomainError(message, code="encoding_unknown", status=UNPROCESSABLE)
