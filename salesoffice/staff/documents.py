"""The role × action table, for the page and for docs/permissions.md."""

from dataclasses import dataclass

from salesoffice.core.permissions import ROLE_PERMISSIONS, Permission, Role
from salesoffice.infra.i18n import speak
from salesoffice.staff.enums import PERMISSION_LABELS, ROLE_LABELS


@dataclass(frozen=True)
class PermissionRow:
    """One action and, in the order of the roles, who may do it."""

    permission: Permission
    label: str
    marks: tuple[bool, ...]


def build_permission_rows() -> list[PermissionRow]:
    """Build the table in the reader's language, one row per permission in the order of the enumeration."""
    return [
        PermissionRow(
            permission,
            str(PERMISSION_LABELS[permission]),
            tuple(permission in ROLE_PERMISSIONS[role] for role in Role),
        )
        for permission in Permission
    ]


def build_permissions_document() -> str:
    """Build the text of docs/permissions.md, in English."""
    with speak("en"):
        heads = [str(ROLE_LABELS[role]) for role in Role]
        rows = [
            _as_line([row.label, f"`{row.permission}`", *("yes" if mark else "" for mark in row.marks)])
            for row in build_permission_rows()
        ]
    codes = ", ".join(f"`{role}`" for role in Role)
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Made from `salesoffice/core/permissions.py` by `python -m salesoffice.cli permissions`; a test keeps both",
            f"in agreement. Roles belong to a project ({codes}); an administrator of the installation may do everything",
            "in every project. What belongs to a project in which a person has no role does not exist for that person.",
            "",
            _as_line(["action", "name", *heads]),
            _as_line(["---", "---", *(":-:" for _ in heads)]),
            *rows,
            "",
        ]
    )


def _as_line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
