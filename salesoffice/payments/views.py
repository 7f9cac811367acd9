"""The blueprint of the pages about money. They show the deal and unit too, so their views are in `board`."""

from flask import Blueprint

bp = Blueprint("payments", __name__)
