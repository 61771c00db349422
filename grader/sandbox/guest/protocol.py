"""The version of the protocol between the grader and the kernel agent, and its limits.

``grader.sandbox.messages`` has all messages. ``PROTOCOL.md`` is written from both
(``python -m grader.sandbox.protocol_page``).
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 16
"""Said when the agent is installed. Add 1 when a message, a field or a limit changes."""

# The lines that the grader runs in the kernel. They bind no name among the student's.
_AGENT = "__import__('importlib').import_module('grader.sandbox.guest')"
INSTALL = f"{_AGENT}.install({VERSION})"
ANSWER = f"{_AGENT}.answer()"

CHUNK = 8 << 20  # bytes; the client refuses a message part of more than 16 MB
MAX_BYTES = 512 << 20
MAX_NODES = 1_000_000
MAX_DEPTH = 64
MAX_DIGITS = 1000
# Of all dicts and sets in one answer: their keys can be chosen to collide, and then each new one is
# compared with all that came before. Texts and bytes cannot: Python salts their hashes.
MAX_KEYS = 10_000
MAX_INT_KEYS = 100_000  # of whole numbers below 2**32, which can be made to collide less often
PACKED_FROM = 1000
MAX_ITEMS = 5_000_000
MAX_TEXT = 10_000
MAX_TEXTS = 32 << 20
MAX_PRINTED = 1_000_000
MAX_ERROR_NAME = 100
MAX_NAME = 200
MAX_KEPT = 100_000
MAX_CLASSES = 10_000
MAX_MESSAGE = 10_000
MAX_LINE = 200
MAX_REFUSAL = 2000
MAX_CALLBACKS = 50
MAX_FILES = 1000
MAX_FILES_BYTES = 16 << 20
MAX_FILE_NAME = 1000
MAX_NOTICES = 1000
MAX_CALLS_BACK = 100_000
MAX_CALL_DEPTH = 50
MAX_SHARED = 4000
MAX_VIEWED = 512 << 10


@dataclass(frozen=True)
class Limit:
    """A limit that both sides hold.

    Attributes:
        name: the constant's name in this module.
        unit: what is counted.
        about: in what it is counted.
    """

    name: str
    unit: str
    about: str


LIMITS = (
    Limit("CHUNK", "bytes", "one buffer; longer data are sent as several"),
    Limit("MAX_BYTES", "bytes", "all buffers of one answer, counted as often as they are named"),
    Limit("MAX_NODES", "values", "one answer, parts of parts included"),
    Limit("MAX_DEPTH", "levels", "values in values"),
    Limit("PACKED_FROM", "items", "the shortest list or tuple that is packed"),
    Limit("MAX_ITEMS", "items", "one packed list or tuple"),
    Limit("MAX_TEXT", "characters", "one text as JSON; longer ones are sent as bytes"),
    Limit("MAX_TEXTS", "characters", "all texts as JSON of one answer"),
    Limit("MAX_KEYS", "keys", "all dicts and sets of one answer, text and bytes apart"),
    Limit("MAX_INT_KEYS", "keys", "those of whole numbers below 2**32, which count apart"),
    Limit("MAX_DIGITS", "hexadecimal digits", "one integer"),
    Limit("MAX_PRINTED", "characters", "what one call, or one dry run, prints"),
    Limit("MAX_ERROR_NAME", "characters", "the name of an exception"),
    Limit("MAX_NAME", "characters", "the name of a class or of its module"),
    Limit("MAX_KEPT", "objects", "what one test cell has handles of"),
    Limit("MAX_CLASSES", "classes", "the classes of these objects"),
    Limit("MAX_MESSAGE", "characters", "the message of an exception"),
    Limit("MAX_LINE", "characters", "the line of code that raised an exception"),
    Limit("MAX_REFUSAL", "characters", "why the stand-in refuses a call of fit"),
    Limit("MAX_CALLBACKS", "names", "the callbacks of one call of fit"),
    Limit("MAX_FILES", "files and folders", "what test and kernel share by copy"),
    Limit("MAX_FILES_BYTES", "bytes", "the files of one message"),
    Limit("MAX_FILE_NAME", "characters", "the name of a shared file"),
    Limit("MAX_NOTICES", "warnings, and as many log records", "one answer"),
    Limit("MAX_CALLS_BACK", "calls", "what a student's code calls of one test's"),
    Limit("MAX_CALL_DEPTH", "calls", "calls back and forth in calls"),
    Limit("MAX_SHARED", "parts", "values that both sides hold beyond one question"),
    Limit("MAX_VIEWED", "bytes", "an array that is sent for the sake of a view of it"),
)
