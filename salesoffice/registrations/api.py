"""JSON API of registrations."""

from salesoffice.webkit.api import make_blueprint

blp = make_blueprint("registrations", "Registrations of interest")
