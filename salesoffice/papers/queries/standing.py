"""What the papers of a sale are worth now: in force, superseded, or to be issued again."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from salesoffice.changes.enums import ChangeState
from salesoffice.changes.models import Change
from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.models import Contract
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import DealState
from salesoffice.deals.models import Deal
from salesoffice.inventory.models import Unit
from salesoffice.papers.enums import BINDING_KINDS, LETTER_KINDS, PaperKind, PaperState
from salesoffice.papers.models import Paper
from salesoffice.papers.queries.data import Subject, collect_facts, get_subject
from salesoffice.papers.rules import Difference, compare_fields, load_fields, split_clauses
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription

_LARGEST_ID = 2**31 - 1
_ALIVE = (ChangeState.REQUESTED, ChangeState.APPLIED)


@dataclass(frozen=True)
class Standing:
    """A paper, what it is worth now, and what differs from what it would say today. `subject` is what a new edition
    would be about: after a swap the new agreement; None where nothing is issued again.
    """

    paper: Paper
    state: PaperState
    differences: tuple[Difference, ...] = ()
    subject: Subject | None = None


def get_paper(session: Session, paper_id: int) -> Paper:
    """Return a paper by id; raises NotFound."""
    paper = session.get(Paper, paper_id) if paper_id <= _LARGEST_ID else None
    if paper is None:
        raise NotFound(_l("There is no such issued paper."))
    return paper


def list_papers(session: Session, deal_id: int) -> Sequence[Paper]:
    """List every paper issued in a sale, the newest first."""
    return session.scalars(select(Paper).where(Paper.deal_id == deal_id).order_by(Paper.id.desc())).all()


def list_standings(session: Session, deal: Deal) -> list[Standing]:
    """Say of every paper of a sale what it is worth now, the newest first. Compares with what each would say today."""
    wanted = set(session.scalars(_wanted_ids().where(Paper.deal_id == deal.id)))
    return [
        judge_paper(session, paper, is_wanted=paper.id in wanted) for paper in list_papers(session, deal.id)
    ]


def judge_one(session: Session, paper: Paper) -> Standing:
    """Say what one paper is worth now."""
    is_wanted = session.scalar(_wanted_ids().where(Paper.id == paper.id)) is not None
    return judge_paper(session, paper, is_wanted=is_wanted)


def judge_paper(session: Session, paper: Paper, *, is_wanted: bool) -> Standing:
    """Say what a paper is worth; `is_wanted` tells that it binds, its sale goes on and no later one took its place."""
    if not is_wanted:
        is_over = paper.superseded_at is not None
        return Standing(paper, PaperState.SUPERSEDED if is_over else PaperState.IN_FORCE)
    subject = find_current_subject(session, paper)
    if subject is None:
        return Standing(paper, PaperState.IN_FORCE)
    differences = list_differences(session, paper, subject)
    is_outdated = paper.superseded_at is not None or bool(differences)
    state = PaperState.OUTDATED if is_outdated else PaperState.IN_FORCE
    return Standing(paper, state, differences, subject)


def find_stale(session: Session, deal: Deal) -> list[Standing]:
    """List the binding papers of a sale that must be issued again."""
    return [found for found in list_standings(session, deal) if found.state is PaperState.OUTDATED]


def list_differences(
    session: Session, paper: Paper, subject: Subject | None = None
) -> tuple[Difference, ...]:
    """Return field by field what a stored paper says and what it would say now; only what binds."""
    about = (
        subject
        or find_current_subject(session, paper)
        or get_subject(session, paper.subject_kind, paper.subject_id)
    )
    facts = collect_facts(session, paper.kind, about, clauses=split_clauses(paper.clauses))
    return compare_fields(paper.kind, load_fields(paper.data), facts.fields)


def find_current_subject(session: Session, paper: Paper) -> Subject | None:
    """Find what a new edition of a paper would be about: the agreement or contract of its sale that is in force now."""
    if paper.kind is PaperKind.SUBSCRIPTION:
        return session.scalars(
            select(Subscription).where(
                Subscription.deal_id == paper.deal_id,
                Subscription.state.in_((SubscriptionState.ACTIVE, SubscriptionState.CONVERTED)),
            )
        ).first()
    if paper.kind is PaperKind.CONTRACT_SHEET:
        return session.scalars(
            select(Contract).where(Contract.deal_id == paper.deal_id, Contract.state.not_in(ENDED_CONTRACTS))
        ).first()
    return get_subject(session, paper.subject_kind, paper.subject_id)


def must_be_issued_again() -> ColumnElement[bool]:
    """Build the condition on `papers` of those marked as superseded and not issued again. One that nobody marked yet is
    found by `find_stale` and by the sweep.
    """
    return and_(Paper.superseded_at.is_not(None), _is_wanted())


def select_papers(
    project_id: int,
    actor: Actor,
    *,
    query: str = "",
    kind: PaperKind | None = None,
    only_outdated: bool = False,
) -> Select[Paper]:
    """Build the select of the papers of a project that a person may see, the newest first; `query` is a number of paper,
    sale or unit.
    """
    statement = (
        select(Paper)
        .outerjoin(Deal, Deal.id == Paper.deal_id)
        .options(joinedload(Paper.deal).joinedload(Deal.unit))
        .where(Paper.project_id == project_id)
        .order_by(Paper.id.desc())
    )
    if not actor.can(Permission.DEAL_VIEW_ALL, project_id):
        statement = statement.where(Deal.rep_id == actor.id)
    if query:
        contains = f"%{query.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
        has_unit = Deal.unit.has(Unit.code.ilike(contains, escape="!"))
        statement = statement.where(
            or_(Paper.number.ilike(contains, escape="!"), Deal.number.ilike(contains, escape="!"), has_unit)
        )
    if kind is not None:
        statement = statement.where(Paper.kind == kind)
    return statement.where(must_be_issued_again()) if only_outdated else statement


def select_unmarked_ids() -> Select[int]:
    """Build the select of the binding papers in force of sales under way: those whose data the sweep compares."""
    return _wanted_ids().where(Paper.superseded_at.is_(None))


def list_outdated_ids(session: Session, paper_ids: Sequence[int]) -> set[int]:
    """Return which of these papers are marked as superseded and were not issued again."""
    statement = select(Paper.id).where(Paper.id.in_(paper_ids), must_be_issued_again())
    return set(session.scalars(statement))


def _wanted_ids() -> Select[int]:
    return select(Paper.id).where(_is_wanted())


def _is_wanted() -> ColumnElement[bool]:
    """A paper that binds, of a sale under way, whose matter goes on, and that no later one has taken the place of."""
    return and_(
        Paper.kind.in_(BINDING_KINDS),
        _exists(Deal.id == Paper.deal_id, Deal.state == DealState.OPEN),
        _goes_on(),
        ~_has_successor(),
    )


def _exists(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Build an EXISTS about the paper alone, whatever else the select around it joins."""
    return exists().where(*conditions).correlate(Paper)


