"""The blueprint of imports."""

from flask import Blueprint

bp = Blueprint("imports", __name__)

UNPROCESSABLE = 422
