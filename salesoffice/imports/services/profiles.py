"""The mappings of columns that an office taught us: remembered, renamed, removed."""

import json
from collections.abc import Mapping

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, Text
from salesoffice.core.permissions import Actor
from salesoffice.imports.enums import ColumnField, ImportKind
from salesoffice.imports.models import ColumnProfile
from salesoffice.imports.queries import find_profile, find_profile_by_name
from salesoffice.imports.rules import Table, list_profile_names
from salesoffice.imports.services.uploads import dump_mapping, hash_header
from salesoffice.infra import audit
from salesoffice.infra.i18n import _l
from salesoffice.inventory.services import lock_project

_LONGEST_NAME = 60


def remember_columns(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    table: Table,
    mapping: Mapping[str, ColumnField],
    kind: ImportKind = ImportKind.UNITS,
    name: str = "",
) -> ColumnProfile:
    """Remember which column is what for all files of a project with this header; `name` is for the first time."""
    key = hash_header(table.header)
    lock_project(session, project_id)
    profile = find_profile(session, project_id, key)
    before = profile.mapping if profile else "{}"
    if profile is None:
        profile = ColumnProfile(
            project_id=project_id,
            header_hash=key,
            name=name[:_LONGEST_NAME] or "custom",
            created_at=clock.now(),
        )
        session.add(profile)
    profile.mapping, profile.kind = dump_mapping(mapping), kind
    session.flush()
    if before != profile.mapping:
        _record(
            session, "columns.remembered", profile, actor, json.loads(before), json.loads(profile.mapping)
        )
    return profile


def rename_profile(session: Session, profile: ColumnProfile, *, actor: Actor, name: str) -> ColumnProfile:
    """Give a remembered mapping another name, by which commands can use it.

    Refused: an empty or long name, the name of a known layout or of another mapping of the project (InvalidInput).
    """
    plain = " ".join(name.split())
    other = find_profile_by_name(session, profile.project_id, plain)
    if not plain or len(plain) > _LONGEST_NAME:
        raise _build_refusal(_l("Enter a name, at most %(count)s characters.", count=_LONGEST_NAME))
    if plain in list_profile_names() or (other is not None and other.id != profile.id):
        raise _build_refusal(_l("This name is taken. Choose another one."))
    before = profile.name
    profile.name = plain
    session.flush()
    if before != plain:
        _record(session, "columns.renamed", profile, actor, {"name": before}, {"name": plain})
    return profile


def remove_profile(session: Session, profile: ColumnProfile, *, actor: Actor) -> None:
    """Forget a mapping; imports made with it stay as they are."""
    before = {"name": profile.name, **json.loads(profile.mapping)}
    _record(session, "columns.forgotten", profile, actor, before, {})
    session.delete(profile)
    session.flush()


def _build_refusal(message: Text) -> InvalidInput:
    return InvalidInput(_l("The name was not saved."), [FieldProblem("name", message)])


def _record(
    session: Session,
    action: str,
    profile: ColumnProfile,
    actor: Actor,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=profile.project_id,
        subject=profile,
        before=before,
        after=after,
    )
