"""The unit page."""
