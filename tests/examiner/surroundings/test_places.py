"""A test cell goes nowhere where a text of a student's leads: no file, folder, or address."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.errors import CourseError
from grader.examiner.cells.finding import FindingKind
from grader.examiner.examiner import Finding
from grader.examiner.surroundings import returned
from tests.examiner.surroundings.conftest import Make

REFUSED = "your code has written nothing"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of the machine with a file in it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("hello")
    return tmp_path / "outside"


def answering(value: Any) -> Callable[[], Any]:
    """A student's function that writes a file and a folder, and returns a value."""

    def answer() -> Any:
        Path("made").mkdir(exist_ok=True)
        Path("made", "own.txt").write_text("hello")
        return value

    return answer


@pytest.mark.parametrize(
    "use",
    [
        "os.remove(answer())",
        "Path(answer()).unlink()",
        "os.rename(answer(), 'here.txt')",
        "os.replace('made/own.txt', answer())",
        "os.truncate(answer(), 0)",
        "os.chmod(answer(), 0o600)",
        "os.link(answer(), 'here.txt')",
        "os.symlink(answer(), 'here.txt')",
        "shutil.move(answer(), 'here.txt')",
        "shutil.copy(answer(), 'here.txt')",
        "Path(answer()).read_text()",
        "import sqlite3; sqlite3.connect(answer())",
    ],
)
def test_a_file_that_a_text_names_is_left_alone(both: Make, outside: Path, use: str) -> None:
    secret = outside / "secret.txt"
    test = f"import os, shutil\nfrom pathlib import Path\n{use}"
    for path in (str(secret), secret, f"{outside}/./secret.txt", f"/{secret}"):
        assert REFUSED in both(answer=answering(path)).tested(test).message
        assert secret.read_text() == "hello"
        assert [path.name for path in outside.iterdir()] == ["secret.txt"]
    if "sqlite3" not in use:
        assert both(answer=answering("made/own.txt")).tested(test) == Finding()


@pytest.mark.parametrize(
    "use",
    [
        "shutil.rmtree(answer())",
        "os.listdir(answer())",
        "list(Path(answer()).iterdir())",
        "list(os.walk(answer()))",
        "list(os.scandir(answer()))",
        "glob.glob(answer() + '/*')",
        "list(Path(answer()).rglob('*'))",
        "shutil.copytree(answer(), 'here')",
        "shutil.make_archive('here', 'zip', answer())",
        "os.chdir(answer())",
        "os.mkdir(answer() + '/more')",
    ],
)
def test_a_folder_that_a_text_names_is_left_alone(both: Make, outside: Path, use: str) -> None:
    test = f"import glob, os, shutil\nfrom pathlib import Path\n{use}"
    assert REFUSED in both(answer=answering(str(outside))).tested(test).message
    assert [path.name for path in outside.iterdir()] == ["secret.txt"]
    assert both(answer=answering("made")).tested(test) == Finding()


@pytest.mark.parametrize(
    ("form", "use"),
    [
        ("{0}/./secret.txt", "Path(answer()).read_text()"),  # as pathlib writes it, it is shorter
        ("{0}//secret.txt", "Path(answer()).read_text()"),
        ("{0}/other/../secret.txt", "open(os.path.normpath(answer())).read()"),
        ("{up}{0}/secret.txt", "open(os.path.abspath(answer())).read()"),
        ("/proc/self/root{0}/secret.txt", "Path(answer()).resolve().read_text()"),
        ("  {0}/secret.txt\n", "open(answer().strip()).read()"),
        ("path: {0}/secret.txt", "open(answer().split()[1]).read()"),
        ("file://{0}/secret.txt", "urlopen(answer()).read()"),
        ("file://{0}/%73ecret.txt", "urlopen(answer()).read()"),
        ("/" + "./" * 150_000 + "{0}/secret.txt", "Path(answer()).read_text()"),
        ("~{0}/secret.txt", "open(answer().replace('~', '')).read()"),
    ],
    ids=range(11),
)
def test_no_way_of_writing_a_path_leads_out(both: Make, outside: Path, form: str, use: str) -> None:
    text = form.format(str(outside), up="../" * 30).replace("..//", "../")
    test = f"import os\nfrom pathlib import Path\nfrom urllib.request import urlopen\n{use}"
    finding = both(answer=answering(text)).tested(f"{test}\nassert False, 'it was read'")
    assert REFUSED in finding.message


