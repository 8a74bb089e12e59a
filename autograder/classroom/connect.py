"""The way to a scheduler of dask.distributed: encrypted, or not off this machine."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autograder.report import clean
from autograder.wall.process import LaunchError

CONNECT_SECONDS = 10.0
NOT_INSTALLED = (
    "grading on many machines needs dask.distributed, which is not installed here: "
    'pip install "graded-descent[cluster]"'
)


class ClusterError(LaunchError):
    """The cluster cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Certificates:
    """The files of a TLS connection: the authority's certificate, and one's own with its key."""

    ca: Path
    cert: Path
    key: Path


def connect(address: str, security: Certificates | None) -> Any:
    """Return a client of the scheduler. Raises ClusterError."""
    scheme = check_address(address)
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(NOT_INSTALLED) from error
    secured = _security(security) if scheme == "tls" else None
    try:
        return Client(address, security=secured, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, RuntimeError) as error:
        hint = "that the certificates are of the same authority" if secured else "its log"
        raise ClusterError(
            f"no scheduler answers at {address} ({clean(str(error), 300)}): start one with  "
            f"dask scheduler  and look at {hint}"
        ) from error


def check_address(address: str) -> str:
    """Return the scheme of a scheduler's address, tcp or tls.

    Raises ClusterError for another one, and for tcp to another machine: on the way, anyone
    could read the solutions and change the marks.
    """
    scheme, _, rest = address.rpartition("://")
    scheme = scheme or "tcp"
    try:
        host, port = urlsplit(f"//{rest}").hostname, urlsplit(f"//{rest}").port
    except ValueError:
        host, port = None, None
    if scheme not in ("tcp", "tls") or not host or not port:
        raise ClusterError(
            f"{clean(address, 200)!r} is no address of a scheduler: tls://HOST:PORT was wanted, "
            "or tcp://127.0.0.1:PORT on this machine"
        )
    if scheme == "tcp" and not _is_here(host):
        raise ClusterError(
            f"{address} is another machine, and tcp is not encrypted: start scheduler and workers "
            "with --tls-ca-file, --tls-cert and --tls-key, and give its tls:// address"
        )
    return scheme


def _is_here(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _security(files: Certificates | None) -> Any:
    """Return dask's idea of the certificates. Raises ClusterError where one is missing."""
    from distributed.security import Security

    given: dict[str, Any] = {}
    if files is not None:
        given = {
            "tls_ca_file": files.ca,
            "tls_client_cert": files.cert,
            "tls_client_key": files.key,
        }
        given = {name: str(path) for name, path in given.items()}
    found = Security(require_encryption=True, **given)
    for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"):
        path = getattr(found, name)
        if path is None:
            raise ClusterError(
                "a tls:// address needs three files: the authority's certificate, yours and its "
                "key. Name them, or set distributed.comm.tls in dask's configuration"
            )
        if "\n" not in path and not Path(path).is_file():
            raise ClusterError(f"the TLS file {path} is not there: look at its name")
    return found
