"""Questions and answers as they travel, made short for people, and their digests.

What arrives from a kernel may be anything: a value that cannot be read is said to be so.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from grader.sandbox.guest.data import known_types
from grader.sandbox.guest.data.decoder import Decoder

TEXT = 2000  # characters of one text
_ITEMS = 12  # of one list
_PARTS = 200  # of one value
_DEPTH = 6
_NUMBERS = 6  # at the beginning of an array
_SHORT = 16  # digits of a digest

# Where an object lies in memory is no part of what it says.
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")

# A test's folder, and the names of temporary files in it, are others each time. A student's text is
# searched: each pattern begins with letters, and looks no further than a name is long.
_FOLDER = re.compile(r"/tmp/(?:grader-judge-\d{1,9}-\w{8}/)?grader-claims-\d{1,9}-\w{8}")
_TEMPORARY = re.compile(r"\btmp/tmp[a-z0-9_]{8}")

# In these the order of items, or a number, is the kernel's own; which values it still holds may
# depend on when Python has collected cycles.
_UNSTABLE = (
    *('"set"', '"frozenset"', '"handle"', '"model"', '"own"', '"callback"', '"again"'),
    *('"class"', '"exception"', '"as"', '"kept"', '"dropped"'),
)


_HELD = ("as", "kept", "dropped")


def digest(content: Mapping[str, Any], buffers: Sequence[Any]) -> str:
    """SHA-256 of a message and its buffers, apart from what differs each time.

    Numbers of handles and of what both sides hold, the order of sets, addresses in texts and
    temporary names do not count.
    """
    hashed = sha256()
    try:
        text = json.dumps(content, sort_keys=True)
        if any(mark in text for mark in _UNSTABLE):
            text = json.dumps(_stable(content), sort_keys=True)
    except (RecursionError, TypeError, ValueError):
        text = "unreadable"
    for pattern, known in ((_ADDRESS, "0x"), (_FOLDER, "folder"), (_TEMPORARY, "tmp/tmp")):
        text = pattern.sub(known, text)
    hashed.update(text.encode(errors="replace"))
    for buffer in buffers:
        hashed.update(memoryview(buffer))
    return hashed.hexdigest()


def summary(encoded: Any, buffers: Sequence[Any]) -> Any:
    """An encoded value as JSON for people: arrays by type, shape, digest and a few numbers."""
    return _Summary(buffers).of(encoded, 0)


def short(text: str) -> str:
    """A text, or its beginning and how long it is."""
    return text if len(text) <= TEXT else f"{text[:TEXT]}... ({len(text)} characters)"


class _Summary:
    """Summarises one value.

    Args:
        buffers: what came beside it.
    """

    def __init__(self, buffers: Sequence[Any]) -> None:
        self._buffers, self._left = buffers, _PARTS

    def of(self, encoded: Any, depth: int) -> Any:
        self._left -= 1
        if encoded is None or type(encoded) is bool:
            return encoded
        if type(encoded) is str:
            return short(encoded)
        if self._left < 0 or depth > _DEPTH:
            return {"more": "not shown"}
        try:
            return self._tagged(next(iter(encoded)), encoded, depth)
        except Exception as error:  # it came from a student's kernel
            return {"unreadable": type(error).__name__}

    def _tagged(self, tag: str, encoded: Mapping[str, Any], depth: int) -> Any:
        content = encoded[tag]
        match tag:
            case "int" | "float":
                value = self._plain(encoded)
                return value if abs(value) < 2**53 else {tag: short(repr(value))}
            case "bytes":
                data = self._plain(encoded)
                return {"bytes": len(data), "sha256": sha256(data).hexdigest()[:_SHORT]}
            case "array" | "scalar":
                return _array(tag, np.asarray(self._plain(encoded)))
            case "text":
                return short(self._plain(encoded))
            case "packed":
                return self._packed(str(content), self._plain(encoded))
            case "list" | "tuple" | "set" | "frozenset":
                return self._items(tag, content, depth)
            case "dict":
                pairs = [{"list": pair} for pair in content[:_ITEMS]]
                shown = [self.of(pair, depth + 1)["list"] for pair in pairs]
                return {"dict": shown} | _more(len(content) - len(shown))
            case "handle" | "class" | "builtin" | "exception":
                said = (encoded.get(name) for name in ("type", "name", "builtin", "message"))
                return {"object": short(str(next(filter(None, said), "object")))}
            case "member" | "named":
                return self.of(content, depth)
            case "model":
                return self._model(encoded, depth)
            case _ if tag in ("history", "view") or tag in known_types.TYPES:
                return {tag: self.of(content, depth + 1)}
            case _:
                return self._other(tag, encoded, depth) or {"unreadable": short(str(tag))}

    def _other(self, tag: str, encoded: Mapping[str, Any], depth: int) -> Any:
        """A view of an array, or something of the test's; None of anything else."""
        if tag != "part":
            return _of_test(tag, encoded)
        whole = encoded["part"]
        if "same" in whole:
            return self.of(whole, depth + 1)
        alone = {key: part for key, part in whole.items() if key != "as"}
        return _array("array", self._plain({**encoded, "part": alone}))

    def _plain(self, encoded: Mapping[str, Any]) -> Any:
        # The number of a value that both sides have says nothing to people.
        alone = {key: part for key, part in encoded.items() if key != "as"}
        return Decoder(self._buffers, _refuse).decode(alone)

    def _items(self, tag: str, content: Sequence[Any], depth: int) -> dict[str, Any]:
        shown = [self.of(item, depth + 1) for item in content[:_ITEMS]]
        return {tag: shown} | _more(len(content) - len(shown))

    def _packed(self, tag: str, items: Sequence[Any]) -> dict[str, Any]:
        shown = [short(item) if type(item) is str else _number(item) for item in items[:_ITEMS]]
        return {tag: shown} | _more(len(items) - len(shown))

    def _model(self, encoded: Mapping[str, Any], depth: int) -> dict[str, Any]:
        parts = [str(part.get("type"))[:100] for part in encoded.get("parts") or ()]
        said = {
            "model": str(encoded.get("type", "Model"))[:100],
            "layers": parts[:_ITEMS],
            **_more(len(parts) - _ITEMS),
            "description_sha256": _of_text(encoded.get("description")),
        }
        weights = encoded.get("weights")
        return said | ({} if weights is None else {"weights": self.of(weights, depth + 1)})


