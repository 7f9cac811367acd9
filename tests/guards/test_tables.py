"""What every table keeps to: checked states, no cascading deletes, named constraints."""

import re

import pytest
from sqlalchemy import CheckConstraint, Column, Enum, MetaData, String, Table

from salesoffice.app import create_app
from salesoffice.infra.db import Model

KNOWS_EVERY_MODEL = create_app
TABLES = list(Model.metadata.tables.values())


def is_checked(table: Table, column: Column[object]) -> bool:
    """Tell whether a check constraint of the table names the column."""
    return any(
        isinstance(constraint, CheckConstraint) and re.search(rf"\b{column.name}\b", str(constraint.sqltext))
        for constraint in table.constraints
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_states_and_kinds_are_checked_by_the_database(table: Table) -> None:
    states = [column for column in table.columns if isinstance(column.type, Enum)]

    assert [column.name for column in states if not is_checked(table, column)] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_foreign_keys_never_cascade(table: Table) -> None:
    assert [key.parent.name for key in table.foreign_keys if key.ondelete] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_constraints_have_names(table: Table) -> None:
    assert [str(constraint) for constraint in table.constraints if not constraint.name] == []


def test_unchecked_state_is_found() -> None:
    table = Table("claims", MetaData(), Column("kind", String), Column("end_kind", String))
    table.append_constraint(CheckConstraint("end_kind IN ('sold')"))

    assert [is_checked(table, column) for column in table.columns] == [False, True]
