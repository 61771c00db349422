"""Attacks by what cells hold: very long text, text that looks like other text, pictures, magics."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from PIL import Image

from tests.attacks.live_outputs import SVG as LIVE_SVG
from tests.attacks.submissions import Attack, HandedIn, python
from tests.attacks.world import SCRIPT

WRONG = {"add": "def add(a, b):\n    return 0"}
# What makes a reader of Markdown, formulas or code that goes back look again and again.
BAITS = (
    *("[", "![", "[](", "`", "*a ", "*_", "> ", "<a ", "<!--", "$", "$$", "\\(", "\\begin{a}", "{"),
    *("a|b\n-|-\n", "- ", "1. ", "&", "\\\n", "<img src=", "![](<", "~~", "[^1]", "http://"),
)
MEGABYTE = 1 << 20
COMMANDS = "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x07look\x1b]8;;\x07\x1bP1;2|x\x1b\\"
UNSEEN = "\u202etxt.gpj\u202c\u200f\u2066a\u2069\x00\x08\x9b31m"


def extra(*cells: NotebookNode) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells += cells

    return change


def markdown(text: str, **attachments: object) -> Callable[[NotebookNode], None]:
    """One more cell of text, with pictures."""

    def change(notebook: NotebookNode) -> None:
        cell = new_markdown_cell(text, id="mine")
        if attachments:
            cell.attachments = attachments
        notebook.cells.append(cell)

    return change


def code(text: str) -> Callable[[NotebookNode], None]:
    return extra(new_code_cell(text, id="mine"))


def baits(length: int) -> Callable[[NotebookNode], None]:
    """A cell of text for each bait, ``length`` characters long."""
    texts = ((bait * (length // len(bait) + 1))[:length] for bait in BAITS)
    return extra(*(new_markdown_cell(text, id=f"bait{n}") for n, text in enumerate(texts)))


def png(width: int, height: int, frames: int = 0) -> str:
    """A PNG of zeros that is packed small, in base64; of very many pixels, or of many frames."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    packer = zlib.compressobj(9)
    row = bytes(width // 8 + 2)
    rows = b"".join(packer.compress(row) for _ in range(min(height, 4000))) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0))
    control = struct.pack(">5IHHBB", 0, width, height, 0, 0, 1, 100, 0, 0)
    moving = chunk(b"acTL", struct.pack(">2I", frames, 0)) + chunk(b"fcTL", control)
    content = b"\x89PNG\r\n\x1a\n" + head + (moving if frames else b"") + chunk(b"IDAT", rows)
    return base64.b64encode(content + chunk(b"IEND", b"")).decode()


def small_png() -> str:
    buffer = io.BytesIO()
    Image.new("L", (8, 8), 200).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def scans(count: int) -> str:
    """A JPEG that claims to be drawn over again and again."""
    buffer = io.BytesIO()
    Image.new("L", (64, 64), 200).save(buffer, "JPEG", progressive=True)
    content = buffer.getvalue()
    at = content.index(b"\xff\xda")
    scan = content[at : content.index(b"\xff\xda", at + 2)]
    return base64.b64encode(content[:at] + scan * count + content[at:]).decode()


SVG = base64.b64encode(LIVE_SVG.encode()).decode()


def pictures(**bundles: object) -> HandedIn:
    """Right answers, and pictures in a cell of text, which shows each of them."""
    text = "\n".join(f"![{name}](attachment:{name})" for name in bundles)
    return HandedIn(change=markdown(text, **bundles))


SMALL = small_png()  # made once: each process of tests imports this
PICTURED = pictures(sketch={"image/png": SMALL})
NOTED = HandedIn(change=markdown("# My notes\n\nSums are *fun*: $1 + 2 = 3$."))

