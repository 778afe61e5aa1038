"""Writes Kamailio's `local.cfg` and lets Kamailio check it; smartswitch-kamailio.service does so before each start.

Addresses come from the SMARTSWITCH_* variables, as for every machine; what only Kamailio has are the options below. The exit
status is 1, with one line that says what is wrong, when a setting cannot be used.
"""

import argparse
import ssl
import sys
from pathlib import Path

from smartswitch.runtime.config import Address, ConfigurationError, read_config
from smartswitch.switch.kamailio import LOCAL_NETWORKS, Kamailio, KamailioError, KamailioSettings


def main(arguments: list[str]) -> None:
    """Write and check the configuration that the arguments and the environment describe."""
    options = _parser().parse_args(arguments)
    try:
        if options.tls_certificate:
            _check_certificate(options.tls_certificate, options.tls_private_key)
        Kamailio(_settings(options)).check()
    except (ConfigurationError, KamailioError, OSError, ValueError) as error:
        sys.exit(str(error))


def _check_certificate(certificate: Path, private_key: Path | None) -> None:
    """Kamailio itself starts with a key that does not fit, and then refuses every connection."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, private_key)
    except OSError as error:
        raise ValueError(f"{certificate} and {private_key} cannot be used for TLS: {error}") from error


def _settings(options: argparse.Namespace) -> KamailioSettings:
    config = read_config()
    database_url = options.location_database_url_file
    return KamailioSettings(
        run_directory=options.run_directory,
        udp=(config.sip_address, *options.also_listen),
        tcp=(config.sip_address, *options.also_listen),
        tls=tuple(options.tls),
        tls_certificate=options.tls_certificate,
        tls_private_key=options.tls_private_key,
        evapi=config.evapi_address,
        rtpengine=config.rtpengine_address,
        location_database_url=database_url.read_text().strip() if database_url else None,
        emergency_numbers=tuple(options.emergency_number),
        emergency_gateway=options.emergency_gateway,
        emergency_networks=(*LOCAL_NETWORKS, *options.emergency_network),
        flood_exempt_networks=tuple(options.flood_exempt_network),
        flood_requests_per_2s=options.flood_requests_per_2s,
        instance=config.node_name,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Write and check local.cfg, Kamailio's own settings on this host.")
    add = parser.add_argument
    add("--run-directory", type=Path, required=True, help="where local.cfg and the sockets lie")
    add("--also-listen", type=Address.parse, action="append", default=[], metavar="HOST:PORT", help="UDP and TCP")
    add("--tls", type=Address.parse, action="append", default=[], metavar="HOST:PORT", help="listen for SIP over TLS")
    add("--tls-certificate", type=Path, help="PEM, with the certificates up to the root")
    add("--tls-private-key", type=Path, help="PEM")
    add("--location-database-url-file", type=Path, help="a file with postgres://user:password@host/database:"
        " registrations outlive a restart")  # fmt: skip
    add("--emergency-number", action="append", default=[], metavar="112", help="never refused, never charged")
    add("--emergency-gateway", type=Address.parse, metavar="HOST:PORT", help="where emergency calls go")
    add("--emergency-network", action="append", default=[], metavar="192.0.2.0/24", help="may make emergency calls"
        " without being asked who they are, as private networks always may")  # fmt: skip
    add("--flood-exempt-network", action="append", default=[], metavar="192.0.2.0/24", help="a carrier's network")
    add("--flood-requests-per-2s", type=int, default=60, help="what one unknown source may send (60)")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
