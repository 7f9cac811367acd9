"""The findings of the sanity rules in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from salesoffice.core.money import format_yuan
from salesoffice.infra.i18n import _
from salesoffice.pricing.enums import FindingKind
from salesoffice.pricing.rules import Finding

_FLOORS = frozenset({FindingKind.BELOW_GROUP_FLOOR, FindingKind.BELOW_PROJECT_FLOOR})


@dataclass(frozen=True)
class FindingGroup:
    """All findings of one kind: how many, and the first of them with their words."""

    kind: FindingKind
    count: int
    is_blocking: bool
    needs_executive: bool
    first: tuple[tuple[Finding, str], ...]


def group_findings(
    findings: Iterable[Finding], *, may_see_floors: bool, limit: int = 8
) -> list[FindingGroup]:
    """Group findings by kind in their order; the floors themselves only for whom they are meant."""
    by_kind: dict[FindingKind, list[Finding]] = {}
    for finding in findings:
        by_kind.setdefault(finding.kind, []).append(finding)
    return [
        FindingGroup(
            kind,
            len(found),
            found[0].is_blocking,
            found[0].needs_executive,
            tuple(
                (finding, describe_finding(finding, may_see_floors=may_see_floors))
                for finding in found[:limit]
            ),
        )
        for kind, found in by_kind.items()
    ]


def describe_finding(finding: Finding, *, may_see_floors: bool) -> str:
    """Say in a sentence what was found, without the unit."""
    values: dict[str, Any] = {name: _write(value) for name, value in finding.values.items()}
    match finding.kind:
        case FindingKind.ABOVE_FILED:
            return _("%(price)s yuan, filed %(limit)s yuan", **values)
        case FindingKind.REFILE_NEEDED:
            return _("%(price)s yuan, filed %(limit)s yuan: to be filed again", **values)
        case FindingKind.LARGE_MOVE | FindingKind.TOTAL_DELTA:
            return _("from %(old)s to %(price)s yuan (%(rate)s)", **values)
        case FindingKind.HIGHER_IS_CHEAPER if finding.values["per"]:
            return _("%(price)s yuan/m², below it %(unit)s has %(below)s yuan/m²", **values)
        case FindingKind.HIGHER_IS_CHEAPER:
            return _("%(price)s yuan, below it %(unit)s has %(below)s yuan", **values)
        case FindingKind.PRICE_MISSING:
            return _("on sale or in a release batch, but without a price")
        case _ if finding.kind in _FLOORS and may_see_floors:
            return _("%(price)s yuan, floor price %(limit)s yuan", **values)
    return _("%(price)s yuan", **values)


def _write(value: int | str | Decimal) -> str:
    if isinstance(value, Decimal):
        return f"{value * 100:+.2f}%"
    return format_yuan(value) if isinstance(value, int) else value
