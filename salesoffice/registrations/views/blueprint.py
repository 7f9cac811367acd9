"""The blueprint that the pages of registrations share."""

from flask import Blueprint

bp = Blueprint("registrations", __name__)
