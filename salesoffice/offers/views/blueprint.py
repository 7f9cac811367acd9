"""The blueprint that the pages of this package share."""

from flask import Blueprint

bp = Blueprint("offers", __name__)
UNPROCESSABLE = 422
