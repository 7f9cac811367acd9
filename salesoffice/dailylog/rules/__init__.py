"""Decisions of the daily log: figures, stock, reconciliation, days, addresses of mails."""
