"""The blueprint that the pages of this package share."""

from flask import Blueprint

bp = Blueprint("launch", __name__)

UNPROCESSABLE = 422
