"""How messages travel between the referee and its clients: one JSON header, then raw buffers.

A message is a list of parts, as ZeroMQ delivers them. Nothing is pickled, and nothing that arrives
is believed: a header has a largest size and exactly the fields of its type, and every buffer has
the length that its header announces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from grader.errors import DeclarationRefused, RefereeError
from grader.referee.service.messages import Answer, Hello, Queued, Request, Task
from grader.referee.spec import fields, recipe
from grader.referee.spec.contract import Epoch, Measures
from grader.referee.spec.fields import AnyFloat
from grader.referee.spec.recipe import NOTHING, Observation, Recipe

MAX_REQUEST = 5 << 20  # bytes; a declaration has at most 4 MB of text
MAX_HEADER = 1 << 20  # bytes, of a reply
MAX_PART = 1 << 30  # bytes; the largest network that a budget allows has 512 MB
MAX_PARTS = 10_000
MAX_WHO = 200

Part: TypeAlias = bytes | memoryview
Natural: TypeAlias = Annotated[int, Meta(ge=0, lt=2**53)]

_T = TypeVar("_T")


class Malformed(Exception):  # noqa: N818 -- named for what arrived
    """The message that arrived is not well-formed."""


class _WrittenRequest(Struct, frozen=True, omit_defaults=True):
    do: Task
    number: int
    recipe: Recipe | None
    who: str
    observation: Observation = NOTHING
    later: bool = False


class _RequestHeader(Struct, frozen=True, forbid_unknown_fields=True):
    do: Task
    number: Natural
    who: Annotated[str, Meta(max_length=MAX_WHO)]
    recipe: msgspec.Raw = msgspec.Raw(b"null")  # read by itself: what is none is a refusal
    observation: Observation = NOTHING
    later: bool = False

    def __post_init__(self) -> None:
        if not self.who.isprintable():
            raise ValueError("expected printable letters - at `$.who`")


class _Numbered(Struct, frozen=True):
    number: Natural


class EpochHeader(Struct, frozen=True, forbid_unknown_fields=True):
    """An ``Epoch`` but for its weights: these come as buffers of the dtypes and shapes here."""

    key: str
    logs: dict[str, AnyFloat]
    seconds: AnyFloat
    device: str
    fresh: bool
    weights: tuple[tuple[str, tuple[Natural, ...]], ...]


class Refusal(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What ``DeclarationRefused`` is made of, which the asker says in the course's language."""

    template: str
    values: dict[str, str | int | float] = {}


