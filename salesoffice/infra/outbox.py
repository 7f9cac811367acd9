"""Outgoing mail."""

from flask import Flask


def init_mail(app: Flask) -> None:
    """Set up mail."""
