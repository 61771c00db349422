"""Archives as bytes that no honest program writes."""

from __future__ import annotations

import io
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

NOTEBOOK = b'{"cells": []}'


def zipped(
    *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED
) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of two files of one name
            for name, content in members:
                archive.writestr(name, content)

    return write


def patched(change: Callable[[bytearray], object]) -> Callable[[Path], None]:
    """A zip with one notebook, whose bytes are changed."""

    def write(path: Path) -> None:
        zipped(("ada_numbers.ipynb", NOTEBOOK), method=zipfile.ZIP_STORED)(path)
        content = bytearray(path.read_bytes())
        change(content)
        path.write_bytes(content)

    return write


def wrong_crc(content: bytearray) -> None:
    at = content.index(NOTEBOOK)
    content[at : at + 2] = b"[]"


def encrypted(content: bytearray) -> None:
    """Says of its file that it needs a password, in both places."""
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + offset
        content[at] |= 1


def other_local_name(content: bytearray) -> None:
    """One name in the directory, another in front of the file."""
    at = content.index(b"ada_numbers")
    content[at : at + 11] = b"../_numbers"


def overlapping(path: Path) -> None:
    """Five names for the same 10 MB: each file's bytes quote the next one's header and go on there.

    A thousand of them would make 10 GB of 10 kB; each has an honest size and check sum.
    """
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed, plain = kernel.compress(bytes(10 << 20)) + kernel.flush(), bytes(10 << 20)
    local, directory = b"", []
    for number in reversed(range(5)):
        if local:
            quoted = local[: 30 + 1]
            packed = struct.pack("<BHH", 0, len(quoted), len(quoted) ^ 0xFFFF) + local
            plain = quoted + plain
        fields = (20, 0, 8, 0, 33, zlib.crc32(plain), len(packed), len(plain), 1, 0)
        name = str(number).encode()
        local = struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields) + name + packed
        directory.append((len(local), fields, name))
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, len(local) - size) + name
        for size, fields, name in reversed(directory)
    )
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 5, 5, len(entries), len(local), 0)
    path.write_bytes(local + entries + tail)


def quine(path: Path) -> None:
    """Archives in archives, 40 levels."""
    content = NOTEBOOK
    for number in range(40):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"{number}.zip" if number else "ada_numbers.ipynb", content)
        content = buffer.getvalue()
    path.write_bytes(content)


Header = Callable[[tarfile.TarInfo], object]


def as_symlink(target: str) -> Header:
    def change(info: tarfile.TarInfo) -> None:
        info.type, info.linkname, info.size = tarfile.SYMTYPE, target, 0

    return change


def header(**fields: object) -> bytes:
    info = tarfile.TarInfo("ada_numbers.ipynb")
    for name, value in fields.items():
        setattr(info, name, value)
    return info.tobuf(tarfile.GNU_FORMAT)


def sparse(real: int) -> bytes:
    """A sparse file of GNU's format, which claims to be ``real`` bytes long, all of them holes."""
    block = bytearray(header(type=tarfile.GNUTYPE_SPARSE, size=0))
    block[386:398] = b"%011o\0" % 0
    block[398:410] = b"%011o\0" % 0
    block[483:495] = b"%011o\0" % real if real < 1 << 33 else b"\x80" + real.to_bytes(11, "big")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(1024)


def pax_record(key: str, value: str) -> bytes:
    """A tar whose member has one field of its own, as PAX has it."""
    record = f" {key}={value}\n".encode()
    length = len(record) + len(str(len(record) + 3))
    content = str(length).encode() + record
    content += bytes(-len(content) % 512)
    return header(type=tarfile.XHDTYPE, size=len(content)) + content + header(size=0) + bytes(1024)
