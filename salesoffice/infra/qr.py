"""QR codes by segno: as dots for papers that are drawn, as an SVG data address for pages and WeasyPrint."""


def build_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the rows of dots of a QR code (True is dark), without its quiet margin of four dots."""
    import segno

    code = segno.make_qr(text, error="m")
    return tuple(tuple(bool(dot) for dot in row) for row in code.matrix)


def build_svg_address(text: str) -> str:
    """Return a QR code with its margin as a `data:` address of an SVG, for the `src` of an image."""
    import segno

    address: str = segno.make_qr(text, error="m").svg_data_uri(border=4)
    return address
