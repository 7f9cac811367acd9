"""What the board, the unit page and the deal pages read."""
