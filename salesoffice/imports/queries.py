"""Finding imports, remembered columns, and the stock an import is compared with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.customers.models import CustomerPhone
from salesoffice.customers.queries import list_servers
from salesoffice.deals.enums import UnitState
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import live_claim
from salesoffice.deals.rules import derive_unit_state
from salesoffice.imports.enums import ColumnField
from salesoffice.imports.models import ColumnProfile, ImportBatch
from salesoffice.imports.rules.people import CustomerBook
from salesoffice.imports.rules.plan import StockUnit
from salesoffice.infra.i18n import _l
from salesoffice.infra.models import StoredFile
from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitArea, UnitType
from salesoffice.inventory.queries import list_uncovered_buildings
from salesoffice.inventory.rules import Place
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.rules import PriceDraft
from salesoffice.staff.models import User


class BatchRow(NamedTuple):
    """An import with the people and the file, for the history."""

    batch: ImportBatch
    created_by: str | None
    committed_by: str | None
    size: int


class ExportRow(NamedTuple):
    """A unit with the state everyone is shown."""

    unit: StockUnit
    state: UnitState


@dataclass(frozen=True)
class StoredPreview:
    """The preview of an import as it was shown. `summary` is the interface's object, `rows` one entry per row."""

    summary: Mapping[str, object]
    rows: tuple[Mapping[str, object], ...]
    header: tuple[str, ...]
    columns: Mapping[str, str]
    sample: tuple[tuple[str, ...], ...]


def get_batch(session: Session, batch_id: int, *, project_id: int | None = None) -> ImportBatch:
    """Return an import by id, perhaps only of a project; raises NotFound."""
    batch = session.get(ImportBatch, batch_id)
    if batch is None or project_id not in {None, batch.project_id}:
        raise NotFound(_l("There is no such import."))
    return batch


def load_preview(batch: ImportBatch) -> StoredPreview:
    """Return the preview that is stored with an import."""
    stored = json.loads(batch.preview)
    return StoredPreview(
        summary=stored["summary"],
        rows=tuple(stored["rows"]),
        header=tuple(stored["header"]),
        columns=stored["columns"],
        sample=tuple(tuple(row) for row in stored["sample"]),
    )


def select_batches(project_id: int) -> Select[Any]:
    """Build the select of the imports of a project, the newest first, as `BatchRow`."""
    creator, committer = User.__table__.alias("creator"), User.__table__.alias("committer")
    statement: Select[Any] = (
        select(ImportBatch, creator.c.name, committer.c.name, StoredFile.size)
        .join(StoredFile, StoredFile.id == ImportBatch.file_id)
        .outerjoin(creator, creator.c.id == ImportBatch.created_by_id)
        .outerjoin(committer, committer.c.id == ImportBatch.committed_by_id)
        .where(ImportBatch.project_id == project_id)
        .order_by(ImportBatch.id.desc())
    )
    return statement


def find_people(session: Session, batch: ImportBatch) -> tuple[str, str]:
    """Find the names of who uploaded and who committed an import; empty for commands."""
    ids = (batch.created_by_id, batch.committed_by_id)
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    return names.get(ids[0] or 0, ""), names.get(ids[1] or 0, "")


def find_profile(session: Session, project_id: int, header_hash: str) -> ColumnProfile | None:
    """Find the mapping of columns that was remembered for a header."""
    statement = select(ColumnProfile).where(
        ColumnProfile.project_id == project_id, ColumnProfile.header_hash == header_hash
    )
    return session.scalars(statement).one_or_none()


