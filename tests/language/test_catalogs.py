"""The catalogs hold a translation of each message that the code has."""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from grader.language.translation import CATALOGS
from tests.conftest import ROOT

LANGUAGES = sorted(file.stem for file in CATALOGS.glob("*.po"))
Forms = tuple[str, ...]


def extract(folder: Path) -> tuple[frozenset[Forms], str]:
    """Every message of the code in ``folder``, and what is said on stderr meanwhile.

    A message is one text, or those for one thing and for many.
    """
    with (ROOT / "grader" / "language" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(
        folder,
        methods,
        options,
        keywords={
            **DEFAULT_KEYWORDS,
            "ClaimFailed": None,
            "FitRefused": None,
            "DeclarationRefused": None,
        },
    )
    with contextlib.redirect_stderr(io.StringIO()) as said:
        messages = frozenset(_forms(text) for _, _, text, _, _ in found if text)
    return messages, said.getvalue()


@pytest.fixture(scope="module")
def extracted() -> tuple[frozenset[Forms], str]:
    return extract(ROOT / "grader")


@functools.cache
def catalog(language: str) -> Catalog:
    with (CATALOGS / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def _forms(text: str | list[str] | tuple[str, ...]) -> Forms:
    return (text,) if isinstance(text, str) else tuple(text[:2])


def _messages(language: str) -> list[Message]:
    return [message for message in catalog(language) if message.id]


def _fields(text: str) -> set[tuple[str, str | None, str | None]]:
    """The fields of a template, with how each is written."""
    parsed = string.Formatter().parse(text)
    return {(name, spec, conversion) for _, name, spec, conversion in parsed if name is not None}


def test_there_are_catalogs_of_both_directions() -> None:
    assert LANGUAGES == ["ar", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_holds_the_messages_of_the_code_and_no_others(
    language: str, extracted: tuple[frozenset[Forms], str]
) -> None:
    in_code, _ = extracted
    assert {_forms(message.id) for message in _messages(language)} == in_code, (
        "run make translations, and translate what is new"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    missing = [message.id for message in _messages(language) if not all(_forms(message.string))]
    assert not missing
    assert not [message.id for message in _messages(language) if message.fuzzy]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_fields_of_its_message(language: str) -> None:
    for message in _messages(language):
        if not message.python_brace_format:
            continue
        wanted = set().union(*map(_fields, _forms(message.id)))
        texts = [message.string] if isinstance(message.string, str) else message.string
        # A form for one thing may say "one" where others give the number.
        optional = {("count", "", None)} if len(texts) > 1 else set()
        for text in texts:
            assert wanted - optional <= _fields(text) <= wanted, (message.id, text)


def test_a_message_is_no_f_string(extracted: tuple[frozenset[Forms], str]) -> None:
    _, complaints = extracted
    assert "f-string" not in complaints, "write a template and the values of its fields"


def in_f_strings(source: str) -> list[str]:
    """The messages that stand in the fields of f-strings, where Babel does not find them."""
    return [
        call.args[0].value
        for text in ast.walk(ast.parse(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in ("gettext", "ngettext", "N_")
        and isinstance(call.args[0], ast.Constant)
    ]


def test_no_message_stands_in_an_f_string() -> None:
    files = sorted((ROOT / "grader").rglob("*.py"))
    lost = [(file.name, each) for file in files for each in in_f_strings(file.read_text())]
    assert not lost, "give the message a name ahead of the f-string"


def test_a_message_in_an_f_string_is_found() -> None:
    source = "f'{said} {gettext(\"It is lost.\")}'\ngettext('It is not.')"
    assert in_f_strings(source) == ["It is lost."]


def test_an_f_string_is_complained_of(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("gettext(f'{1} of 2')\ngettext('3 of 4')\n")
    messages, complaints = extract(tmp_path)
    assert messages == {("3 of 4",)}
    assert "f-string" in complaints
