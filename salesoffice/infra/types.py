"""Column types: money, areas, rates, moments, enumerations."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer
from sqlalchemy.types import TypeDecorator

Fen = BigInteger
"""Money: an integer number of fen."""


class _Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as an integer, so that sums are exact on both databases."""

    cache_ok = True
    impl = Integer
    scale = 0

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.scale)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.scale} decimals")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.scale)


class Area(_Scaled):
    """Square metres with two decimals, kept as hundredths."""

    impl = BigInteger
    cache_ok = True
    scale = 2


class Rate(_Scaled):
    """A rate or share (0.05 = 5 %), kept as millionths."""

    cache_ok = True
    scale = 6


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return (
            value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)
        )

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def enum_type(kind: type[StrEnum]) -> Enum:
    """Return the column type of an enumeration: its lower-snake values, with a CHECK."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
