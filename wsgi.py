"""WSGI entry point."""

from salesoffice.app import create_app

app = create_app()
