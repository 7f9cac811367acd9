"""Importing price filings, registers, surveys and lists of customers: read, preview, commit."""

from salesoffice.imports.services.batches import (
    RowsRejected,
    commit_import,
    import_file,
    keep_unmapped,
    preview_import,
)
from salesoffice.imports.services.people import check_kind
from salesoffice.imports.services.planning import PreviewOutdated, plan_import
from salesoffice.imports.services.profiles import remember_columns, remove_profile, rename_profile
from salesoffice.imports.services.uploads import Upload, read_upload, reread_upload

__all__ = [
    "PreviewOutdated",
    "RowsRejected",
    "Upload",
    "check_kind",
    "commit_import",
    "import_file",
    "keep_unmapped",
    "plan_import",
    "preview_import",
    "read_upload",
    "remember_columns",
    "remove_profile",
    "rename_profile",
    "reread_upload",
]
