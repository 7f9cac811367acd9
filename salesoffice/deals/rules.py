"""Decisions about claims and about the one state of a unit."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, Text, WrongState
from salesoffice.deals.enums import (
    CLAIM_ENDS,
    CLAIM_STEPS,
    UNIT_STATE_OF_CLAIM,
    AttachmentKind,
    ClaimEnd,
    ClaimKind,
    NotFreeReason,
    Stage,
    UnitState,
)
from salesoffice.inventory.enums import OverlayKind

LARGEST_FILE = 20 * 1024 * 1024
"""The most bytes of one attached file."""

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_DOCX_PARTS = frozenset({"[Content_Types].xml", "word/document.xml"})
_FIRST_BYTES: Mapping[str, bytes] = MappingProxyType(
    {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
)

_STATE_WITHOUT_CLAIM: Mapping[tuple[str, bool], UnitState] = MappingProxyType(
    {
        ("unreleased", False): UnitState.UNRELEASED,
        ("unreleased", True): UnitState.UNRELEASED,
        ("released", False): UnitState.UNRELEASED,
        ("released", True): UnitState.AVAILABLE,
        ("withheld", False): UnitState.WITHHELD,
        ("withheld", True): UnitState.WITHHELD,
    }
)

_REASON_BY_RELEASE: Mapping[str, NotFreeReason] = MappingProxyType(
    {"unreleased": NotFreeReason.UNIT_NOT_RELEASED, "withheld": NotFreeReason.UNIT_WITHHELD}
)


class UnitNotFree(DomainError):
    """The unit cannot be claimed; the code is the reason (`unit_taken`, `permit_missing` …).

    A withheld unit is refused with the interface's `unit_not_released`; the value `reason` tells the two apart.
    """

    def __init__(self, reason: NotFreeReason, **values: object) -> None:
        code = NotFreeReason.UNIT_NOT_RELEASED if reason is NotFreeReason.UNIT_WITHHELD else reason
        super().__init__(reason.label, code=code.value)
        self.reason = reason
        self.values = {"reason": reason.value, **values}


class UnitTaken(UnitNotFree):
    """Another claim on the unit is open.

    `values` say what the person may know: `mine`, and for their own or with the right to see all deals also `deal`
    (its number), `kind`, `rep` (a name) and `until` (UTC, for claims that expire).
    """

    def __init__(self, **values: object) -> None:
        super().__init__(NotFreeReason.UNIT_TAKEN, **values)


class UnitOverlaid(UnitNotFree):
    """A legal overlay stands on the unit; the value `overlay` lists its kinds."""

    def __init__(self, kinds: Sequence[OverlayKind]) -> None:
        super().__init__(NotFreeReason.UNIT_OVERLAID, overlay=[kind.value for kind in kinds])
        self.message = _l(
            "This unit cannot be sold: %(overlay)s. Once that is lifted, note it on the unit's page.",
            overlay=" / ".join(str(kind.label) for kind in kinds),
        )


class NotAnAccessory(DomainError):
    """Only a parking space or a storage room of the same project is bound to the deal of a flat."""

    def __init__(self, code: str) -> None:
        message = _l(
            "Unit %(unit)s is no parking space or storage room of this project; sell it on its own.",
            unit=code,
        )
        super().__init__(message, code="not_an_accessory", status=422)


class AttachmentMissing(DomainError):
    """A stage needs papers that are not attached to the sale; the values name `stage` and `missing` kinds."""

    def __init__(self, stage: Stage, missing: Sequence[AttachmentKind], *, may_attach: bool = True) -> None:
        papers = " / ".join(str(kind.label) for kind in missing)
        message = (
            _l(
                "Before “%(stage)s” these papers are attached to the sale: %(papers)s. Attach them on the sale's page,"
                " then do this again.",
                stage=stage.label,
                papers=papers,
            )
            if may_attach
            else _l(
                "Before “%(stage)s” these papers are attached to the sale: %(papers)s. Ask the sales assistant to"
                " attach them.",
                stage=stage.label,
                papers=papers,
            )
        )
        values = [kind.value for kind in missing]
        super().__init__(message, code="attachment_missing", stage=stage.value, missing=values)


class FileRefused(InvalidInput):
    """An uploaded file cannot be kept: `file_empty`, `file_too_large`, `file_kind_unknown`."""

    def __init__(self, message: Text, code: str) -> None:
        super().__init__(message, [FieldProblem("file", message)], code=code)


class HoldFirst(DomainError):
    """Papers are needed before the subscription, and a unit that nobody holds has no sale to attach them to."""

    def __init__(self, required: Sequence[AttachmentKind]) -> None:
        message = _l(
            "Before a subscription these papers are attached: %(papers)s. Hold the unit first, attach them to that"
            " sale, then sign out of the hold.",
            papers=" / ".join(str(kind.label) for kind in required),
        )
        values = [kind.value for kind in required]
        super().__init__(message, code="attachment_missing", stage=Stage.SUBSCRIBE.value, missing=values)


def check_file(data: bytes, name: str) -> str:
    """Return the media type of an attached file by its first bytes, whatever its name says.

    Refused with FileRefused: nothing in it, more than 20 MB, neither PDF, JPG, PNG nor DOCX.
    """
    if not data:
        raise FileRefused(_l("“%(name)s” is empty. Choose the file once more.", name=name), "file_empty")
    if len(data) > LARGEST_FILE:
        raise FileRefused(
            _l("“%(name)s” is larger than 20 MB. Scan it with a lower resolution.", name=name),
            "file_too_large",
        )
    for media_type, first in _FIRST_BYTES.items():
        if data.startswith(first):
            return media_type
    if _is_docx(data):
        return _DOCX
    message = _l("“%(name)s” is neither a PDF, JPG, PNG nor DOCX file.", name=name)
    raise FileRefused(message, "file_kind_unknown")


def _is_docx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return set(archive.namelist()) >= _DOCX_PARTS
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False


def derive_unit_state(release_state: str, is_permitted: bool, claim_kind: ClaimKind | None) -> UnitState:
    """Return the state everyone is shown.

    `release_state` is `unreleased`, `released` or `withheld`; `is_permitted` whether a valid pre-sale permit
    covers the unit; `claim_kind` the kind of its open claim, not counting one that has expired. A claim wins
    over the release; released without a permit is still unreleased. Other release states: KeyError.
    """
    if claim_kind is not None:
        return UNIT_STATE_OF_CLAIM[claim_kind]
    return _STATE_WITHOUT_CLAIM[release_state, is_permitted]


def why_not_free(
    release_state: str, is_permitted: bool, claim_kind: ClaimKind | None, *, is_overlaid: bool = False
) -> NotFreeReason | None:
    """Return why a unit cannot be claimed now, None when it is free; same arguments as derive_unit_state.

    `is_overlaid` says whether a legal overlay stands on it.
    """
    if claim_kind is not None:
        return NotFreeReason.UNIT_TAKEN
    if is_overlaid:
        return NotFreeReason.UNIT_OVERLAID
    if release_state in _REASON_BY_RELEASE:
        return _REASON_BY_RELEASE[release_state]
    return None if is_permitted else NotFreeReason.PERMIT_MISSING


def check_unit_free(release_state: str, is_permitted: bool, claim_kind: ClaimKind | None) -> None:
    """Refuse with UnitNotFree, whose code is the reason, a unit that cannot be claimed now."""
    reason = why_not_free(release_state, is_permitted, claim_kind)
    if reason is NotFreeReason.UNIT_TAKEN:
        raise UnitTaken
    if reason is not None:
        raise UnitNotFree(reason)


def check_claim_step(current: ClaimKind, wanted: ClaimKind) -> None:
    """Refuse with WrongState to move a claim on to a kind that does not follow."""
    if wanted not in CLAIM_STEPS[current]:
        raise WrongState(
            _l("“%(wanted)s” cannot follow “%(current)s”.", wanted=wanted.label, current=current.label)
        )


def check_claim_end(kind: ClaimKind, end: ClaimEnd) -> None:
    """Refuse with WrongState to end a claim in a way its kind does not allow."""
    if end not in CLAIM_ENDS[kind]:
        raise WrongState(_l("“%(kind)s” cannot end as “%(end)s”.", kind=kind.label, end=end.label))