ATTACKS = (
    Attack(
        66,
        "million_lines",
        "a cell of a million empty lines",
        HandedIn(WRONG, code("\n" * 1_000_001)),
        HandedIn(change=code("\n" * 10_000)),
        "",
        "is over a limit",
    ),
    Attack(
        66,
        "long_line",
        "a line of 900,000 characters",
        HandedIn({"add": f"def add(a, b): return 0  # {'x' * 900_000}"}),
        HandedIn({"add": f"def add(a, b): return a + b  # {'x' * 10_000}"}),
        "FF++",
    ),
    Attack(
        66,
        "brackets",
        "5,000 brackets within one another",
        HandedIn({"add": f"def add(a, b):\n    return {'(' * 5000}0{')' * 5000}"}),
        HandedIn({"add": f"def add(a, b):\n    return {'(' * 50}a + b{')' * 50}"}),
        "xx++",
    ),
    Attack(
        66,
        "baits",
        "10 MB of text for which readers of Markdown go back again and again",
        HandedIn(WRONG, baits(10 * MEGABYTE // len(BAITS))),
        NOTED,
        "FF++",
    ),
    Attack(
        66,
        "name_that_looks_alike",
        "add with a Cyrillic letter, beside a wrong add",
        HandedIn({"add": "def \u0430dd(a, b):\n    return a + b\ndef add(a, b):\n    return 0"}),
        HandedIn({"add": "def \uff41dd(a, b):\n    return a + b"}),  # Python reads it as add
        "FF++",
    ),
    Attack(
        66,
        "hidden_by_direction",
        "code in a comment that an override of the direction of writing shows as code",
        HandedIn({"add": "def add(a, b):\n    return 0 #\u202e b + a nruter\u202c"}),
        HandedIn({"add": "def add(a, b):\n    return a + b  # \u05e9\u05dc\u05d5\u05dd"}),
        "FF++",
    ),
    Attack(
        66,
        "magics",
        "cells of magics that write outside, and a script of HTML and of JavaScript",
        HandedIn(
            WRONG
            | {
                "total": "%%bash\necho run > @OUTSIDE@/bash",
                "double": f"%%html\n<script>{SCRIPT}</script>",
            }
        ),
        HandedIn({"total": "%%time\ndef total(numbers):\n    return sum(numbers)"}),
        "xxxx",
    ),
    Attack(
        67,
        "picture_bomb",
        "a PNG of 60,000 by 60,000 pixels in 100 kB",
        pictures(sketch={"image/png": png(60_000, 60_000)}),
        PICTURED,
    ),
    Attack(
        67,
        "moving_picture",
        "an animated PNG of a thousand million frames",
        pictures(sketch={"image/png": png(64, 64, frames=1_000_000_000)}),
        PICTURED,
    ),
    Attack(
        67,
        "svg_as_png",
        "a script in an SVG that is called PNG, and one that is called SVG",
        pictures(sketch={"image/png": SVG}, other={"image/svg+xml": SVG}),
        PICTURED,
    ),
    Attack(
        67,
        "endless_jpeg",
        "a JPEG of 5,000 scans",
        pictures(sketch={"image/jpeg": scans(5000)}),
        PICTURED,
    ),
    Attack(
        67,
        "no_pictures",
        "attachments that are numbers, lists, HTML and nothing",
        pictures(
            a={"image/png": [1, 2]},
            b={"text/html": f"<script>{SCRIPT}</script>"},
            c={},
            d={"image/png": {"x": "y"}},
        ),
        PICTURED,
    ),
    Attack(
        67,
        "thousands_of_pictures",
        "3,000 pictures in one cell",
        pictures(**{f"p{n}": {"image/png": SMALL} for n in range(3000)}),
        pictures(**{f"p{n}": {"image/png": SMALL} for n in range(5)}),
    ),
    Attack(
        68,
        "terminal_commands",
        "commands of a terminal in what is printed, in a picture's text, and in an error",
        python(
            f"print({COMMANDS + UNSEEN!r})\n"
            f"get_ipython().run_cell({'raise ValueError(' + repr(COMMANDS) + ')'!r})",
            wrong=False,
        ),
        python("print('\\x1b[31mred\\x1b[0m', 'done', sep='\\r')", wrong=False),
    ),
    Attack(
        68,
        "commands_in_an_answer",
        "an answer of commands of a terminal, which the message quotes",
        HandedIn({"add": f"def add(a, b):\n    return {COMMANDS + UNSEEN!r}"}),
        HandedIn({"add": "def add(a, b):\n    print('\\x1b[31mred\\x1b[0m')\n    return a + b"}),
        "FF++",
    ),
    Attack(
        68,
        "fat_answers",
        "answers of 12 MB each, which a record of them would keep",
        HandedIn({"add": "def add(a, b):\n    return 'x' * 12_000_000"}),
        HandedIn({"add": "def add(a, b):\n    print('x' * 1000)\n    return a + b"}),
        "FF++",
    ),
)
