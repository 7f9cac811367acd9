"""Categories of registrations: each a queue of its own."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.projects.models import Project
from salesoffice.registrations.models import RegistrationCategory
from salesoffice.registrations.rules import (
    LONGEST_NAME,
    CategoryTaken,
    check_earnest_amount,
    check_prefix,
    check_text,
)


@dataclass(frozen=True)
class CategoryDetails:
    """What is registered for, and with how much earnest money (fen)."""

    name: str
    earnest_amount: int
    is_open: bool = True


def add_category(
    session: Session, project_id: int, *, actor: Actor, prefix: str, details: CategoryDetails
) -> RegistrationCategory:
    """Add a category; its numbers begin with the letters of `prefix` and with 1.

    Refused: no name, no letters, earnest money of zero or less (InvalidInput), a name or letters that another category
    of the project has (CategoryTaken).
    """
    prefix, name = check_prefix(prefix), check_text("name", details.name, LONGEST_NAME, is_required=True)
    check_earnest_amount(details.earnest_amount)
    lock_rows(session, select(Project).where(Project.id == project_id))
    _check_free(session, project_id, name, prefix)
    category = RegistrationCategory(
        project_id=project_id,
        name=name,
        prefix=prefix,
        earnest_amount=details.earnest_amount,
        is_open=details.is_open,
    )
    session.add(category)
    session.flush()
    audit.record_change(
        session, category, "registration_category.added", actor, after={"prefix": prefix, **_facts(category)}
    )
    return category


def change_category(
    session: Session, category: RegistrationCategory, *, actor: Actor, details: CategoryDetails
) -> RegistrationCategory:
    """Change name, earnest money or openness of a category; registrations made before keep what was agreed.

    Its letters stay, because numbers carry them. Refused as by `add_category`; without a change nothing is written.
    """
    name = check_text("name", details.name, LONGEST_NAME, is_required=True)
    check_earnest_amount(details.earnest_amount)
    lock_rows(session, select(Project).where(Project.id == category.project_id))
    category = lock_category(session, category.id)
    _check_free(session, category.project_id, name, "", except_id=category.id)
    before = _facts(category)
    category.name, category.earnest_amount, category.is_open = name, details.earnest_amount, details.is_open
    session.flush()
    if before != _facts(category):
        after = _facts(category)
        audit.record_change(
            session, category, "registration_category.changed", actor, before=before, after=after
        )
    return category


def lock_category(session: Session, category_id: int) -> RegistrationCategory:
    """Lock a category until the transaction ends and return it fresh."""
    statement = select(RegistrationCategory).where(RegistrationCategory.id == category_id)
    return lock_rows(session, statement)[0]


def _check_free(
    session: Session, project_id: int, name: str, prefix: str, *, except_id: int | None = None
) -> None:
    statement = select(RegistrationCategory).where(
        RegistrationCategory.project_id == project_id,
        or_(RegistrationCategory.name == name, RegistrationCategory.prefix == prefix),
        RegistrationCategory.id != (except_id or 0),
    )
    other = session.scalars(statement.limit(1)).first()
    if other is not None:
        raise CategoryTaken("name" if other.name == name else "prefix")


def _facts(category: RegistrationCategory) -> dict[str, object]:
    return {"name": category.name, "amount": category.earnest_amount, "is_open": category.is_open}
