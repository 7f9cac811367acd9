"""The sale-status board, its print and the wall display."""
