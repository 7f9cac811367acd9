"""Expected refusals: what a user can be told and can do something about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Text(Protocol):
    """A text shown to a user: a plain string or a lazily translated one."""

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field; `field` is the name the form or the JSON body uses."""

    field: str
    message: Text


class DomainError(Exception):
    """Base of every expected refusal.

    `code` is stable and machine-readable (`unit_taken`), `message` is for people and says what to do next,
    `status` is the HTTP status of the refusal, `values` are the figures behind it.
    """

    def __init__(
        self,
        message: Text,
        *,
        code: str,
        status: int = 409,
        errors: Sequence[FieldProblem] = (),
        **values: Any,
    ) -> None:
        super().__init__(code)
        self.message = message
        self.code = code
        self.status = status
        self.errors = tuple(errors)
        self.values = values

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotFound(DomainError):
    """The thing does not exist, or the person may not know that it does."""

    def __init__(self, message: Text, **values: Any) -> None:
        super().__init__(message, code="not_found", status=404, **values)


class NotAllowed(DomainError):
    """The person's role does not permit the action."""

    def __init__(self, message: Text, **values: Any) -> None:
        super().__init__(message, code="not_allowed", status=403, **values)


class InvalidInput(DomainError):
    """The shape of the input is wrong; `errors` names each field."""

    def __init__(
        self, message: Text, errors: Sequence[FieldProblem] = (), *, code: str = "invalid_input"
    ) -> None:
        super().__init__(message, code=code, status=422, errors=errors)


class WrongState(DomainError):
    """The thing is no longer in a state that allows the action."""

    def __init__(self, message: Text, *, code: str = "wrong_state", **values: Any) -> None:
        super().__init__(message, code=code, status=409, **values)


class SelfApproval(DomainError):
    """Four eyes: what one person entered, another one has to approve."""

    def __init__(self, message: Text) -> None:
        super().__init__(message, code="self_approval", status=409)
