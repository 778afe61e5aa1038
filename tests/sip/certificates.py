"""A certificate that nobody trusts, for one session."""

import subprocess
from pathlib import Path


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for 127.0.0.1; return the paths of it and of its key."""
    certificate, private_key = directory / "tls.pem", directory / "tls.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=127.0.0.1", "-out", str(certificate), "-keyout", str(private_key),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return certificate, private_key
