"""What every sheet says about itself: version, state, approval, the moment it is valid at, where to check it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra.i18n import _
from salesoffice.infra.longpdf import Frame
from salesoffice.pricing.enums import PriceVersionState, SheetKind
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries.sheets import find_person
from salesoffice.projects.models import Project

_DRAFTS = frozenset({PriceVersionState.DRAFT, PriceVersionState.SUBMITTED})


@dataclass(frozen=True)
class SheetHead:
    """The facts in the head of a sheet. `address` is the public page of the version, behind the QR code."""

    project: Project
    kind: SheetKind
    version: PriceVersion
    approver: str | None
    valid_at: datetime
    address: str
    compared_with: int | None = None

    @property
    def title(self) -> str:
        """Project and kind of sheet."""
        return f"{self.project.name} {self.kind.label}"

    @property
    def foot(self) -> str:
        """The line at the foot of every page."""
        return f"{self.project.name} · {self.version_line}"

    @property
    def version_line(self) -> str:
        """Which version, and since when it is in force."""
        number, since = self.version.number, self.version.in_force_from
        if since is None:
            return _("Price version %(number)s", number=number)
        if self.version.state is PriceVersionState.APPROVED:
            return _(
                "Price version %(number)s, comes into force at %(moment)s",
                number=number,
                moment=show_moment(since),
            )
        return _(
            "Price version %(number)s, in force since %(moment)s", number=number, moment=show_moment(since)
        )

    @property
    def approval(self) -> str:
        """Who approved the prices, or on what they rest."""
        if self.version.approved_at is not None:
            return _(
                "Approved by %(name)s at %(moment)s",
                name=self.approver or "–",
                moment=show_moment(self.version.approved_at),
            )
        if self.version.in_force_from is not None:
            return _("Published from the imported file")
        return _("Not approved")

    @property
    def stamp(self) -> str:
        """The word across every page of a sheet that is not what holds now; empty when it is."""
        state = self.version.state
        if state in _DRAFTS:
            return _("DRAFT")
        if state is PriceVersionState.APPROVED:
            return _("NOT YET IN FORCE")
        if state is PriceVersionState.IN_FORCE:
            return ""
        return str(state.label)

    @property
    def banner(self) -> str:
        """What must be known before reading on; empty when there is nothing."""
        state = self.version.state
        if state in _DRAFTS:
            return _("Draft: these prices are not approved and must not be given out.")
        if state is PriceVersionState.WITHDRAWN:
            return _("This version was withdrawn: its prices never were in force.")
        if state is PriceVersionState.SUPERSEDED:
            return _(
                "Superseded at %(moment)s: these prices hold no more.",
                moment=show_moment(self.version.superseded_at),
            )
        if state is PriceVersionState.APPROVED:
            return _("Approved, not yet in force.")
        return _("For managers only: not to be given out.") if self.kind is SheetKind.FLOOR else ""

    def list_notes(self) -> list[str]:
        """List the lines below the title."""
        second = [self.approval, _("Valid at %(moment)s", moment=show_moment(self.valid_at))]
        if self.compared_with is not None:
            second.append(_("Compared with version %(number)s", number=self.compared_with))
        notes = [self.version_line, " · ".join(second)]
        if self.version.source:
            notes.append(_("Source: %(source)s", source=self.version.source))
        return notes

    def build_frame(self, *more: str) -> Frame:
        """Build the frame of every page, with further notes."""
        return Frame(
            title=self.title,
            notes=[*self.list_notes(), *more],
            foot=self.foot,
            count_pages=lambda page, pages: _("Page %(page)s of %(pages)s", page=page, pages=pages),
            stamp=self.stamp,
            banner=self.banner,
            code=self.address,
            code_note=_("Scan: still valid?"),
        )


def build_head(
    session: Session,
    project: Project,
    version: PriceVersion,
    *,
    kind: SheetKind,
    base_url: str,
    compared_with: int | None = None,
) -> SheetHead:
    """Build the head of a sheet that is made now."""
    return SheetHead(
        project=project,
        kind=kind,
        version=version,
        approver=find_person(session, version.approved_by_id),
        valid_at=clock.now(),
        address=f"{base_url.rstrip('/')}/prices/{project.code}/versions/{version.number}",
        compared_with=compared_with,
    )


def show_moment(moment: datetime | None) -> str:
    """Show a moment in the office's time zone."""
    return "–" if moment is None else clock.local(moment).strftime("%Y-%m-%d %H:%M")