def test_a_file_of_the_tests_own_is_opened_beside_texts(both: Make, outside: Path) -> None:
    own = f"assert open({str(outside / 'secret.txt')!r}).read() == 'hello'"
    for value in ("made/own.txt", ["/usr/bin/env", "https://example.org/x"], ""):
        assert both(answer=answering(value)).tested(f"answer()\n{own}") == Finding()


@pytest.mark.parametrize("value", ["/", "..", "~", "/usr/lib/x"])
def test_a_module_is_imported_beside_texts_that_lead_to_a_root(
    both: Make, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    test = "import io, contextlib\nanswer()\nwith contextlib.redirect_stdout(io.StringIO()):"
    assert both(answer=answering(value)).tested(f"{test}\n    import this") == Finding()
    assert "this" in sys.modules


def test_where_texts_were_too_many_to_keep_nothing_outside_is_opened(
    both: Make, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returned, "_MOST", 1000)
    values = iter(["x" * 2000, str(outside / "secret.txt")])
    test = "first = answer()\nopen(answer()).read()"
    student = both(answer=lambda: next(values))
    assert REFUSED in student.tested(test).message
    more = both(answer=lambda: "print(open('x', 'w'))\n" + "#" * 2000)
    with pytest.raises(CourseError, match="wrote or returned"):
        more.tested("exec(answer())")


class Index:
    """An object that is used as a number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


@pytest.mark.parametrize("kind", [int, np.int64, Index])
def test_nothing_of_the_judges_is_opened_by_its_number(
    both: Make, outside: Path, kind: Callable[[int], Any]
) -> None:
    with (outside / "secret.txt").open() as secret:
        number = kind(secret.fileno())
        found = both(answer=answering(number)).tested("open(answer()).read()")
        assert found.kind is FindingKind.REFUTED
        assert "Your answer is a number where a test opens a file" in found.message
        assert secret.read() == "hello"


def test_a_file_that_a_test_has_opened_is_opened_by_its_number(both: Make) -> None:
    test = "import os, tempfile\nanswer()\nnumber, name = tempfile.mkstemp()\n"
    test += "with os.fdopen(number, 'w') as file:\n    file.write('x')\nos.remove(name)"
    assert both(answer=answering(1)).tested(test).passed


def test_code_is_known_however_long_it_is(both: Make) -> None:
    long = "open('stolen', 'w').close()\n" + "#" * 300_000
    student = both(answer=lambda: long)
    with pytest.raises(CourseError, match="wrote or returned"):
        student.tested("exec(answer())")
    assert student.tested("answer()\nassert eval('max(1, 2)') == 2") == Finding()


@pytest.fixture
def server() -> Iterator[tuple[int, list[object]]]:
    """A port that listens, and what came there."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    came.append(listening.accept()[0].close())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1], came
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "use",
    [
        "import urllib.request; urllib.request.urlopen(answer())",
        "import pandas; pandas.read_csv(answer())",
        "import socket; socket.create_connection((answer().split('/')[2].split(':')[0], PORT))",
        "import socket; socket.socket().connect((answer().split('/')[2].split(':')[0], PORT))",
        "import http.client as h; h.HTTPConnection('127.0.0.1', PORT).request('GET', answer())",
    ],
)
def test_no_address_is_opened_that_a_text_names(
    both: Make, server: tuple[int, list[object]], use: str
) -> None:
    port, came = server
    student = both(answer=answering(f"http://127.0.0.1:{port}/table.csv"))
    assert "opens no address" in student.tested(use.replace("PORT", str(port))).message
    assert came == []
    plain = f"import socket\nanswer()\nsocket.create_connection(('127.0.0.1', {port})).close()"
    assert both(answer=answering("1")).tested(plain) == Finding()
