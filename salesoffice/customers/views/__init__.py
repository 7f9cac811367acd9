"""Pages of customers, and of calls and visits."""

from salesoffice.customers.views import customers, visits
from salesoffice.customers.views.blueprint import bp

__all__ = ["bp", "customers", "visits"]
