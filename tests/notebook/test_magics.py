"""A cell is read as IPython reads it where it was pasted, also below a magic."""

from __future__ import annotations

import pytest

from grader.notebook.magics import is_other_language, seen_through

BODY = "def f():\n    return 1\n\nx = f()\n"


@pytest.mark.parametrize("magic", ["", "%%time\n", "%%capture out\n", "%%time\n%%capture\n"])
@pytest.mark.parametrize(
    "pasted",
    [
        BODY,
        "    def f():\n        return 1\n\n    x = f()\n",
        ">>> def f():\n...     return 1\n... \n>>> x = f()\n",
        "In [3]: def f():\n   ...:     return 1\n   ...: \n   ...: x = f()\n",
    ],
    ids=["plain", "indented", "python", "ipython"],
)
def test_prompts_and_blanks_of_pasted_code_are_seen_through(magic: str, pasted: str) -> None:
    assert seen_through(magic + pasted) == BODY


@pytest.mark.parametrize("text", ["%%bash\nls", "%%time\n%%bash\nls", ">>> %%bash\n>>> ls"])
def test_another_language_stays_one(text: str) -> None:
    assert is_other_language(text)
