"""What commands print on a terminal of 80 columns, as pages with its colours."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

COLUMNS = 80
_LONGEST = 600  # seconds
_PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<style>{stylesheet} body {{ background: {background}; color: {foreground}; margin: 1rem; }}
pre {{ font: 15px/1.25 "DejaVu Sans Mono", monospace; }}</style>
<pre>{code}</pre>
"""


def write(folder: Path, name: str, command: list[str], place: Path) -> None:
    """Write what stands on the terminal after a command of ``grader`` in the folder ``place``."""
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115
    console.print(Text(f"$ grader {' '.join(command)}", "bold"))
    console.print(Text.from_ansi(_last_screen(_printed(command, place))))
    page = console.export_html(theme=SVG_EXPORT_THEME, code_format=_PAGE)
    (folder / f"{name}.html").write_text(page)


def _printed(command: list[str], folder: Path) -> str:
    """All that a command writes to a terminal."""
    ours, its = pty.openpty()
    program = [sys.executable, "-c", "from grader.cli import main; main()"]
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    with subprocess.Popen(
        [*program, *command], stdout=its, stderr=its, env=environment, cwd=folder
    ) as process:
        os.close(its)
        parts = []
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the terminal's other end is closed
                break
            if not part:
                break
            parts.append(part)
        process.wait(_LONGEST)
    os.close(ours)
    return b"".join(parts).decode(errors="replace")


def _last_screen(printed: str) -> str:
    """What is left where a live display wrote over its own lines."""
    lines: list[str] = []
    for line in printed.replace("\r\n", "\n").split("\n"):
        ups = line.count("\x1b[1A")
        if ups:
            del lines[len(lines) - min(ups, len(lines)) :]
            line = line.rpartition("\x1b[2K")[2]  # noqa: PLW2901 -- what was erased before it
        lines.append(line.rpartition("\r")[2])
    return "\n".join(lines).replace("\x1b[?25l", "").replace("\x1b[?25h", "").strip("\n")