def find_profile_by_name(session: Session, project_id: int, name: str) -> ColumnProfile | None:
    """Find a remembered mapping by the name the office gave it, the newest of several."""
    statement = (
        select(ColumnProfile)
        .where(ColumnProfile.project_id == project_id, ColumnProfile.name == name)
        .order_by(ColumnProfile.id.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def list_profiles(session: Session, project_id: int) -> Sequence[ColumnProfile]:
    """List the remembered mappings of a project by name."""
    statement = (
        select(ColumnProfile)
        .where(ColumnProfile.project_id == project_id)
        .order_by(ColumnProfile.name, ColumnProfile.id)
    )
    return session.scalars(statement).all()


def get_profile(session: Session, project_id: int, profile_id: int) -> ColumnProfile:
    """Return a remembered mapping of a project; raises NotFound."""
    profile = session.get(ColumnProfile, profile_id)
    if profile is None or profile.project_id != project_id:
        raise NotFound(_l("There is no such import profile."))
    return profile


def find_same_content(
    session: Session, project_id: int, content_hash: str, *, except_id: int | None = None
) -> ImportBatch | None:
    """Find the last committed import of a project that said the same, in whatever file."""
    statement = (
        select(ImportBatch)
        .where(
            ImportBatch.project_id == project_id,
            ImportBatch.content_hash == content_hash,
            ImportBatch.committed_at.is_not(None),
            ImportBatch.id != (except_id or 0),
        )
        .order_by(ImportBatch.id.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def load_customer_book(session: Session, project_id: int) -> CustomerBook:
    """Return who is registered in a project by phone, and the people who receive customers by name."""
    statement = select(CustomerPhone.number, CustomerPhone.customer_id).where(
        CustomerPhone.project_id == project_id
    )
    reps: dict[str, list[int]] = {}
    for user in list_servers(session, project_id):
        reps.setdefault(user.name, []).append(user.id)
    return CustomerBook(dict(session.execute(statement).all()), reps)


def read_mapping(stored: str) -> dict[str, ColumnField]:
    """Read a stored mapping."""
    return {column: ColumnField(field) for column, field in json.loads(stored).items()}


def load_stock(session: Session, project_id: int) -> list[StockUnit]:
    """Return every unit of a project with its price in force and whether it is claimed now."""
    claimed = set(session.scalars(select(Claim.unit_id).where(Claim.project_id == project_id, live_claim())))
    in_force = and_(PriceVersion.project_id == project_id, PriceVersion.state == PriceVersionState.IN_FORCE)
    version = select(PriceVersion.id).where(in_force).scalar_subquery()
    is_final = UnitArea.edition == AreaEdition.FINAL
    final = and_(UnitArea.unit_id == Unit.id, is_final, UnitArea.superseded_at.is_(None))
    statement = (
        select(
            Unit.id, Unit.code, Building.name, Section.name, Floor.label, Floor.number, Unit.room_no,
            func.coalesce(UnitType.name, ""), Unit.usage, Unit.orientation, Unit.gross_area, Unit.inner_area,
            Unit.shared_area, Unit.release_state, Unit.withheld_reason, Unit.source_label, Unit.source_status,
            Unit.doubt, UnitPrice.basis, UnitPrice.gross_price, UnitPrice.inner_price, UnitPrice.list_total_amount,
            UnitPrice.filed_total_amount, Unit.area_edition, UnitArea.gross_area, UnitArea.inner_area,
            UnitArea.shared_area,
        )
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .outerjoin(UnitPrice, and_(UnitPrice.unit_id == Unit.id, UnitPrice.version_id == version))
        .outerjoin(UnitArea, final)
        .where(Unit.project_id == project_id)
        .order_by(Unit.id)
    )  # fmt: skip
    return [_build_stock_unit(row, is_claimed=row[0] in claimed) for row in session.execute(statement)]


def list_export_rows(session: Session, project_id: int) -> list[ExportRow]:
    """List every unit of a project with its state now, in the order in which they were added."""
    open_claims = select(Claim.unit_id, Claim.kind).where(Claim.project_id == project_id, live_claim())
    kinds = dict(session.execute(open_claims).all())
    uncovered = set(list_uncovered_buildings(session, project_id, clock.business_today()))
    return [
        ExportRow(
            unit,
            derive_unit_state(
                unit.release_state.value, unit.place.building not in uncovered, kinds.get(unit.id)
            ),
        )
        for unit in load_stock(session, project_id)
    ]


def _build_stock_unit(row: Row[*tuple[Any, ...]], *, is_claimed: bool) -> StockUnit:
    basis, gross_price, inner_price, total, filed, edition, *surveyed = row[18:27]
    price = None if basis is None else PriceDraft(basis, gross_price, inner_price, total, filed)
    is_final = edition is AreaEdition.FINAL
    if is_final and surveyed == [None, None, None]:
        surveyed = list(row[10:13])
    place = Place._make(row[2:6])
    return StockUnit._make((row[0], row[1], place, *row[6:18], price, is_claimed, tuple(surveyed), is_final))
