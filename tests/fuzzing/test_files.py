from __future__ import annotations

import io
import os
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.notebook.plugins.extract import CarefulExtractor
from grader.notebook.submission import file_rules
from grader.notebook.submission.student_ids import require_plain
from tests.fuzzing import texts, writings
from tests.fuzzing.running import ends_well, tried
from tests.fuzzing.texts import Repeated
from tests.fuzzing.writings import Damage

_names = (
    texts.words
    | texts.any_text
    | st.sampled_from(
        ["../up", "/tmp/root", "a/../b", "a\\b", ".", "", "a/b/c.ipynb", "timestamp.txt", "x" * 300]
    )
)
_members = st.lists(st.tuples(_names, st.binary(max_size=60)), max_size=4)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_KINDS = (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE)


def zipped(members: list[tuple[str, bytes]], method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two files with one name
        for name, content in members:
            archive.writestr(
                name.encode(errors="replace").decode().replace("\0", "") or "a", content
            )
    return file.getvalue()


def tarred(members: list[tuple[str, bytes]], kind: bytes, form: int, packed: bool) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz" if packed else "w", format=form) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name.encode(errors="replace").decode())
            info.type, info.size, info.linkname = kind, len(content), "../x"
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


archives = st.builds(zipped, _members, st.sampled_from(_METHODS)) | st.builds(
    tarred,
    _members,
    st.sampled_from(_KINDS),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    st.booleans(),
)


@tried(150)
@given(
    content=archives,
    damage=st.lists(writings.damages, max_size=3),
    suffix=st.sampled_from([".zip", ".tar", ".tar.gz"]),
)
def test_an_archive_is_unpacked_or_refused(
    content: bytes, damage: list[Damage], suffix: str
) -> None:
    for each in damage:
        content = each.done(content)
    with tempfile.TemporaryDirectory() as work:
        archive = Path(work, f"a{suffix}")
        archive.write_bytes(content)
        done = False
        with ends_well(SubmissionError):
            CarefulExtractor().unpack(archive, Path(work, "class", "a"))
            done = True
        assert done or len([*Path(work).rglob("*")]) <= 2, "a refused archive leaves nothing"
        for path in Path(work).rglob("*"):
            assert path.is_file() or path.is_dir()
            assert not path.is_symlink()


_times = st.datetimes().map(str) | st.lists(
    st.sampled_from(
        [
            *("2030", "-", "01", "31", " ", "T", "12", ":", "00", ".5", "UTC", "Z", "+14:00", "am"),
            *(
                "Jan",
                "Mon",
                "th",
                "99999999",
                "1e5",
                "nan",
                "inf",
                "/",
                ",",
                "\0",
                "\n",
                "\N{ARABIC-INDIC DIGIT ONE}",
                "W05",
            ),
        ]
    )
    | texts.any_text,
    max_size=10,
).map("".join)


@tried(200)
@given(text=_times | texts.long_text)
def test_a_timestamp_is_a_time_or_refused(text: str | Repeated) -> None:
    text = str(text)
    content = text.encode("utf-8", "surrogatepass")
    with tempfile.TemporaryDirectory() as work:
        Path(work, file_rules.TIMESTAMP).write_bytes(content)
        with ends_well(SubmissionError):
            file_rules.check(Path(work))
            if text.strip():
                file_rules.moment(content.decode())


@tried(100)
@given(name=texts.short_text | texts.any_text)
def test_a_students_id_is_plain_or_refused(name: str) -> None:
    with ends_well(SubmissionError):
        require_plain(name)
        name.encode()


@tried(60)
@given(name=st.binary(min_size=1, max_size=20).filter(lambda n: not set(n) & set(b"/\0")))
def test_a_files_name_is_printed_in_one_line(name: bytes) -> None:
    path = Path(os.fsdecode(name))
    assert file_rules.printable_path(path).isprintable()
    file_rules.printable_path(path).encode()