class ReplyHeader(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The header of a reply: a request's number, and one of the other fields."""

    number: Natural
    epoch: EpochHeader | None = None
    measures: Measures | None = None
    hello: dict[str, str] | None = None
    queued: Natural | None = None
    refused: Refusal | None = None
    failed: str | None = None

    def __post_init__(self) -> None:
        """Refuse a reply with no answer, or with two."""
        answers = [name for name in self.__struct_fields__[1:] if getattr(self, name) is not None]
        if len(answers) != 1:
            raise ValueError(f"expected one answer, received {', '.join(answers) or 'none'}")


_REQUESTS = msgspec.json.Decoder(_RequestHeader)
_NUMBERS = msgspec.json.Decoder(_Numbered)
_REPLIES = msgspec.json.Decoder(ReplyHeader)


def write_request(request: Request) -> bytes:
    """A request as the one part that it is.

    Raises:
        DeclarationRefused: it is longer than the referee reads.
    """
    who = _encodable(request.who[:MAX_WHO])
    header = _WrittenRequest(
        *(request.task, request.number, request.recipe, who), request.observation, request.later
    )
    part = msgspec.json.encode(header)
    if len(part) > MAX_REQUEST:
        raise DeclarationRefused(
            "the training's description is {size} bytes long, and at most {most} are read: make "
            "the network smaller",
            size=len(part),
            most=MAX_REQUEST,
        )
    return part


def read_request(parts: Sequence[Part]) -> Request:
    """Read what ``write_request`` wrote, believing none of it.

    Raises:
        Malformed: it is no request; ``number_of`` may tell which reply it waits for.
        DeclarationRefused: it is about what is no recipe.
    """
    if len(parts) != 1:
        raise Malformed(f"a request of {len(parts)} parts: expected 1")
    header = _read(_REQUESTS, parts[0], MAX_REQUEST)
    asked = None if header.do is Task.HELLO else recipe.parse_json(header.recipe)
    return Request(header.number, header.do, asked, header.who, header.observation, header.later)


def number_of(parts: Sequence[Part]) -> int:
    """The number of a request, also of one that is malformed otherwise; 0 if it has none."""
    try:
        return _read(_NUMBERS, parts[0], MAX_REQUEST).number
    except (Malformed, IndexError):
        return 0


def write_reply(number: int, answer: Answer | Queued) -> list[Part]:
    """A reply to the request ``number``: a header, and for an epoch a buffer for each weight."""
    match answer:
        case Epoch():
            return _epoch_reply(number, answer)
        case Measures():
            header = ReplyHeader(number, measures=answer)
        case Hello():
            header = ReplyHeader(number, hello=dict(answer.facts))
        case Queued():
            header = ReplyHeader(number, queued=answer.position)
        case DeclarationRefused():
            header = ReplyHeader(number, refused=_refusal(answer))
        case RefereeError():
            header = ReplyHeader(number, failed=_encodable(str(answer)))
    return [msgspec.json.encode(header)]


def read_reply(parts: Sequence[Part]) -> tuple[int, Answer | Queued]:
    """Read what ``write_reply`` wrote: the request's number, and the answer.

    Raises:
        Malformed: it is none.
    """
    header = read_header(parts)
    try:
        return header.number, _answer(header, parts[1:])
    except (TypeError, ValueError, OverflowError, LookupError, AttributeError) as error:
        raise Malformed(f"no reply of a referee: {error!s:.200}") from error


def read_header(parts: Sequence[Part]) -> ReplyHeader:
    """The header of a reply, for who passes it on: its buffers are not looked at.

    Raises:
        Malformed: it is none.
    """
    if not 1 <= len(parts) <= MAX_PARTS:
        raise Malformed(f"a reply of {len(parts)} parts")
    return _read(_REPLIES, parts[0], MAX_HEADER)


def _refusal(refused: DeclarationRefused) -> Refusal:
    values = {
        # A format of numbers takes no text, and JSON no integer of any size.
        name: value
        if type(value) is float or (type(value) is int and abs(value) < 2**53)
        else _encodable(str(value))
        for name, value in refused.values.items()
    }
    return Refusal(_encodable(refused.template), values)


def refused(why: Refusal) -> DeclarationRefused:
    """The refusal as the asker's process says it."""
    return DeclarationRefused(why.template, **why.values)


def _epoch_reply(number: int, epoch: Epoch) -> list[Part]:
    arrays = [np.ascontiguousarray(weight) for weight in epoch.weights]
    for array in arrays:
        if array.dtype.kind not in "biuf":
            raise RefereeError(f"weights of dtype {array.dtype} cannot be sent: expected numbers")
    header = EpochHeader(
        key=epoch.key,
        logs={name: fields.as_json(value) for name, value in epoch.logs.items()},
        seconds=fields.as_json(epoch.seconds),
        device=epoch.device,
        fresh=epoch.fresh,
        # Not the contiguous array's shape: numpy gives a scalar one axis.
        weights=tuple((weight.dtype.str, weight.shape) for weight in epoch.weights),
    )
    return [
        msgspec.json.encode(ReplyHeader(number, epoch=header)),
        *(array.reshape(-1).view(np.uint8).data for array in arrays),
    ]


def _answer(header: ReplyHeader, buffers: Sequence[Part]) -> Answer | Queued:
    if header.epoch is not None:
        return _epoch(header.epoch, buffers)
    if header.measures is not None:
        return header.measures
    if header.hello is not None:
        return Hello(header.hello)
    if header.queued is not None:
        return Queued(header.queued)
    if header.refused is not None:
        return refused(header.refused)
    return RefereeError(header.failed)


def _epoch(header: EpochHeader, buffers: Sequence[Part]) -> Epoch:
    if len(header.weights) != len(buffers):
        raise ValueError(f"{len(buffers)} buffers came where {len(header.weights)} were announced")
    return Epoch(
        key=header.key,
        logs={name: float(value) for name, value in header.logs.items()},
        seconds=float(header.seconds),
        device=header.device,
        fresh=header.fresh,
        weights=tuple(
            _array(dtype, shape, buffer)
            for (dtype, shape), buffer in zip(header.weights, buffers, strict=True)
        ),
    )


def _array(dtype: str, shape: tuple[int, ...], buffer: Part) -> NDArray[Any]:
    kind = np.dtype(dtype)
    size = math.prod(shape) * kind.itemsize  # in Python's own integers: numpy's would overflow
    if kind.kind not in "biuf" or memoryview(buffer).nbytes != size:
        raise ValueError(f"{memoryview(buffer).nbytes} bytes for {dtype} of shape {shape!s:.100}")
    return np.frombuffer(buffer, kind).reshape(shape).copy()


def _read(decoder: msgspec.json.Decoder[_T], part: Part, most: int) -> _T:
    if len(part) > most:
        raise Malformed(f"a header of {len(part)} bytes: at most {most} are read")
    try:
        return fields.read_json(decoder, part)
    except ValueError as error:
        raise Malformed(str(error)) from error


def _encodable(text: str) -> str:
    """Text as UTF-8 can hold it: half of a surrogate pair becomes an escape sequence."""
    return text.encode(errors="backslashreplace").decode()
