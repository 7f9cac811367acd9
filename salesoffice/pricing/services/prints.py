"""Marking a version as printed."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.models import StoredFile
from salesoffice.pricing.enums import PriceVersionState, SheetFormat, SheetKind
from salesoffice.pricing.models import PriceVersion, SheetPrint
from salesoffice.pricing.queries.sheets import find_recent_print

PRINTABLE = frozenset({PriceVersionState.APPROVED, PriceVersionState.IN_FORCE, PriceVersionState.SUPERSEDED})
"""Versions whose sheets are kept as printed; others can only be previewed."""

DOUBLE_CLICK = timedelta(minutes=1)


class VersionNotApproved(DomainError):
    """A sheet of a version that nobody approved is looked at, not printed."""

    def __init__(self) -> None:
        message = _l("This price version is not approved. It can be previewed, not printed.")
        super().__init__(message, code="price_not_approved")


class VersionApproved(DomainError):
    """A sheet of an approved version is printed, so that it is kept."""

    def __init__(self) -> None:
        message = _l("This price version is approved: print the sheet, so that it is kept.")
        super().__init__(message, code="wrong_state")


def is_printable(version: PriceVersion) -> bool:
    """Tell whether the sheets of a version are kept as printed."""
    return version.state in PRINTABLE


def record_print(
    session: Session,
    version: PriceVersion,
    stored: StoredFile,
    *,
    actor: Actor,
    kind: SheetKind,
    form: SheetFormat,
    building_id: int | None = None,
) -> SheetPrint:
    """Record that a sheet was printed or downloaded, as which file; the version counts as printed from then on.

    The same sheet asked for again by the same person within a minute (a double click) is the same print.
    Refused: a version that is not approved (VersionNotApproved).
    """
    if not is_printable(version):
        raise VersionNotApproved
    session.execute(select(PriceVersion.id).where(PriceVersion.id == version.id).with_for_update())
    again = find_recent_print(
        session, version, name=stored.name, user_id=actor.id, since=clock.now() - DOUBLE_CLICK
    )
    if again is not None:
        return again
    record = SheetPrint(
        version_id=version.id,
        kind=kind,
        format=form,
        building_id=building_id,
        file_id=stored.id,
        printed_at=clock.now(),
        printed_by_id=actor.id,
    )
    session.add(record)
    session.flush()
    audit.record(
        session,
        action="price_sheet.printed",
        actor=actor,
        project_id=version.project_id,
        subject=record,
        after={"version": version.number, "kind": kind.value, "format": form.value, "sha256": stored.sha256},
    )
    return record