def _goes_on() -> ColumnElement[bool]:
    """The agreement counts until there is a contract, the contract until it has ended, a letter as long as its matter."""
    is_subscribed = _exists(
        Subscription.deal_id == Paper.deal_id, Subscription.state == SubscriptionState.ACTIVE
    )
    has_contract = _exists(Contract.deal_id == Paper.deal_id, Contract.state.not_in(ENDED_CONTRACTS))
    return or_(
        and_(Paper.kind == PaperKind.SUBSCRIPTION, is_subscribed),
        and_(Paper.kind == PaperKind.CONTRACT_SHEET, has_contract),
        and_(Paper.kind.in_(LETTER_KINDS), _matter_goes_on()),
    )


def _matter_goes_on() -> ColumnElement[bool]:
    under_way = (SubscriptionState.ACTIVE, SubscriptionState.CONVERTED)
    return or_(
        _exists(
            Paper.subject_kind == Change.__tablename__,
            Change.id == Paper.subject_id,
            Change.state.in_(_ALIVE),
        ),
        _exists(
            Paper.subject_kind == Subscription.__tablename__,
            Subscription.id == Paper.subject_id,
            Subscription.state.in_(under_way),
        ),
        _exists(
            Paper.subject_kind == Contract.__tablename__,
            Contract.id == Paper.subject_id,
            Contract.state.not_in(ENDED_CONTRACTS),
        ),
    )


def _has_successor() -> ColumnElement[bool]:
    """A letter is followed by a later one with the same words or that named it; others by the next of their kind."""
    later = aliased(Paper)
    is_letter = Paper.kind.in_(LETTER_KINDS)
    same_words = and_(
        later.subject_kind == Paper.subject_kind,
        later.subject_id == Paper.subject_id,
        later.clauses == Paper.clauses,
    )
    return _exists(
        later.deal_id == Paper.deal_id,
        later.kind == Paper.kind,
        later.id > Paper.id,
        or_(~is_letter, same_words, later.number == Paper.superseded_reason),
    )
