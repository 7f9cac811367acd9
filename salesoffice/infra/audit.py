"""Audit: one entry per change, numbered and chained by SHA-256 per project, in the transaction of the change.

`record` only collects. The entries are sealed at the very end of `transaction()`: the project's chain row is locked
last and for a moment only. The chain's sequence is the version of the project's board.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Protocol

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.infra.db import before_commit, lock_rows
from salesoffice.infra.models import AuditChain, AuditEntry

INSTALLATION = 0
GENESIS = "0" * 64
_PENDING = "audit_pending"


class Subject(Protocol):
    """Anything with a table and an id."""

    __tablename__: str

    @property
    def id(self) -> int: ...


class OwnSubject(Subject, Protocol):
    """A subject that knows its project."""

    @property
    def project_id(self) -> int: ...


@dataclass(frozen=True)
class _Pending:
    project_id: int
    at: datetime
    actor: Actor
    action: str
    subject: Subject
    unit_id: int | None
    before: Mapping[str, object]
    after: Mapping[str, object]


def record(
    session: Session,
    *,
    action: str,
    actor: Actor,
    project_id: int | None,
    subject: Subject,
    unit_id: int | None = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Remember a change for the audit; it is written when the transaction ends.

    `action` is in the past tense (`receipt.posted`). `unit_id` is given whenever the unit's cell on the board may look
    different afterwards. Personal numbers in `before` and `after` must be masked by the caller.
    """
    session.info.setdefault(_PENDING, []).append(
        _Pending(
            project_id or INSTALLATION,
            clock.now(),
            actor,
            action,
            subject,
            unit_id,
            before or {},
            after or {},
        )
    )


def record_change(
    session: Session,
    subject: OwnSubject,
    action: str,
    actor: Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Remember a change of something that belongs to a project and changes no single unit's cell."""
    record(
        session,
        action=action,
        actor=actor,
        project_id=subject.project_id,
        subject=subject,
        before=before,
        after=after,
    )


@before_commit
def seal(session: Session) -> None:
    """Write the collected entries, chained. Called by `transaction()`."""
    pending: list[_Pending] = session.info.pop(_PENDING, [])
    pending.sort(key=lambda item: item.project_id)
    for project_id, items in groupby(pending, key=lambda item: item.project_id):
        chain = _lock_chain(session, project_id)
        for item in items:
            chain.sequence += 1
            entry = _build_entry(item, chain)
            chain.head_hash = entry.hash
            session.add(entry)
    session.flush()


def current_sequence(session: Session, project_id: int) -> int:
    """Return the number of the last entry of a project, 0 when there is none. This is the board's version."""
    return session.scalar(select(AuditChain.sequence).where(AuditChain.project_id == project_id)) or 0


def head(session: Session, project_id: int) -> tuple[int, str]:
    """Return sequence and hash of the last entry of a project's chain."""
    row = session.execute(
        select(AuditChain.sequence, AuditChain.head_hash).where(AuditChain.project_id == project_id)
    ).one_or_none()
    return (row.sequence, row.head_hash) if row else (0, GENESIS)


def find_breaches(session: Session) -> Iterator[str]:
    """Yield every place at which a chain does not hold, in words."""
    previous: dict[int, tuple[int, str]] = {}
    statement = select(AuditEntry).order_by(AuditEntry.project_id, AuditEntry.sequence)
    for entry in session.scalars(statement.execution_options(yield_per=1000)):
        sequence, head_hash = previous.get(entry.project_id, (0, GENESIS))
        where = f"audit chain of project {entry.project_id}, entry {entry.sequence}"
        if entry.sequence != sequence + 1:
            yield f"{where}: follows {sequence}"
        if entry.previous_hash != head_hash:
            yield f"{where}: does not point at the entry before"
        if entry.hash != _hash_of(entry):
            yield f"{where}: content does not match its hash"
        previous[entry.project_id] = (entry.sequence, entry.hash)
    for chain in session.scalars(select(AuditChain)):
        if previous.get(chain.project_id, (0, GENESIS)) != (chain.sequence, chain.head_hash):
            yield f"audit chain of project {chain.project_id}: head does not match the last entry"


def _lock_chain(session: Session, project_id: int) -> AuditChain:
    statement = select(AuditChain).where(AuditChain.project_id == project_id)
    chains = lock_rows(session, statement)
    if chains:
        return chains[0]
    chain = AuditChain(project_id=project_id, sequence=0, head_hash=GENESIS)
    session.add(chain)
    session.flush()
    return chain


def _build_entry(item: _Pending, chain: AuditChain) -> AuditEntry:
    entry = AuditEntry(
        project_id=item.project_id,
        sequence=chain.sequence,
        at=item.at,
        actor_id=item.actor.id,
        actor_name=item.actor.name,
        action=item.action,
        subject_kind=item.subject.__tablename__,
        subject_id=item.subject.id,
        unit_id=item.unit_id,
        before=_canonical(item.before),
        after=_canonical(item.after),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        previous_hash=chain.head_hash,
    )
    entry.hash = _hash_of(entry)
    return entry


def _hash_of(entry: AuditEntry) -> str:
    content = [
        entry.previous_hash,
        entry.project_id,
        entry.sequence,
        entry.at.isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.unit_id,
        entry.before,
        entry.after,
        entry.request_id,
    ]
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
