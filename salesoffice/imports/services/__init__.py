"""Importing price filings and office tables: read, preview, commit."""

from salesoffice.imports.services.batches import (
    PreviewOutdated,
    RowsRejected,
    commit_import,
    import_file,
    keep_unmapped,
    plan_import,
    preview_import,
    remember_columns,
)
from salesoffice.imports.services.uploads import Upload, read_upload, reread_upload

__all__ = [
    "PreviewOutdated",
    "RowsRejected",
    "Upload",
    "commit_import",
    "import_file",
    "keep_unmapped",
    "plan_import",
    "preview_import",
    "read_upload",
    "remember_columns",
    "reread_upload",
]
