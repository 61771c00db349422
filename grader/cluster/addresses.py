"""Where a cluster is: a scheduler's address, or nodes that are started for one run."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from grader.errors import ConfigurationError

EXAMPLE = "tls://head.example.org:8786"


@dataclass(frozen=True)
class LocalNodes:
    """Nodes that are started on this machine for one run.

    Attributes:
        count: how many.
    """

    count: int


@dataclass(frozen=True)
class Scheduler:
    """A scheduler that runs already.

    Attributes:
        address: ``tls://HOST:PORT`` or ``tcp://HOST:PORT``.
    """

    address: str

    @property
    def encrypted(self) -> bool:
        """Whether one needs the cluster's key."""
        return self.address.startswith("tls://")


def parse(where: str, insecure: bool = False) -> LocalNodes | Scheduler:
    """Read what ``--cluster`` says.

    Args:
        where: ``local:N``, or an address.
        insecure: whether another machine may be reached without TLS.

    Raises:
        ConfigurationError: it is neither, or would send students' work in the clear.
    """
    kind, _, count = where.partition(":")
    if kind == "local":
        if count.isascii() and count.isdigit() and int(count) > 0:
            return LocalNodes(int(count))
        raise ConfigurationError(
            f"{where!r} names no number of nodes: expected local:1 or more, as local:2"
        )
    if "://" not in where:
        raise ConfigurationError(
            f"{where!r} is no cluster: expected the address of a scheduler, as {EXAMPLE}, or "
            "local:2 for two nodes on this machine"
        )
    return Scheduler(check(where, insecure))


def check(address: str, insecure: bool = False) -> str:
    """Return the address of a scheduler, if it may be used.

    Raises:
        ConfigurationError: it is none, or would send students' work in the clear.
    """
    try:
        parts = urlsplit(address)
        complete = bool(parts.hostname and parts.port)
    except ValueError:  # a port that is no number
        complete = False
    if not complete or parts.scheme not in ("tls", "tcp"):
        raise ConfigurationError(
            f"{address!r} is no address of a scheduler: expected tls://HOST:PORT, as {EXAMPLE}"
        )
    if parts.scheme == "tcp" and not insecure and not _stays_here(parts.hostname or ""):
        raise ConfigurationError(
            f"{address} would be open to everybody on the network, who could then run programs as "
            "you: expected tls:// (or --insecure, where the network itself is closed)"
        )
    return address


def _stays_here(host: str) -> bool:
    """Whether what is sent to ``host`` does not leave this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
