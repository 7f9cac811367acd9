"""PDF of short papers by WeasyPrint. Nothing is fetched but the committed style sheets, fonts and data: addresses."""

import mimetypes
from pathlib import Path

from flask import current_app, render_template
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError

BASE = "https://salesoffice.invalid/"
"""Stands for our own address in print templates; no request is ever made to it."""


class PdfUnavailable(DomainError):
    """The system library that draws text is missing."""

    def __init__(self) -> None:
        super().__init__(
            _l(
                "PDF needs the system library Pango: install the package libpango-1.0-0, or print the page instead."
            ),
            code="pdf_unavailable",
            status=503,
        )


def render_pdf(template: str, **context: object) -> bytes:
    """Render a print template to PDF bytes; raises PdfUnavailable where Pango is missing."""
    return build_pdf(render_template(template, **context))


def build_pdf(html: str) -> bytes:
    """Turn an HTML page into PDF bytes. Its addresses may only name files below /static/ and data: addresses."""
    try:
        from weasyprint import HTML
    except OSError as error:
        raise PdfUnavailable from error
    pdf: bytes = HTML(string=html, base_url=BASE, url_fetcher=_fetcher()).write_pdf()
    return pdf


def _fetcher() -> object:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    static = Path(str(current_app.static_folder)).resolve()

    class ClosedFetcher(URLFetcher):
        """Serves the committed static files and nothing else."""

        def fetch(self, url: str, headers: object = None) -> object:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = (static / url.removeprefix(f"{BASE}static/").split("?")[0]).resolve()
            if not url.startswith(BASE) or not path.is_relative_to(static) or not path.is_file():
                raise ValueError(f"not fetched: {url}")
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, body=path.read_bytes(), headers={"Content-Type": media_type})

    return ClosedFetcher(allowed_protocols=("data", "https"))
