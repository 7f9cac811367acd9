"""JSON API of papers."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("papers", "Issued papers and Word templates")
