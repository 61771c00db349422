"""Templates become pages that run no script but our own, and refer to nothing outside."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from grader.language import Language, current, gettext
from grader.model.scores import points, points_text
from grader.reports import training_text

_TEMPLATES = Path(__file__).parent / "templates"
_BASE = "page.css"


def render(template: str, style: str, script: str = "", **values: object) -> str:
    """One HTML document.

    Args:
        template: its name.
        style: name of the style sheet that follows the one that all pages share.
        script: name of the script, if the page has one: the only one that its policy lets run.
        **values: what the template names, beside style sheet and script, and their hashes.
    """
    sheet = "".join((_TEMPLATES / name).read_text() for name in (_BASE, style))
    code = (_TEMPLATES / script).read_text() if script else ""
    return (
        _environment(current())
        .get_template(template)
        .render(
            style=Markup(sheet),
            style_hash=_hash(sheet),
            script=Markup(code),
            script_hash=_hash(code),
            **values,
        )
    )


@functools.cache
def _environment(language: Language) -> jinja2.Environment:
    """Where templates are found and kept: to compile one takes longer than to fill it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": gettext, "language": language}
    environment.filters |= {
        "prose": prose,
        "breakable": breakable,
        "number": "{:g}".format,
        "points": points,
        "worth": points_text,
        "strong": strong,
        "seconds": training_text.seconds,
    }
    return environment


def _hash(text: str) -> str:
    """The SHA-256 by which a content policy names a style sheet or a script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def prose(text: str) -> Markup:
    """One of our sentences, in which `backticks` mean code."""
    parts = re.split(r"`([^`\n]+)`", text)
    code = Markup("<code>{}</code>")
    return Markup("").join(
        code.format(breakable(part)) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )


def strong(text: str) -> Markup:
    """One of our sentences, in which `**stars**` mean strong emphasis."""
    parts = text.split("**")
    emphasis = Markup("<strong>{}</strong>")
    return Markup("").join(
        emphasis.format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )


def breakable(name: str) -> Markup:
    """A name whose lines may break behind an underscore, and there before anywhere else."""
    return Markup("_<wbr>").join(name.split("_"))
