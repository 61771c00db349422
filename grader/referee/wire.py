"""What travels between the referee and those who ask it: one JSON header, then raw buffers.

A message is a list of parts, as ZeroMQ delivers them. Nothing is ever pickled, and nothing that
arrives is believed: a header has a size and a nesting that may be read, and every buffer has the
length that its header announces.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.recipe import Epoch, Measures, Recipe, dump, parse

MAX_REQUEST = 5 << 20  # bytes; a declaration has at most 4 MB of text
MAX_HEADER = 1 << 20  # bytes, of a reply
MAX_PART = 1 << 30  # bytes; the largest network that a budget allows has 512 MB
MAX_PARTS = 10_000
MAX_WHO = 200
MAX_NUMBER = 2**53

Part: TypeAlias = bytes | memoryview


class Malformed(Exception):  # noqa: N818 -- named for what arrived
    """What arrived is no message of ours; says what is wrong with it."""


@dataclass(frozen=True)
class Asked:
    """A request.

    Attributes:
        number: the asker's, which the replies to it carry.
        do: ``step``, ``measure``, or ``hello``: which backend and device there are.
        recipe: what is asked about; None only for ``hello``.
        who: the submission, for the log and the store.
    """

    number: int
    do: str
    recipe: Recipe | None = None
    who: str = ""


@dataclass(frozen=True)
class Queued:
    """A sign of life: the request waits.

    Attributes:
        position: how many requests come before it; 0: it is being carried out.
    """

    position: int


@dataclass(frozen=True)
class Hello:
    """What the referee trains with.

    Attributes:
        facts: ``backend``, ``backend_version``, ``keras`` and ``device``.
    """

    facts: Mapping[str, str]

    def __str__(self) -> str:
        """In words."""
        known = {"backend": "?", "backend_version": "?", "keras": "?", "device": "?", **self.facts}
        return "{backend} {backend_version}, Keras {keras}, on {device}".format_map(known)


Answer: TypeAlias = Epoch | Measures | Hello | DeclarationRefused | RefereeError


def request(asked: Asked) -> bytes:
    """A request as the one part that it is.

    Raises:
        DeclarationRefused: it is longer than the referee reads.
    """
    recipe = None if asked.recipe is None else dump(asked.recipe)
    header = {"do": asked.do, "number": asked.number, "recipe": recipe, "who": asked.who[:MAX_WHO]}
    part = _json(header)
    if len(part) > MAX_REQUEST:
        raise DeclarationRefused(
            f"the training's description is {len(part)} bytes long, and at most {MAX_REQUEST} are "
            "read: make the network smaller"
        )
    return part


def read_request(parts: Sequence[Part]) -> Asked:
    """Read what ``request`` wrote, believing none of it.

    Raises:
        Malformed: it is no request; ``number_of`` may tell which reply it waits for.
        DeclarationRefused: it is about what is no recipe.
    """
    if len(parts) != 1:
        raise Malformed(f"a request of {len(parts)} parts: expected 1")
    header = _header(parts[0], MAX_REQUEST)
    do, number, who = header.get("do"), _number(header), header.get("who")
    if do not in ("step", "measure", "hello"):
        raise Malformed(f"a request to {do!r:.40}: expected step, measure or hello")
    if number < 0:
        raise Malformed(f"a request of number {header.get('number')!r:.40}")
    if type(who) is not str or len(who) > MAX_WHO or not who.isprintable():
        raise Malformed(f"a request of {who!r:.40}: expected at most {MAX_WHO} letters")
    return Asked(number, do, None if do == "hello" else parse(header.get("recipe")), who)


def number_of(parts: Sequence[Part]) -> int:
    """The number in a request that may be malformed in all else; -1 where there is none."""
    try:
        return _number(_header(parts[0], MAX_REQUEST))
    except (Malformed, IndexError):
        return -1


def _number(header: Mapping[str, Any]) -> int:
    number = header.get("number")
    return number if type(number) is int and 0 <= number < MAX_NUMBER else -1


def reply(number: int, answer: Answer | Queued) -> list[Part]:
    """A reply to the request ``number``: a header, and for an epoch a buffer for each weight."""
    match answer:
        case Epoch():
            return _epoch_reply(number, answer)
        case Measures():
            content: dict[str, Any] = {"measures": asdict(answer)}
        case Hello():
            content = {"hello": dict(answer.facts)}
        case Queued():
            content = {"queued": answer.position}
        case DeclarationRefused():
            content = {"refused": str(answer)}
        case RefereeError():
            content = {"failed": str(answer)}
    return [_json({"number": number, **content})]


def _epoch_reply(number: int, epoch: Epoch) -> list[Part]:
    arrays = [np.ascontiguousarray(weight) for weight in epoch.weights]
    for array in arrays:
        if array.dtype.kind not in "biuf":
            raise RefereeError(f"weights of dtype {array.dtype} cannot be sent: expected numbers")
    header = {
        "key": epoch.key,
        "logs": {name: _float(value) for name, value in epoch.logs.items()},
        "seconds": float(epoch.seconds),
        "device": epoch.device,
        "fresh": epoch.fresh,
        # Not the contiguous array's shape: numpy gives a scalar one axis.
        "weights": [[weight.dtype.str, list(weight.shape)] for weight in epoch.weights],
    }
    return [
        _json({"number": number, "epoch": header}),
        *(array.reshape(-1).view(np.uint8).data for array in arrays),
    ]


def read_reply(parts: Sequence[Part]) -> tuple[int, Answer | Queued]:
    """Read what ``reply`` wrote: the request's number, and the answer.

    Raises:
        Malformed: it is none.
    """
    if not 1 <= len(parts) <= MAX_PARTS:
        raise Malformed(f"a reply of {len(parts)} parts")
    header = _header(parts[0], MAX_HEADER)
    try:
        return _natural(header["number"]), _answer(header, parts[1:])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Malformed(f"no reply of a referee: {error!s:.200}") from error


def outcome(parts: Sequence[Part]) -> Mapping[str, Any]:
    """The header of a reply, for who passes it on: its buffers are not looked at."""
    return _header(parts[0], MAX_HEADER)


def _answer(header: Mapping[str, Any], buffers: Sequence[Part]) -> Answer | Queued:
    match header:
        case {"epoch": epoch}:
            return _epoch(epoch, buffers)
        case {"measures": found}:
            train, test = (float(found[f"{part}_accuracy"]) for part in ("train", "test"))
            return Measures(train, test, bool(found["whole"]), _natural(found["parameters"]))
        case {"hello": facts}:
            return Hello({str(name): str(fact) for name, fact in facts.items()})
        case {"queued": position}:
            return Queued(_natural(position))
        case {"refused": str(text)}:
            return DeclarationRefused(text)
        case {"failed": str(text)}:
            return RefereeError(text)
    raise ValueError(f"it says {', '.join(header)!s:.100}")


def _epoch(found: Mapping[str, Any], buffers: Sequence[Part]) -> Epoch:
    announced = found["weights"]
    if len(announced) != len(buffers):
        raise ValueError(f"{len(buffers)} buffers came where {len(announced)} were announced")
    return Epoch(
        key=str(found["key"]),
        logs={str(name): float(value) for name, value in found["logs"].items()},
        seconds=float(found["seconds"]),
        device=str(found["device"]),
        fresh=bool(found["fresh"]),
        weights=tuple(
            _array(str(dtype), shape, buffer)
            for (dtype, shape), buffer in zip(announced, buffers, strict=True)
        ),
    )


def _array(dtype: str, shape: Sequence[Any], buffer: Part) -> NDArray[Any]:
    kind = np.dtype(dtype)
    sizes = tuple(_natural(size) for size in shape)
    size = math.prod(sizes) * kind.itemsize  # in Python's own integers: numpy's would overflow
    if kind.kind not in "biuf" or memoryview(buffer).nbytes != size:
        raise ValueError(f"{memoryview(buffer).nbytes} bytes for {dtype} of shape {sizes!s:.100}")
    return np.frombuffer(buffer, kind).reshape(sizes).copy()


def _float(value: float) -> float | str:
    """A number; NaN and the infinities as text, since JSON has none of them."""
    number = float(value)
    return number if math.isfinite(number) else repr(number)


def _json(header: Mapping[str, Any]) -> bytes:
    return json.dumps(header, separators=(",", ":"), allow_nan=False).encode()


def _header(part: Part, most: int) -> Mapping[str, Any]:
    if len(part) > most:
        raise Malformed(f"a header of {len(part)} bytes: at most {most} are read")
    try:
        header = json.loads(bytes(part))
    except (ValueError, RecursionError) as error:  # no JSON, no UTF-8, or nested too deep
        raise Malformed(f"a header that is no JSON: {error!s:.100}") from error
    if type(header) is not dict:
        raise Malformed(f"a header that is a {type(header).__name__}: expected an object")
    return header


def _natural(found: Any) -> int:
    if type(found) is not int or not 0 <= found < MAX_NUMBER:
        raise ValueError(f"expected a natural number, received {found!r:.40}")
    return found
