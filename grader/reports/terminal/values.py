"""Questions, answers and the values in them, each as a line of text.

The values are summaries that ``grader.examiner.evidence.summaries`` made. Texts are written as
Python writes them, with control characters escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DIGEST = 8  # digits of one that are shown
_BRACKETS = {"list": "[]", "tuple": "()", "set": "{}", "frozenset": "{}"}


def call_text(asked: Mapping[str, Any]) -> str:
    """What was asked."""
    where = f" (where {asked['where']})" if "where" in asked else ""
    match asked["do"]:
        case "look":
            return f"look at {', '.join(asked['names']) or 'nothing'}{where}"
        case "call":
            return f"{asked['of']}({_arguments(asked)}){where}"
        case "operate":
            return f"{_operation(asked)}{where}"
        case "run":
            name = f"{asked['module']}.{asked['function']}"
            return f"{name.removeprefix('grader.checks.')}({_arguments(asked)}){where}"
        case "dry_run":
            return f"dry run of {asked['of']} with {asked['epochs']} epochs{where}"
        case "pyplot":
            return f"matplotlib.pyplot.{asked['name']}{where}"
        case other:
            return f"{other}{where}"


def answer_text(asked: Mapping[str, Any], value: Any) -> str:
    """What came; for a look, each name with what it is."""
    if asked["do"] == "look" and isinstance(value, Mapping) and "dict" in value:
        said = [f"{pair[0]}: {value_text(pair[1])}" for pair in value["dict"]]
        return "; ".join(said) or "none is defined"
    return value_text(value)


def logs_text(logs: Mapping[str, float]) -> str:
    """What an epoch logged."""
    return ", ".join(f"{name} {value:.6g}" for name, value in logs.items())


def value_text(value: Any) -> str:
    """A value, as short as its summary."""
    if not isinstance(value, Mapping):
        return repr(value)
    tag = next(iter(value), "")
    content = value.get(tag)
    more = f", and {value['more']} more" if isinstance(value.get("more"), int) else ""
    match tag:
        case "array":
            return _array(value)
        case "scalar":
            return f"{value['value']} ({content})"
        case "list" | "tuple" | "set" | "frozenset":
            brackets = _BRACKETS[tag]
            return f"{brackets[0]}{', '.join(map(value_text, value[tag]))}{more}{brackets[1]}"
        case "dict":
            pairs = (f"{value_text(pair[0])}: {value_text(pair[1])}" for pair in value["dict"])
            return f"{{{', '.join(pairs)}{more}}}"
        case "object":
            return str(content)
        case "model":
            layers = ", ".join(value["layers"])
            return f"{content} of {layers}{more}{_weights(value)}"
        case "history":
            return f"History {value_text(content)}"
        case "bytes":
            return f"{content} bytes #{value['sha256'][:_DIGEST]}"
        case "int" | "float":
            return str(content)
        case "more":
            return "..."
        case _:
            return f"{tag}({value_text(content)})"


def _operation(asked: Mapping[str, Any]) -> str:
    """What Python does with an object, as a test cell has it."""
    given = [value_text(each) for each in asked["arguments"]]
    name = asked["arguments"][1] if len(given) > 1 else ""
    match asked["operation"]:
        case "getattr":
            return f"{given[0]}.{name}"
        case "setattr":
            return f"{given[0]}.{name} = {given[2]}"
        case "getitem":
            return f"{given[0]}[{given[1]}]"
        case operation:
            return f"{operation}({', '.join(given)})"


def _arguments(asked: Mapping[str, Any]) -> str:
    given = [value_text(each) for each in asked.get("arguments", ())]
    named = (f"{name}={value_text(each)}" for name, each in asked.get("named", {}).items())
    return ", ".join([*given, *named])


def _array(value: Mapping[str, Any]) -> str:
    shape = "x".join(map(str, value["shape"])) or "single"
    first = " ".join(f"{n:.6g}" if isinstance(n, float) else str(n) for n in value["first"])
    span = f" ... {value['least']:.6g} to {value['most']:.6g}" if _has_span(value) else ""
    return f"<{value['array']} {shape}: {first}{span} #{value['sha256'][:_DIGEST]}>"


def _has_span(value: Mapping[str, Any]) -> bool:
    return all(isinstance(value.get(name), int | float) for name in ("least", "most"))


def _weights(value: Mapping[str, Any]) -> str:
    if "weights" not in value:
        return ""
    arrays = value["weights"].get("list", []) if isinstance(value["weights"], Mapping) else []
    marks = [str(each["sha256"])[:_DIGEST] for each in arrays if "sha256" in each]
    return f", weights #{' #'.join(marks)}" if marks else ""
