"""Texts that editors put into a notebook by themselves, and that are no answers."""

from __future__ import annotations

import re

from nbformat import NotebookNode

_HOSTS = r"(?:colab\.research\.google|deepnote|kaggle|mybinder)\.(?:com|org)"
# Colab's and Deepnote's links to themselves, and the badges of tutorials: a picture is inside.
_LINKS = (
    re.compile(rf"<a\b[^<>]*//(?:www\.)?{_HOSTS}\b[^<>]*>(?P<said>.*?)</a\s*>", re.S | re.I),
    re.compile(rf"\[(?P<said>!\[[^\]]*\]\([^()]*\))\]\(https?://(?:www\.)?{_HOSTS}\b[^()]*\)"),
)
_TAG = re.compile(r"<[^<>]*>|!\[[^\]]*\]\([^()]*\)")
_FRONT_MATTER = re.compile(r"---\n(?:.*\n)*---", re.ASCII)  # of Quarto, in a raw cell
_LONGEST = 20_000  # characters of such a text
_MOST = 60  # beginnings of links in it: from each one the rest of the text may be searched
_WORDS = 5  # of a link, as in "Created in Deepnote"


def is_editors_own(cell: NotebookNode) -> bool:
    """Whether a cell of text says nothing but where the notebook was opened, or its contents.

    A link without a picture, with more than a few words, or to another place may be an answer.
    """
    text = cell.source.strip()
    if len(text) > _LONGEST or cell.cell_type == "code":
        return False
    if sum(map(text.lower().count, ("<a", "![", "//"))) > _MOST:
        return False
    if cell.metadata.get("toc") is True:  # of the extension that lists headings
        return True
    if cell.cell_type == "raw":
        return _FRONT_MATTER.fullmatch(text) is not None
    said: list[str] = []
    for link in _LINKS:
        said += [found["said"] for found in link.finditer(text)]
        text = link.sub("", text)
    words = _TAG.sub(" ", " ".join(said)).split()
    pictures = all(re.search(r"<img\b|!\[", each) for each in said)
    return bool(said) and pictures and len(words) <= _WORDS and not _TAG.sub("", text).strip()
