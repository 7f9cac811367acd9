"""The table of roles, and the document made from it."""

from pathlib import Path

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Permission, Role
from salesoffice.staff.documents import build_permission_rows, build_permissions_document
from salesoffice.staff.enums import PERMISSION_LABELS, ROLE_LABELS

ROOT = Path(__file__).resolve().parents[2]


def test_every_role_and_permission_has_a_label() -> None:
    assert (set(ROLE_LABELS), set(PERMISSION_LABELS)) == (set(Role), set(Permission))


def test_document_agrees_with_the_table(session: Session) -> None:
    assert (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8") == build_permissions_document()


def test_row_marks_who_confirms_receipts(session: Session) -> None:
    row = next(row for row in build_permission_rows() if row.permission is Permission.RECEIPT_CONFIRM)

    allowed = {role for role, mark in zip(Role, row.marks, strict=True) if mark}
    assert allowed == {Role.FINANCE, Role.ADMIN}
