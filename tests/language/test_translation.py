"""Messages in another language."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from grader.errors import ClaimFailed
from grader.language import N_, available, current, gettext, ngettext, translation, use

CATALOG = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "{what} is {found}."
msgstr "{found} ist {what}."

msgid "{count} layer"
msgid_plural "{count} layers"
msgstr[0] "{count} Schicht"
msgstr[1] "{count} Schichten"
"""


@pytest.fixture(autouse=True)
def german(tmp_path, monkeypatch) -> Iterator[None]:
    for code in ("de", "ar"):
        (tmp_path / f"{code}.po").write_text(CATALOG)
    monkeypatch.setattr(translation, "CATALOGS", tmp_path)
    translation._read.cache_clear()
    use("de")
    yield
    use("en")
    translation._read.cache_clear()


def test_a_message_is_translated_and_its_fields_filled_in():
    assert gettext("{what} is {found}.", what="Die Zahl", found="Zwei") == "Zwei ist Die Zahl."


def test_a_message_without_a_translation_stays_english():
    assert gettext("{what} was {found}.", what="a", found="b") == "a was b."


def test_braces_are_plain_text_where_no_value_is_given():
    assert gettext("a set {1, 2}") == "a set {1, 2}"
    assert gettext("") == ""


def test_a_value_is_not_filled_in_twice():
    assert gettext("{what} is {found}.", what="{found}", found="x") == "x ist {found}."


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 Schicht"), (0, "0 Schichten"), (3, "3 Schichten")]
)
def test_plural_forms_are_the_languages_own(count, words):
    assert ngettext("{count} layer", "{count} layers", count) == words


def test_what_a_check_found_is_translated():
    failed = ClaimFailed("{what} is {found}.", what="x", found="y")
    assert str(failed) == "y ist x."
    assert str(pickle.loads(pickle.dumps(failed))) == "y ist x."


def test_english_is_the_source():
    use("en")
    assert gettext("{what} is {found}.", what="x", found="y") == "x is y."
    assert ngettext("{count} layer", "{count} layers", 2) == "2 layers"
    assert (current().code, current().direction) == ("en", "ltr")


def test_a_language_knows_its_direction():
    assert (current().code, current().direction) == ("de", "ltr")
    use("ar")
    assert (current().code, current().direction) == ("ar", "rtl")


def test_a_language_without_a_catalog_is_refused():
    assert available() == ("ar", "de", "en")
    with pytest.raises(KeyError):
        use("fr")


def test_a_marked_constant_is_what_it_was():
    assert N_("{what} is {found}.") == "{what} is {found}."
