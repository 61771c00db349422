"""The key of a cluster: one file, which the scheduler, every node and every driver must have.

It holds a secret key and the certificate that goes with it. Each side shows the certificate and
accepts no other. So a machine without a copy of the file can neither send work nor receive it.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib.util
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import ConfigurationError

if TYPE_CHECKING:
    from distributed.security import Security

_MOST_BYTES = 1 << 16


def require_extra() -> None:
    """Raise ``ConfigurationError`` where the packages of the extra are not installed."""
    missing = [name for name in ("distributed", "cryptography") if not _is_there(name)]
    if missing:
        raise ConfigurationError(
            f"a cluster needs {' and '.join(missing)}, not installed here: "
            'pip install "grader[cluster]"'
        )


def make(file: Path) -> None:
    """Make a key where there is none; only its owner may read it.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    from distributed.security import Security

    new = Security.temporary()
    content = f"{new.tls_client_key}{new.tls_client_cert}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as opened:
                opened.write(content)
    except OSError as error:
        raise ConfigurationError(
            f"the cluster's key cannot be kept in {file} ({error.strerror}): expected a "
            "folder that this account may write to; name another file with --key"
        ) from error


def load(file: Path) -> Security:
    """What Dask needs of a cluster's key.

    Raises:
        ConfigurationError: no such file, others may read it, it holds no key, or it is too old.
    """
    from distributed.security import Security

    content = _read(file)
    key, certificate = _parts(file, content)
    return Security(
        require_encryption=True,
        tls_ca_file=certificate,
        **{
            f"tls_{role}_{name}": value
            for role in ("client", "scheduler", "worker")
            for name, value in (("key", key), ("cert", certificate))
        },
    )


def _is_there(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            status, content = os.fstat(opened.fileno()), opened.read(_MOST_BYTES)
    except OSError as error:
        raise ConfigurationError(
            f"the cluster's key {file} cannot be read ({error.strerror}): `grader scheduler` makes "
            "it; copy the file there, or name another one (--key of `grader worker`, "
            "c.Course.cluster_key for `grader grade`)"
        ) from error
    if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigurationError(f"others may read the cluster's key: chmod 600 {file}")
    return content.decode(errors="replace")


def _parts(file: Path, content: str) -> tuple[str, str]:
    """The secret key and the certificate, both as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key, begin, rest = content.partition("-----BEGIN CERTIFICATE-----")
    certificate = begin + rest
    try:
        load_pem_private_key(key.encode(), password=None)
        until = x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
    except (ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{file} holds no key of a cluster: expected the file that `grader scheduler` made"
        ) from error
    if until < datetime.datetime.now(datetime.UTC):
        raise ConfigurationError(
            f"the cluster's key {file} was valid until {until:%Y-%m-%d}: remove it, start "
            "`grader scheduler` again, and copy the new one to all nodes"
        )
    return key, certificate
