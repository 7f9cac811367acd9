"""The blueprint of web's pages."""

from flask import Blueprint

bp = Blueprint("web", __name__)
