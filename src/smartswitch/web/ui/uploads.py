"""Takes what people upload, into memory, and only small files: a body is read before anybody asks who sent it.

Without this, whoever reaches the login page could fill the disk with one request.
"""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler

MOST_UPLOAD_BYTES = 4 * 1024 * 1024


class SmallUploads(MemoryFileUploadHandler):
    """Refuses a body that says it is bigger (Django reads no further than a body says)."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """Look at the length before anything is read."""
        if content_length > MOST_UPLOAD_BYTES:
            raise RequestDataTooBig(f"an upload of {content_length} bytes; {MOST_UPLOAD_BYTES} are the limit")
        self.activated = True
