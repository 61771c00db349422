"""The data folder is made whole from fakes that keep the contract of a source."""

import hashlib
import io
import subprocess
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner
from rich.console import Console

from grader import cli
from grader.datasets import FILES, fetch
from grader.datasets.catalog import FASHION_MNIST, MNIST, problem
from grader.datasets.terminal import Terminal
from grader.errors import ConfigurationError, DataError

CONTENT = {file: f"the real {file}".encode() for file in FILES}
TINY = replace(MNIST, md5={f: hashlib.md5(data).hexdigest() for f, data in CONTENT.items()})


class FakeSource:
    """A source that has some files, then fails if it is told to; it remembers what was wanted."""

    offers = ("mnist",)

    def __init__(self, files=CONTENT, title="a shelf", error=None):
        self.title = title
        self.has = dict(files)
        self.error = error
        self.asked = []

    def files(self, dataset, wanted, report):
        """Give all that it has, wanted or not."""
        self.asked.append(set(wanted))
        for done, (file, data) in enumerate(self.has.items()):
            report(done, len(self.has))
            yield file, data
        if self.error:
            raise self.error


@pytest.fixture(autouse=True)
def one_tiny_dataset(monkeypatch):
    """Make the course's only data set one whose files are a few words."""
    monkeypatch.setattr("grader.datasets.folder.DATASETS", {"mnist": TINY})


@pytest.fixture
def screen():
    return io.StringIO()


@pytest.fixture
def terminal(screen):
    return Terminal(Console(file=screen, width=60))


def assert_whole(folder):
    """The folder holds the real files and nothing else."""
    assert {p.name: p.read_bytes() for p in (folder / "mnist").iterdir()} == CONTENT


def test_an_empty_folder_is_filled(tmp_path, terminal, screen):
    fetch(tmp_path / "new" / "data", [FakeSource()], terminal)
    assert_whole(tmp_path / "new" / "data")
    assert screen.getvalue() == (
        f"MNIST: fetched from a shelf, verified in {tmp_path / 'new' / 'data' / 'mnist'}\n"
    )


def test_a_whole_folder_asks_nobody(tmp_path, terminal):
    source = FakeSource()
    fetch(tmp_path, [source], terminal)
    fetch(tmp_path, [source], terminal)
    assert len(source.asked) == 1


def test_a_wrong_file_is_named_and_fetched_again(tmp_path, terminal, screen):
    source = FakeSource()
    fetch(tmp_path, [source], terminal)
    wrong = tmp_path / "mnist" / FILES[1]
    wrong.write_bytes(CONTENT[FILES[1]][:-1])
    fetch(tmp_path, [source], terminal)
    assert_whole(tmp_path)
    assert source.asked[1] == {FILES[1]}
    assert f"{wrong} is not the real file (MD5" in screen.getvalue()
    assert "fetching it again" in screen.getvalue()


def test_what_one_source_lacks_the_next_one_gives(tmp_path, terminal):
    half = FakeSource({f: CONTENT[f] for f in FILES[:2]}, error=DataError("torn"))
    whole = FakeSource()
    fetch(tmp_path, [half, whole], terminal)
    assert_whole(tmp_path)
    assert whole.asked == [set(FILES[2:])]


def test_a_source_with_other_data_is_refused_by_name(tmp_path, terminal, screen):
    forged = FakeSource({**CONTENT, FILES[0]: b"forged"}, title="a stall")
    fetch(tmp_path, [forged, FakeSource()], terminal)
    assert_whole(tmp_path)
    assert f"MNIST: a stall: refused {FILES[0]}: not the real data" in screen.getvalue()


def test_a_source_is_asked_only_for_what_it_offers(tmp_path, terminal, monkeypatch):
    clothes = replace(TINY, name="fashion_mnist", title=FASHION_MNIST.title)
    monkeypatch.setattr("grader.datasets.folder.DATASETS", {"fashion_mnist": clothes})
    source = FakeSource()
    with pytest.raises(DataError, match="Fashion-MNIST could not be fetched"):
        fetch(tmp_path, [source], terminal)
    assert source.asked == []


def test_where_all_sources_fail_one_line_says_why_and_what_to_do(tmp_path, terminal):
    sources = [
        FakeSource({FILES[0]: CONTENT[FILES[0]]}, "a shelf", DataError("first\nsecond line")),
        FakeSource({}, "a stall", DataError("closed")),
    ]
    with pytest.raises(DataError) as caught:
        fetch(tmp_path, sources, terminal)
    assert str(caught.value) == (
        "MNIST could not be fetched (a shelf: first second line; a stall: closed): put its "
        f"uncompressed IDX files {', '.join(FILES[1:])} into {tmp_path / 'mnist'} "
        "and run `grader data` again"
    )
    assert [p.name for p in (tmp_path / "mnist").iterdir()] == [FILES[0]]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143)])
def test_an_interrupted_fetch_leaves_nothing_half_written(tmp_path, terminal, error):
    with pytest.raises(type(error)):
        fetch(tmp_path, [FakeSource({FILES[0]: CONTENT[FILES[0]]}, error=error)], terminal)
    assert [p.name for p in (tmp_path / "mnist").iterdir()] == [FILES[0]]
    assert problem(tmp_path, TINY, FILES[0]) is None


def test_a_folder_that_cannot_be_written_is_said_before_any_download(tmp_path, terminal):
    (tmp_path / "data").write_text("a file")
    source = FakeSource()
    with pytest.raises(ConfigurationError, match=r"data cannot be written \(.*--folder"):
        fetch(tmp_path / "data", [source], terminal)
    (tmp_path / "mnist").write_text("a file")
    with pytest.raises(ConfigurationError, match=r"mnist cannot be written \(.*--folder"):
        fetch(tmp_path, [source], terminal)
    assert source.asked == []


def test_a_terminal_sees_a_bar(tmp_path):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, legacy_windows=False)
    with Terminal(console) as terminal:
        terminal.begin("MNIST: a shelf")
        terminal.report(5_000_000, 10_000_000)
        terminal.bar.refresh()
    assert "MNIST: a shelf" in screen.getvalue()
    assert "5.0/10.0 MB" in screen.getvalue()


def test_the_command_says_what_failed_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, "__defaults__", ((), None))  # no source at all
    result = CliRunner().invoke(cli.main, ["data", "--folder", str(tmp_path)])
    assert result.exit_code != 0
    assert result.stderr.startswith("grader: MNIST could not be fetched")
    assert result.stderr.count("\n") == 1


def test_nothing_heavy_is_imported():
    code = (
        "import sys, grader.datasets; "
        "print([m for m in ('keras', 'tensorflow', 'pooch', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
