from __future__ import annotations

import pytest

from grader.examiner.wanted import wanted


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("total + 1", {"total"}),
        ("total = 1", set()),
        ("total = total + 1", {"total"}),
        ("'total' in globals()", {"total"}),
        ("print('total')", set()),
        ("'total' in locals()", {"total"}),
        ("locals(1), 'total'", set()),
        ("globals()[f'question_{n}']", {"n", "question_*"}),
        ("globals()['question_' + str(1)]", {"question_*"}),
        ("globals()['question_%d' % 1]", {"question_*"}),
        ("globals()['question_{}'.format(1)]", {"question_*"}),
        ("globals()[f'{name}']", {"name"}),
        ("[eval(text) for text in ('f(g)', 'len(x)')]", {"f", "g", "x"}),
        ("eval('f(2'), 'no Python'", set()),
        ("import __main__\n__main__.f(__main__.x)", {"f", "x"}),
        ("from __main__ import f as g, x", {"f", "x"}),
        ("with patch('__main__.Die.roll'):\n    pass", {"patch", "Die"}),
        ("with patch.dict(globals(), rate=2):\n    pass", {"patch", "rate"}),
        ("globals()['print'], globals()[f'pri{x}nt!']", {"x"}),
    ],
)
def test_names_that_a_cell_wants(source: str, expected: set[str]) -> None:
    parts = {"__main__", "question_", "d", "pri"}  # parts of texts are Python, too
    assert wanted(source) - parts == expected
