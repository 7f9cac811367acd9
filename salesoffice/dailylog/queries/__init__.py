"""What the daily log reads: events, stock, movements, details, the logs themselves."""
