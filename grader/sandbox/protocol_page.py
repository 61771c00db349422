"""Writes ``guest/PROTOCOL.md`` from the tables in ``messages/``.

Run ``python -m grader.sandbox.protocol_page`` after a change of a table, or of the limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.sandbox.guest import protocol
from grader.sandbox.guest.data.known_types import TYPES
from grader.sandbox.messages.fields import Field, Message
from grader.sandbox.messages.questions import QUESTIONS
from grader.sandbox.messages.references import PART, REFERENCES
from grader.sandbox.messages.trainings import IMAGES, TRAININGS

PAGE = Path(protocol.__file__).with_name("PROTOCOL.md")

_HEAD = f"""# Protocol between the grader and a student's kernel

Written by `python -m grader.sandbox.protocol_page` from `protocol.py` and the tables of messages; a
test compares them.
This is version {protocol.VERSION}.

The grader runs this line in the kernel before any student code. It names the version, and fails
where the agent has another:

    {protocol.INSTALL}

It runs this line for questions that follow each other:

    {protocol.ANSWER}

All messages travel on Jupyter's stdin channel. What the kernel sends is the `prompt` of an
`input_request`; what the grader sends is the `value` of an `input_reply`. Both are a JSON object
as text. Buffers beside the message hold the bytes of arrays and byte strings. The kernel always
sends first, and the grader replies to each message once: to an answer with the next question, or,
before another cell is run, with an empty object, at which the line ends. Where the kernel's text is
longer than `CHUNK`, the last buffers hold it, and `{{"long": n}}` in its place says how many.

Nothing that the kernel sends is trusted: the grader checks each type and size, and unpickles
nothing.
"""

_VALUES = """## Values

A *value* is `null`, `true`, `false`, a text, or an object whose first key is its tag:

| value | JSON |
| --- | --- |
| whole number | `{"int": 3}`; from 53 bits on `{"int": "0x..."}` |
| float | `{"float": 0.5}`; `"inf"`, `"-inf"` and `"nan"` as text |
| long text | `{"text": [buffers], "size": bytes}`, in UTF-8 |
| bytes | `{"bytes": [buffers], "size": bytes}` |
| list, tuple, set, frozenset | `{"list": [values]}`, and so on |
| long list or tuple of floats, ints below 2**63, bools or texts | `{"packed": "list", \
"of": "float", "parts": [[buffers]], "sizes": [bytes]}`; of texts, first the lengths |
| dict | `{"dict": [[value, value], ...]}` |
| numpy array | `{"array": [buffers], "dtype": text, "shape": [numbers]}`; \
`"order": "F"` where it lies by columns, `"readonly": true` where it is that |
| view of an array | `{"part": array, "offset": bytes, "shape": [numbers], "strides": [bytes]}`; \
`"readonly": true` where it is that |
| numpy scalar | `{"scalar": [buffers], "dtype": text, "shape": []}` |
| {_STANDARD} | `{"date": value}`, and so on; of its parts |
| a value of the same message, or that both sides have | `{"same": number}` |
| anything else | a reference, see below |

A value that can change in place may have a number, `"as": 3`; the examiner gives even ones and the
agent odd ones. By it the value is named again, and a change of it is told. A number
holds if the message that gives it says so (`kept`), until one side says that it does not hold the
value any more (`dropped`), and no longer than one test.

Arrays have a dtype of the kinds b, i, u, f, c, S, U, m and M; others are sent as `ndarray`, of
their fields or items.
"""


def page() -> str:
    """The text of ``PROTOCOL.md``."""
    return "\n".join(_sections()).rstrip() + "\n"


def _sections() -> Iterator[str]:
    yield _HEAD
    yield "## Limits\n"
    yield "| limit | most | for |\n| --- | --- | --- |"
    for limit in protocol.LIMITS:
        yield f"| `{limit.name}` | {getattr(protocol, limit.name):,} {limit.unit} | {limit.about} |"
    yield ""
    yield _VALUES.replace("{_STANDARD}", ", ".join(TYPES))
    yield from _messages("References", REFERENCES)
    yield from _object("part", "A layer or an operation in `parts`.", PART)
    yield from _messages("Questions and answers", QUESTIONS)
    yield from _messages("Trainings", TRAININGS)
    yield from _object("images", "Which of the course's images an array holds.", IMAGES)


def _messages(title: str, messages: Sequence[Message]) -> Iterator[str]:
    yield f"## {title}\n"
    for message in messages:
        heading = f"{message.name} (from the {message.sender})"
        yield from _object(heading, message.about, message.fields)


def _object(heading: str, about: str, fields: Sequence[Field]) -> Iterator[str]:
    yield f"### {heading}\n\n{about}\n"
    if fields:
        yield "| field | type | meaning |\n| --- | --- | --- |"
        yield from map(_row, fields)
        yield ""


def _row(field: Field) -> str:
    kind = str(field.kind)
    if field.always is not None:
        kind = f'`"{field.always}"`' if isinstance(field.always, str) else "`true`"
    if field.nullable:
        kind += " or null"
    if field.most is not None:
        kind += f", at most {field.most:,}"
    return f"| `{field.name}`{' (optional)' if field.optional else ''} | {kind} | {field.about} |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
