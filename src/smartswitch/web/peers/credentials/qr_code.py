"""A QR code as a drawing of our own: one path of squares, without style, so that the page's policy lets it pass."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_ZONE = 4
"""Light modules around the code, as ISO 18004 wants them."""


def qr_code(text: str, *, label: str) -> SafeString:
    """An SVG drawing of a text; `label` says to who cannot see it what it is."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )  # fmt: skip
    size = len(rows)
    return format_html(
        '<svg class="qr-code" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<rect width="{}" height="{}" fill="#fff"></rect><path fill="#000" d="{}"></path></svg>',
        label, size, size, size, size, path,
    )  # fmt: skip
