"""Every route of the application with addresses that lead somewhere."""

from collections.abc import Iterator, Mapping

from flask import Flask
from werkzeug.routing import Rule

from salesoffice.core.permissions import Actor
from salesoffice.webkit.access import Access, access_of


def list_routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Yield every rule with each method that does something, without the static files."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint != "static":
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def get_access(app: Flask, rule: Rule) -> Access:
    """Return what a route asks of the caller; LookupError when it does not say."""
    access = access_of(app.view_functions[rule.endpoint])
    if access is None:
        raise LookupError(rule.endpoint)
    return access


def build_address(app: Flask, rule: Rule, values: Mapping[str, object]) -> str:
    """Build an address of a rule from the parts that it has, with the query that it needs (`?`)."""
    query = values.get("?")
    parts = {name: values[name] for name in rule.arguments} | (query if isinstance(query, dict) else {})
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, parts)


def is_api(rule: Rule) -> bool:
    """Tell whether a rule belongs to the JSON API."""
    return rule.rule.startswith("/api/")


def may_enter(access: Access, actor: Actor, project_id: int) -> bool:
    """Tell by the table of roles whether a route lets a member of the project in."""
    return access.permission is None or actor.can(access.permission, project_id)
