"""Why something cannot be taken back any more."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError


class UndoTooLate(DomainError):
    """The ten minutes are over."""

    def __init__(self) -> None:
        message = _l(
            "The ten minutes for undoing this are over; nothing was changed. Correct it as any other record."
        )
        super().__init__(message, code="undo_too_late")


class UndoTaken(DomainError):
    """It was undone before."""

    def __init__(self) -> None:
        super().__init__(_l("This was undone already."), code="undo_taken")


class UndoChanged(DomainError):
    """What was done is no longer as it was left; the value `reason` is the code of the refusal behind it."""

    def __init__(self, refusal: DomainError | None = None) -> None:
        message = (
            _l("This has changed in the meantime and was not undone. Look at it first.")
            if refusal is None
            else _l("This has changed in the meantime and was not undone: %(why)s", why=refusal.message)
        )
        super().__init__(message, code="undo_changed", reason=refusal.code if refusal else "undo_changed")
