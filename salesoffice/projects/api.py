"""JSON API of projects."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("projects", "projects")
