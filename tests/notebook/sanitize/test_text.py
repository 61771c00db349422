from __future__ import annotations

import time

import pytest

from grader.notebook.sanitize.text import escape_invisible, render_terminal, strip_ansi


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tab\tand\nline", "tab\tand\nline"),
        ("\x1b[31mred\x1b[0m \x1b[1;38;5;12mblue\x1b[m", "red blue"),
        ("\x1b]0;a title\x07x \x1b]8;;http://evil/\x1b\\link\x1b]8;;\x1b\\", "x link"),
        ("\x1b[2J\x1b[3;4Hcleared\x1b(B\x1bM", "cleared"),
        ("\x1bPdevice control\x1b\\x", "x"),
        ("bell \x07 null \x00", r"bell \x07 null \x00"),
        ("c1 \x9b half an escape \x1b", r"c1 \x9b half an escape \x1b"),
        ("if admin:\u202e # nobody\u2066", r"if admin:\u202e # nobody\u2066"),
        ("half a character \ud800", r"half a character \ud800"),
        ("Grüße, 数字, ━━━", "Grüße, 数字, ━━━"),
        ("windows\r\nlines", "windows\nlines"),
    ],
)  # fmt: skip
def test_what_is_unseen_is_spelled_out_and_the_rest_stays(text: str, shown: str) -> None:
    assert strip_ansi(text) == shown
    shown.encode()


def test_code_keeps_its_escapes_in_sight() -> None:
    assert escape_invisible("x = '\x1b[31m'") == r"x = '\x1b[31m'"


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("10 %\r100 %\rdone ", "done "),
        ("done\rX", "Xone"),
        ("abc\b\bX", "aXc"),
        ("\b\b\ba", "a"),
        ("1/3\b\b\b2/3\b\b\b3/3\nnext\r", "3/3\nnext"),
        ("\x1b[1m1/2\x1b[0m\r\x1b[1m2/2\x1b[0m", "2/2"),
    ],
)
def test_a_progress_bar_is_what_it_leaves_on_the_screen(written: str, left: str) -> None:
    assert render_terminal(written) == left


@pytest.mark.parametrize(
    "piece", ["\x1b]", "\x1b[", "\x1bP", "\x1b[1", "\x1b]a", "\r", "\b", "ab\r"]
)
def test_hostile_text_is_read_in_one_pass(piece: str) -> None:
    begin = time.process_time()
    render_terminal(piece * 300_000)
    assert time.process_time() - begin < 5, "seconds of CPU; a second pass per escape takes minutes"
