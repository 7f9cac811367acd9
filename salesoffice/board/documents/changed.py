"""What a change of a sale did, in the story of the sale: its kind and the values that are nobody's secret."""

from collections.abc import Mapping

from salesoffice.changes.documents import build_rows
from salesoffice.changes.enums import ChangeKind
from salesoffice.infra.i18n import _

TOLD = frozenset(
    {
        "stage",
        "unit",
        "sign_by",
        "total_fen",
        "price_fen",
        "kept_fen",
        "owed_fen",
        "refundable_fen",
        "filing_no",
    }
)
"""The values that are told; names of buyers and schedules are left to the page of the change."""


def tell_change(action: str, before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Tell the kind of a change, and old and new of what may be told; nothing for other actions."""
    if not action.startswith("change."):
        return []
    kinds = {kind.value: str(kind.label) for kind in ChangeKind}
    old = {name: value for name, value in before.items() if name in TOLD}
    new = {name: value for name, value in after.items() if name in TOLD}
    rows = [row for row in build_rows(old, new) if row.is_changed]
    changed = [
        str(_("%(fact)s: %(old)s → %(new)s", fact=row.label, old=row.old, new=row.new)) for row in rows
    ]
    return [kinds.get(str(after.get("kind")), ""), *changed]
