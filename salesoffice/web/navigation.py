"""What the navigation shows to whom."""

from flask import Flask


def init_navigation(app: Flask) -> None:
    """Give templates the navigation."""
