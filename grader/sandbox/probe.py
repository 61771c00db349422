"""The one piece of ours inside a student's kernel: describes its values and takes calls.

The text of this file and of ``values.py`` is run in the kernel before any student code. Questions
and answers travel on the kernel's stdin channel, where a program's ``input()`` would ask a person:
the examiner runs one line, ``answer()``, which asks for a question, and then hands over the answer.
Nothing here is secret or trusted; a student who changes it changes what they say, and that is all.

It imports nothing of ours: ``values.py`` stands beside it in the kernel, as ``course_values``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import sys
import time
import types
from typing import Any

import course_values as values  # type: ignore[import-not-found]
import zmq
from IPython import get_ipython

MAX_PRINTED = 1_000_000

_kept: dict[int, Any] = {}


def answer() -> None:
    """Ask for a question, work on it, and hand over what came of it."""
    question, buffers = _exchange({"ready": True}, [])
    printed = _Printed()
    reply: dict[str, Any]
    encoder = values.Encoder(_refer)
    try:
        with contextlib.redirect_stdout(printed):
            result = _work(question, values.Decoder(buffers, _resolve))
            reply = {"value": encoder.encode(result)}
    except BaseException as error:  # students raise whatever they like, SystemExit included
        if isinstance(error, KeyboardInterrupt):
            raise
        encoder.buffers.clear()
        reply = {"error": type(error).__name__, "message": _message(error)}
    reply["printed"] = printed.getvalue()
    _exchange(reply, encoder.buffers)


class OutputLimit(Exception):  # noqa: N818 -- named for what was passed
    """One call printed more than may be sent."""


class _Printed(io.StringIO):
    """What a call prints, up to a limit."""

    def write(self, text: str) -> int:
        if self.tell() + len(text) > MAX_PRINTED:
            raise OutputLimit(f"more than {MAX_PRINTED} characters printed in one call")
        return super().write(text)


def _work(question: dict[str, Any], decoder: Any) -> Any:
    match question["do"]:
        case "look":
            _kept.clear()
            space = _namespace()
            return {name: space[name] for name in question["names"] if name in space}
        case "call":
            arguments = [decoder.decode(one) for one in question["arguments"]]
            named = {name: decoder.decode(one) for name, one in question["named"].items()}
            return _kept[question["of"]](*arguments, **named)
        case "run":
            arguments = [decoder.decode(one) for one in question["arguments"]]
            found = _module_function(question)(*arguments)
            if dataclasses.is_dataclass(found) and not isinstance(found, type):
                return dataclasses.astuple(found)
            return found
        case "rehearse":
            fitting = sys.modules["course_fitting"]
            return fitting.rehearse(_kept[question["of"]], question["epochs"])
        case "clock":
            return time.process_time()
        case other:
            raise values.Malformed(f"unknown question {other}")


def _module_function(question: dict[str, Any]) -> Any:
    """A function of a module whose text came along: it must look at objects that only live here."""
    loaded: dict[str, types.ModuleType] = {}
    for name in question["modules"]:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            loaded.setdefault(".".join(parts[:end]), types.ModuleType(".".join(parts[:end])))
    for module in loaded.values():
        module.__path__ = []  # each may be a package: imports go through its name
    before = {name: sys.modules.get(name) for name in loaded}
    sys.modules.update(loaded)
    try:
        for name, text in question["modules"].items():
            exec(compile(text, f"<{name}>", "exec"), vars(loaded[name]))
    finally:
        for name, old in before.items():
            if old is None:
                del sys.modules[name]
            else:
                sys.modules[name] = old
    return getattr(loaded[question["module"]], question["function"])


def _refer(value: Any, encoder: Any) -> dict[str, Any]:
    """What becomes of a value that is no plain data."""
    kind = type(value)
    if kind.__name__ == "EagerTensor" and kind.__module__.startswith("tensorflow."):
        return encoder.encode(value.numpy())  # type: ignore[no-any-return]
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(value, keras.callbacks.History):
        return {"history": encoder.encode([value.history, value.epoch, value.params])}
    if keras is not None and isinstance(value, keras.Model):
        return _model(value, keras, encoder)
    handle = {"handle": _keep(value), "type": kind.__name__, "callable": callable(value)}
    return handle | ({"class": value.__name__} if isinstance(value, type) else {})


def _model(model: Any, keras: Any, encoder: Any) -> dict[str, Any]:
    """A model by its description and its weights, and by its parts where it has no description."""
    known = type(model) in (keras.Sequential, keras.Model) or type(model).__name__ == "Functional"
    described = {
        "model": _keep(model),
        "type": type(model).__name__,
        "parts": [_part(one, keras) for one in _inner(model, keras)],
        "description": None,
        "weights": None,
        "compiled": _compiled(model),
        "built": model.built is True,
    }
    if known:
        with contextlib.suppress(Exception):  # then its parts must do
            description = model.to_json()
            described["weights"] = encoder.encode([weight.numpy() for weight in model.weights])
            described["description"] = description
    return described


def _compiled(model: Any) -> str | None:
    """What the model was compiled with, if it was."""
    if not model.compiled:
        return None
    try:
        return json.dumps(model.get_compile_config())
    except Exception:  # something in it cannot be told
        return "{}"


def _inner(part: Any, keras: Any) -> list[Any]:
    """The layers and operations that a model or a wrapper holds, in order, but for its inputs."""
    inner = []
    if isinstance(part, keras.Sequential):
        inner = list(part.layers)
    elif hasattr(part, "_nodes_by_depth"):
        depths = sorted(part._nodes_by_depth, reverse=True)
        inner = [node.operation for depth in depths for node in part._nodes_by_depth[depth]]
    elif isinstance(part, keras.Layer):
        inner = list(part._flatten_layers(include_self=False, recursive=False))
    return [one for one in inner if not isinstance(one, keras.layers.InputLayer)]


def _part(part: Any, keras: Any) -> dict[str, Any]:
    """A layer or an operation, and what it holds."""
    kind = type(part)
    return {
        "type": kind.__name__,
        "own": not kind.__module__.startswith("keras."),
        "name": str(getattr(part, "name", "")),
        "layer": isinstance(part, keras.Layer),
        "model": isinstance(part, keras.Model),
        "config": _config(part),
        "parts": [_part(one, keras) for one in _inner(part, keras)],
    }


def _config(part: Any) -> str | None:
    if not type(part).__module__.startswith("keras."):
        return None
    try:
        from keras.saving import serialize_keras_object

        return json.dumps(serialize_keras_object(part))
    except Exception:  # a layer whose configuration cannot be told stays a name
        return None


def _resolve(tag: str, found: dict[str, Any], decoder: Any) -> Any:
    """What the examiner refers to: something kept here, or a model of its own."""
    if tag == "handle":
        return _kept[found["handle"]]
    if tag == "model":
        import keras

        model = keras.models.model_from_json(found["description"])
        model.set_weights(decoder.decode(found["weights"]))
        return model
    raise values.Malformed(f"unknown reference {tag}")


def _keep(value: Any) -> int:
    number = len(_kept)
    _kept[number] = value
    return number


def _namespace() -> dict[str, Any]:
    return _shell().user_ns  # type: ignore[no-any-return]


def _shell() -> Any:
    return get_ipython()


def _message(error: BaseException) -> str:
    try:
        return str(error)[:10_000]
    except Exception:
        return ""


def _exchange(content: dict[str, Any], buffers: list[bytes]) -> tuple[dict[str, Any], list[Any]]:
    """Send one message on the stdin channel and wait for the reply to it."""
    kernel = _shell().kernel
    sys.stdout.flush()
    sys.stderr.flush()
    with contextlib.suppress(zmq.Again):  # a reply that came after its question was interrupted
        while True:
            kernel.stdin_socket.recv_multipart(zmq.DONTWAIT)
    parent = kernel.get_parent("shell")
    ident = kernel._get_shell_context_var(kernel._shell_parent_ident)
    prompt = {"prompt": json.dumps(content), "password": False}
    kernel.session.send(
        kernel.stdin_socket, "input_request", prompt, parent, ident=ident, buffers=buffers
    )
    while True:
        zmq.select([kernel.stdin_socket], [], [], 1)
        ident, reply = kernel.session.recv(kernel.stdin_socket)
        if reply is not None:
            return json.loads(reply["content"]["value"]), reply.get("buffers", [])
