"""What approvals hear from themselves: there is news about a request, so that mail goes out."""

from salesoffice.approvals.documents import queue_news
from salesoffice.approvals.signals import delivers_news

delivers_news(queue_news)