def _of_test(tag: str, encoded: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the test handed in, or what came before; None of anything else."""
    if tag in ("own", "library"):
        return {"of the test": short(str(encoded.get("name") or encoded[tag]))}
    if tag == "same" and type(encoded[tag]) is int:
        return {"as before": encoded[tag]}
    return None


def _array(tag: str, values: Any) -> dict[str, Any]:
    if tag == "scalar":
        return {"scalar": str(values.dtype), "value": _number(values[()])}
    flat = values.reshape(-1)
    described = {
        "array": str(values.dtype),
        "shape": list(values.shape),
        "sha256": _of_bytes(values),
        "first": [_number(value) for value in flat[:_NUMBERS]],
    }
    if flat.size > _NUMBERS and values.dtype.kind in "iuf":
        described |= {"least": _number(flat.min()), "most": _number(flat.max())}
    return described


def _of_bytes(values: Any) -> str:
    """The digest of an array's bytes in the order of its rows; without a copy, if possible."""
    rows = np.ascontiguousarray(values).reshape(-1)
    return sha256(rows.view(np.uint8).data if rows.size else b"").hexdigest()[:_SHORT]


def _number(value: Any) -> Any:
    """A number as JSON has it; as text where JSON has none."""
    plain = value.item() if isinstance(value, np.generic) else value
    known = type(plain) in {bool, int} or (type(plain) is float and math.isfinite(plain))
    return plain if known else short(repr(plain))


def _more(count: int) -> dict[str, int]:
    return {"more": count} if count > 0 else {}


def _of_text(text: Any) -> str:
    return sha256(str(text).encode(errors="replace")).hexdigest()[:_SHORT]


def _refuse(tag: str, _encoded: dict[str, Any], _decoder: Decoder) -> Any:
    raise ValueError(f"{tag} is no plain data")


def _stable(value: Any) -> Any:
    """A message without numbers of handles, its sets in an order of their own."""
    if type(value) is list:
        return [_stable(item) for item in value]
    if type(value) is not dict:
        return value
    known = {key: _stable(item) for key, item in value.items() if key not in _HELD}
    for tag in ("set", "frozenset"):
        if type(known.get(tag)) is list:
            known[tag] = sorted(known[tag], key=lambda item: json.dumps(item, sort_keys=True))
    for tag in ("handle", "model", "class", "exception", "number", "of", "own", "again"):
        if type(known.get(tag)) is int:
            known[tag] = 0
    return known
