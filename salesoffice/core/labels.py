"""Enumerations whose members are shown to people."""

from enum import StrEnum
from typing import Self

from flask_babel import LazyString


class LabelledEnum(StrEnum):
    """A StrEnum whose members also carry a translatable label.

    A member is written ``NAME = "stored_value", _l("Label")``; the stored value is what the
    database and the JSON API use, ``member.label`` is what a page shows.
    """

    label: LazyString
    """The name of this member for people, in the language of the reader."""

    def __new__(cls, value: str, label: LazyString | None = None) -> Self:
        if label is None:
            raise TypeError(f"{cls.__name__}.{value} has no label")
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, LazyString]]:
        """Stored value and label of every member in order, as select fields want them."""
        return [(member.value, member.label) for member in cls]
