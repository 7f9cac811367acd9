"""The deals list and the deal page."""
