"""What is read of approvals: people and their stand-ins, requests and chains, breaches."""

from salesoffice.approvals.queries.breaches import find_breaches
from salesoffice.approvals.queries.people import (
    get_delegation,
    is_in_force,
    list_delegations,
    load_crew,
    load_names,
    load_people,
    load_stand_ins,
)
from salesoffice.approvals.queries.requests import (
    RequestFilter,
    count_waiting_for,
    find_request,
    find_rule,
    get_project_request,
    get_request,
    last_decided,
    load_rules,
    may_decide,
    select_overdue,
    select_requests,
    select_waiting_counts,
    spent_voices,
    waits_for,
)

__all__ = [
    "RequestFilter",
    "count_waiting_for",
    "find_breaches",
    "find_request",
    "find_rule",
    "get_delegation",
    "get_project_request",
    "get_request",
    "is_in_force",
    "last_decided",
    "list_delegations",
    "load_crew",
    "load_names",
    "load_people",
    "load_rules",
    "load_stand_ins",
    "may_decide",
    "select_overdue",
    "select_requests",
    "select_waiting_counts",
    "spent_voices",
    "waits_for",
]
