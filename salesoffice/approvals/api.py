"""JSON API of approvals."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("approvals", "Requests for approval and their decisions")
