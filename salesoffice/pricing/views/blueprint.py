"""The blueprint of pricing."""

from flask import Blueprint

bp = Blueprint("pricing", __name__)

UNPROCESSABLE = 422
