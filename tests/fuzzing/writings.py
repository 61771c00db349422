"""One notebook as bytes, as programs write it; and bytes that no program writes."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.fuzzing.edits import Notebook


@dataclass(frozen=True)
class Writing:
    """How a notebook is written. All of these say the same.

    Attributes:
        indent: of the JSON.
        escaped: whether what is not ASCII is written as escape sequences.
        in_lines: whether texts are lists of lines.
        sorted_keys: whether keys are in order; else in the opposite order.
        encoding: of the file.
        line_end: of the file.
        texts_end: of lines in the texts of cells.
        counted: whether cells have numbers and outputs, as after a run.
        more: whether programs have added metadata of theirs.
    """

    indent: int | None = 1
    escaped: bool = False
    in_lines: bool = True
    sorted_keys: bool = True
    encoding: str = "utf-8"
    line_end: str = "\n"
    texts_end: str = "\n"
    counted: bool = False
    more: bool = False

    def bytes(self, notebook: Notebook) -> bytes:
        """The file."""
        written = json.loads(json.dumps(notebook))
        if self.more:
            written["metadata"] |= {"toc": {"base": 1}, "vscode": {"interpreter": {"hash": "1"}}}
        for number, cell in enumerate(written["cells"]):
            self._write(cell, number)
        written = written if self.sorted_keys else _turned(written)
        text = json.dumps(written, indent=self.indent, ensure_ascii=self.escaped)
        try:
            return text.replace("\n", self.line_end).encode(self.encoding)
        except UnicodeEncodeError:  # half a character has no bytes: it can only be escaped
            return dataclasses.replace(self, escaped=True).bytes(notebook)

    def _write(self, cell: dict[str, Any], number: int) -> None:
        cell["source"] = cell["source"].replace("\r\n", "\n").replace("\n", self.texts_end)
        if self.in_lines:
            cell["source"] = cell["source"].splitlines(keepends=True)
        if self.counted and cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]
        if self.more:
            cell["metadata"] |= {"collapsed": True, "ExecuteTime": {"end_time": "2030-01-31"}}


def _turned(value: Any) -> Any:
    """The same with the keys of objects in the opposite order."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in sorted(value, reverse=True)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


honest = st.builds(
    Writing,
    indent=st.sampled_from([None, 0, 1, 4]),
    escaped=st.booleans(),
    in_lines=st.booleans(),
    sorted_keys=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    texts_end=st.sampled_from(["\n", "\r\n"]),
    counted=st.booleans(),
    more=st.booleans(),
)


@dataclass(frozen=True)
class Damage:
    """A change of a file's bytes, as of a broken transfer.

    Attributes:
        at: where, in parts of 10,000 of the file.
        cut: how many bytes are left out there.
        put: what is there instead.
    """

    at: int
    cut: int
    put: bytes

    def done(self, content: bytes) -> bytes:
        """The bytes after it."""
        at = len(content) * self.at // 10_000
        return content[:at] + self.put + content[at + self.cut :]


damages = st.builds(
    Damage,
    st.integers(0, 10_000),
    st.sampled_from([0, 1, 2, 10, 10**9]),
    st.binary(max_size=6)
    | st.sampled_from(
        [b"", b"\xff\xfe", b"\0", b'"', b"[" * 200, b"{", b"}", b"\xed\xa0\x80", b"NaN"]
    )
    | st.sampled_from([b"1e999", b"1" * 5_000, b"\\ud800", b"<<<<<<< a\n=======\n>>>>>>> b\n"]),
)
