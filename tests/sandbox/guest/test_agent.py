"""The kernel agent in a real kernel of the course, without a sandbox."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest

from grader.errors import ClaimFailed
from grader.examiner.cells.finding import Finding, FindingKind
from grader.examiner.examiner import examine
from grader.examiner.objects.handles import Handle
from grader.examiner.proxies import Proxies
from grader.notebook.judging import kernel_failures, kernel_questions
from grader.notebook.judging.cell_runs import CellStatus, Ended
from grader.notebook.judging.kernel_stdin import KernelStdin
from grader.sandbox.guest.data.counted import Malformed
from tests import students
from tests.patience import PATIENCE
from tests.students import Student, alone

pytestmark = [pytest.mark.xdist_group("agent"), pytest.mark.kernel, pytest.mark.keras]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    with students.started(tmp_path_factory.mktemp("k")) as student:
        yield student


@pytest.fixture
def student(shared: Student) -> Student:
    """The module's one kernel, without what an earlier test defined."""
    # What stays, TensorFlow above all, is collected once: it would take a second each time.
    run = shared.write("%reset -f\nimport gc\ngc.freeze()\ndel gc")
    assert run.status is CellStatus.DONE, run.message
    return shared


@pytest.fixture
def forger(shared: Student) -> Iterator[Student]:
    """A kernel that a test may ruin: a fresh one is started after it."""
    yield shared
    shared.kernel.start()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("it = [1, (2.5, 'three'), {'four': None}, {5}, b'6', True]", None),
        ("it = 2 ** 100", None),
        ("it = 'half of \\ud83e'", None),
        ("import numpy\nit = numpy.float32(0.5)", np.float32(0.5)),
        ("import numpy\nit = numpy.str_('acc')", "acc"),
    ],
)
def test_plain_data_comes_by_value(student: Student, source: str, expected: Any) -> None:
    if expected is None:
        expected = eval(source.removeprefix("it = "))
    it = student.has(source)
    assert it == expected
    assert type(it) is type(expected)


def test_arrays_come_by_value(student: Student) -> None:
    it = student.has("import numpy\nit = numpy.arange(6, dtype='>i2').reshape(2, 3).T")
    assert type(it) is np.ndarray
    assert it.tolist() == [[0, 3], [1, 4], [2, 5]]


def test_large_arrays_come_whole(student: Student) -> None:
    it = student.has("import numpy\nit = numpy.arange(5 << 20)")
    assert np.array_equal(it, np.arange(5 << 20))


def test_tensors_come_as_arrays(student: Student) -> None:
    it = student.has("import tensorflow as tf\nit = [tf.constant([[1.5]]), tf.range(3)]")
    assert [array.tolist() for array in it] == [[[1.5]], [0, 1, 2]]
    assert {type(array) for array in it} == {np.ndarray}


def test_variables_come_as_arrays(student: Student) -> None:
    it = student.has(
        "import tensorflow as tf, keras\nlayer = keras.layers.Dense(1)\nlayer.build((None, 2))\n"
        "it = [tf.Variable([1.5]), layer.bias]"
    )
    assert [array.tolist() for array in it] == [[1.5], [0.0]]
    assert {type(array) for array in it} == {np.ndarray}


def test_a_history_comes_as_keras_own(student: Student) -> None:
    it = student.has(
        "import keras\nit = keras.callbacks.History()\n"
        "it.epoch, it.params = [0, 1], {'epochs': 2}\nit.history = {'accuracy': [0.5, 0.75]}"
    )
    assert type(it) is keras.callbacks.History
    assert (it.epoch, it.history) == ([0, 1], {"accuracy": [0.5, 0.75]})


@pytest.mark.parametrize(
    "value",
    [
        "object()",
        "range(10**9)",
        "type('Tally', (__import__('collections').Counter,), {})()",
        "iter([])",
        "type('Int', (int,), {'__eq__': lambda *_: True})(3)",
        "type('Always', (), {'__eq__': lambda *_: True})()",
        "numpy.zeros(2).view(type('Mine', (numpy.ndarray,), {}))",
        "type('<b> é', (), {})()",
    ],
)
def test_anything_else_is_a_handle_and_equals_nothing(student: Student, value: str) -> None:
    it = student.has(f"import numpy\nit = {value}")
    assert isinstance(it, Handle)
    assert (it == 3, it == []) == (False, False)
    assert type(it).__name__.isidentifier()


def test_a_module_that_a_cell_has_written_is_imported_there(student: Student) -> None:
    promised = "%%writefile areas_in_a_file.py\ndef area(width, height): return width * height"
    test = "from areas_in_a_file import area\nassert area(2, 3) == 6, area(2, 3)"
    assert student.write(promised).status is CellStatus.DONE
    assert examine(test, student.proxies(), promised=promised) == Finding()
    assert examine(test, student.proxies()).error == "ModuleNotFoundError"


def test_what_derives_from_a_number_is_a_handle_and_equals_its_number(student: Student) -> None:
    it = student.has("it = type('Int', (int,), {})(3)")
    assert isinstance(it, Handle)
    assert (it == 3, it == 4, it == []) == (True, False, False)


def test_a_handle_is_the_students_object(student: Student) -> None:
    it = student.has(
        "class Mine:\n    value = 3\n    def __iter__(self): yield from 'ab'\nit = Mine()"
    )
    assert type(it).__name__ == "Mine"
    assert (it.value, list(it), bool(it), callable(it)) == (3, ["a", "b"], True, False)
    with pytest.raises(AttributeError, match="other"):
        _ = it.other


def test_a_coroutine_is_awaited_in_a_kernel_whose_own_loop_runs(student: Student) -> None:
    student.write("import asyncio\nasync def it(x):\n    await asyncio.sleep(0)\n    return x + 1")
    test = (
        "import asyncio\nasync def test():\n    return await it(1), await it(await it(2))\n"
        "assert asyncio.run(test()) == (2, 4)\nassert asyncio.run(it(3)) == 4"
    )
    assert student.tested(test) == Finding()


def test_a_call_travels(student: Student) -> None:
    student.write("def it(a, *more, scale=1):\n    return [a, more, scale]")
    it = student.look("it")
    assert it(1, {"b": np.zeros(2)}["b"].tolist(), scale=2.5) == [1, ([0.0, 0.0],), 2.5]


def test_what_was_returned_can_be_handed_back(student: Student) -> None:
    student.write("class Box:\n    def __init__(self, n): self.n = n\nit = [Box, lambda b: b.n]")
    make, read = student.look("it")
    assert read(make(7)) == 7


def test_what_a_function_changes_is_changed_for_the_test(student: Student) -> None:
    student.write("def it(a, b):\n    a += 1\n    b.append(1)\n    return a, b")
    a, b = np.zeros(2), [0]
    returned = student.look("it")(a, b)
    assert (a.tolist(), b) == ([1, 1], [0, 1])
    assert (returned[0] is a, returned[1] is b) == (True, True)


def test_a_call_travels_back_and_forth(student: Student) -> None:
    student.write("def it(f, n):\n    return f(n) + 1 if n else 0")
    it, seen = student.look("it"), []

    def less(n: int) -> Any:
        seen.append(n)
        return it(less, n - 1)

    assert it(less, 5) == 5
    assert seen == [5, 4, 3, 2, 1]


def test_a_test_that_leaves_a_callback_leaves_a_kernel_that_answers(student: Student) -> None:
    student.write("def it(f):\n    f()")

    class Left(BaseException):
        pass

    def leave() -> None:
        raise Left

    with pytest.raises(Left):
        student.look("it")(leave)
    assert student.write("x = 1").status is CellStatus.DONE
    with pytest.raises(Left):
        student.look("it")(leave)
    assert student.look("x") == 1


def test_a_thread_of_the_students_calls_back_until_the_answer(student: Student) -> None:
    student.write(
        "from concurrent.futures import ThreadPoolExecutor\nkept = []\n"
        "def it(f):\n    kept.append(f)\n    with ThreadPoolExecutor(3) as pool:\n"
        "        return list(pool.map(f, range(9)))\n"
        "def later():\n    return kept[0](1)"
    )
    assert student.look("it")(lambda n: n * n) == [n * n for n in range(9)]
    run = student.write("kept[0](1)")
    assert "does not wait for it any more" in run.message
    with pytest.raises(LookupError, match="has ended"):
        student.look("later")()


def test_prints_of_a_call_reach_the_test_that_listens(student: Student) -> None:
    student.write("def it():\n    print('heard')\n    1 / 0")
    listening = (
        "import contextlib, io\nsaid = io.StringIO()\n"
        "try:\n    with contextlib.redirect_stdout(said):\n        it()\n"
        "except ZeroDivisionError:\n    pass\nassert said.getvalue() == 'heard\\n'"
    )
    assert student.tested(listening) == Finding()


def test_a_missing_name_is_a_name_error(student: Student) -> None:
    finding = student.tested("assert nowhere == 1")
    assert finding == Finding(
        FindingKind.NAME_UNDEFINED, "NameError", "name 'nowhere' is not defined"
    )


@pytest.mark.parametrize(
    ("raised", "error", "message"),
    [
        ("ValueError('no \\ud83e')", "ValueError", "no ?"),
        ("KeyError('acc')", "KeyError", "'acc'"),
        ("UnicodeDecodeError('utf8', b'', 0, 1, 'odd')", "UnicodeDecodeError", "can't decode"),
        ("ExceptionGroup('two', [ValueError()])", "ExceptionGroup", "two (1 sub-exception)"),
        ("StopIteration(3)", "StopIteration", "3"),
        ("StopAsyncIteration", "StopAsyncIteration", ""),
        ("GeneratorExit", "GeneratorExit", ""),
        ("SystemExit(0)", "SystemExit", "0"),
        ("MemoryError", "MemoryError", ""),
        ("RecursionError('deep')", "RecursionError", "deep"),
        ("KeyboardInterrupt", "RuntimeError", "your code keeps the kernel from answering"),
        ("type('Ended', (BaseException,), {})('x')", "Ended", "x"),
        ("type('SandboxError', (Exception,), {})('x')", "SandboxError", "x"),
        ("type('Finding', (Exception,), {})('x')", "Finding", "x"),
        ("type('', (Exception,), {})('x')", "an exception without a name", "x"),
        ("type('Quiet', (Exception,), {'__str__': lambda _: 1 / 0})()", "Quiet", ""),
        ("asyncio.CancelledError()", "CancelledError", ""),
    ],
    ids=lambda text: text[:20].encode("ascii", "replace").decode(),
)
def test_what_a_function_raises_ends_the_test_alone(
    student: Student, raised: str, error: str, message: str
) -> None:
    student.write(f"import asyncio\ndef it(*_):\n    raise {raised}")
    for test in ("it()", "for _ in map(it, [1, 2]):\n    pass", "list(map(it, [1]))"):
        finding = student.tested(test)
        assert finding.error == error
        assert message in finding.message


def test_a_claim_that_failed_there_failed_here(student: Student) -> None:
    student.write("class ClaimFailed(Exception):\n    pass\ndef it():\n    raise ClaimFailed('no')")
    with pytest.raises(ClaimFailed, match="no"):
        student.look("it")()


def test_endless_answers_are_refused_where_they_arise(student: Student) -> None:
    student.write(
        "import numpy\nloop = []\nloop.append(loop)\n"
        "it = [lambda: loop, lambda: numpy.broadcast_to(numpy.uint8(1), (2**21, 2**21))]"
    )
    for function in student.look("it"):
        with pytest.raises(ClaimFailed, match=r"nested too deep|bytes; at most"):
            function()


def test_a_function_that_hangs_is_over_its_time_and_the_kernel_goes_on(student: Student) -> None:
    student.write("def it(wait):\n    while wait:\n        pass\n    return 5")
    with pytest.raises(Ended) as ended:
        student.proxies(seconds=1).look(["it"])["it"](True)
    assert (ended.value.run.status, ended.value.run.alive) == (CellStatus.LIMIT, True)
    assert student.look("it")(False) == 5


def test_questions_that_follow_each_other_share_a_line(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = []
    client = student.kernel._kernel_client
    execute = client.execute
    monkeypatch.setattr(client, "execute", lambda *a, **k: lines.append(a) or execute(*a, **k))
    student.write("count = 0\ndef it():\n    global count\n    count += 1\n    return count")
    lines.clear()
    it = student.look("it")
    assert [it(), it()] == [1, 2]
    it = student.look("it")
    assert it() == 3
    assert len(lines) == 1
    assert student.write("count = 5").status is CellStatus.DONE
    assert it() == 6
    assert student.kernel.execute("count")["content"]["status"] == "ok"
    assert it() == 7


@pytest.mark.parametrize("is_noticed", [True, False])
def test_questions_go_on_where_something_ends_the_line_between_them(
    student: Student, monkeypatch: pytest.MonkeyPatch, is_noticed: bool
) -> None:
    student.write(
        "import signal, threading\nover = threading.Event()\n"
        "def ring(*_):\n    over.set()\n    raise TimeoutError('too late')\n"
        "signal.signal(signal.SIGALRM, ring)\n"
        "def it():\n    signal.setitimer(signal.ITIMER_REAL, 0.5)\n    return over.is_set\n"
    )
    is_over = student.look("it")()
    time.sleep(2)
    wait = KernelStdin._wait_for_agent

    async def once(stdin: KernelStdin, deadline: float) -> None:
        monkeypatch.setattr(KernelStdin, "_wait_for_agent", wait)

    if not is_noticed:  # as if it ended at the very moment at which the question was sent
        monkeypatch.setattr(KernelStdin, "_wait_for_agent", once)
    assert is_over() is True


def test_a_function_that_raises_keyboard_interrupt_is_called_once(student: Student) -> None:
    student.write(
        "count = 0\ndef ready():\n    return count\n"
        "def it():\n    global count\n    count += 1\n    raise KeyboardInterrupt"
    )
    assert student.look("ready")() == 0
    it = student.look("it")
    with pytest.raises(RuntimeError, match="keeps the kernel from answering"):
        it()
    assert student.look("ready")() == 1


def test_a_function_that_ends_python_ends_the_question(forger: Student) -> None:
    forger.write("import os\ndef it():\n    os._exit(0)")
    it = forger.look("it")
    with pytest.raises(Ended) as ended:
        it()
    assert (ended.value.run.status, ended.value.run.alive) == (CellStatus.DIED, False)


WRONG = "def add(a, b):\n    return 7\n"
GUEST = "from grader.sandbox import guest\n"
AGENT = "from grader.sandbox.guest.agent import AGENT as agent\n"
ENCODER = "from grader.sandbox.guest.data.encoder import Encoder\n"
FORGERIES = {
    "no_agent": (
        "import sys\nfor name in [name for name in sys.modules if 'grader' in name]:\n"
        "    del sys.modules[name]"
    ),
    "agent_is_on_no_path": (
        "import sys\nsys.path.clear()\nfor name in list(sys.modules):\n"
        "    if 'grader' in name: del sys.modules[name]"
    ),
    "agent_of_ones_own": (
        "import os, sys\nos.makedirs('grader/sandbox')\n"
        "open('grader/sandbox/guest.py', 'w').write('def answer(): pass')\n"
        "sys.path.insert(0, '')\nfor name in list(sys.modules):\n"
        "    if 'grader' in name: del sys.modules[name]"
    ),
    "agent_says_nothing": f"{GUEST}guest.answer = lambda: None",
    "agent_is_a_number": "import sys\nsys.modules['grader.sandbox.guest'] = 3",
    "agent_exits": f"{GUEST}import sys\nguest.answer = lambda: sys.exit(0)",
    "nothing_is_sent": "get_ipython().kernel.session.send = lambda *a, **k: None",
    "everything_succeeds": (
        "kernel = get_ipython().kernel\nasync def do_execute(*a, **k):\n"
        "    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\n"
        "kernel.do_execute = do_execute"
    ),
    "json_is_replaced": "import json\njson.dumps = lambda *a, **k: '{}'",
    "json_is_no_json": "import json\njson.dumps = lambda *a, **k: '[' * 100_000",
    "built_ins_are_gone": "import builtins as b\nb.dict = b.len = b.isinstance = None",
    "import_is_replaced": "import builtins\nbuiltins.__import__ = lambda *a, **k: None",
    "raw_input": "get_ipython().kernel.raw_input = lambda *a: 'x'",
    "asserts_are_dropped": (
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
        "        return ast.Pass()\nget_ipython().ast_transformers.append(Drop())\n"
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"
    ),
    "always_equal": (
        "class Always(int):\n    def __eq__(self, other): return True\n"
        "    def __bool__(self): return True\ndef add(a, b):\n    return Always()"
    ),
    "answers_are_strange": f"{AGENT}agent.work = lambda *_: [[1]]",
    "answers_are_none": f"{ENCODER}Encoder.encode = lambda *_: None",
    "answers_are_no_values": f"{ENCODER}Encoder.encode = lambda *_: {{1: 1}}",
    "more_names_than_asked_for": (
        "import builtins\n"
        + AGENT
        + "everything = dict(vars(builtins), add=add, __builtins__={})\n"
        "everything['range'] = everything['zip'] = lambda *_: []\n"
        "everything['__builtins__'] = dict(everything)\n"
        "work = agent.work\n"
        "agent.work = lambda q, d: everything if q['do'] == 'look' else work(q, d)"
    ),
    "buffers_are_named_often": (
        AGENT + "exchange = agent.exchange\n"
        "def forged(content, buffers):\n"
        "    if 'value' in content:\n"
        "        buffers = [bytes(8 << 20)]\n"
        "        content['value'] = {'array': [0] * 99999, 'dtype': 'u1', 'shape': [99999 << 23]}\n"
        "    return exchange(content, buffers)\nagent.exchange = forged"
    ),
    "answers_without_end": (
        AGENT + "exchange = agent.exchange\n"
        "def forged(content, buffers):\n    while True:\n        exchange(content, buffers)\n"
        "agent.exchange = forged"
    ),
    "asks_before_it_is_asked": (
        "kernel = get_ipython().kernel\nparent = kernel.get_parent('shell')\n"
        "for _ in range(50):\n    kernel.session.send(kernel.stdin_socket, 'input_request',\n"
        "        {'prompt': '{\"value\": {\"int\": 3}}'}, parent,\n"
        "        ident=kernel._get_shell_context_var(kernel._shell_parent_ident))"
    ),
}
TEST = """
for a, b in zip([1, 2], [2, 1]):
    assert add(a, b) == 3, f"expected 3, received {add(a, b)}"
seen = 0
for _ in range(2):
    seen += 1
assert seen == 2 and add(2, 2) == 4
"""


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_wrong_answer_never_passes(
    forger: Student, forgery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A kernel that says nothing is waited for three times.
    monkeypatch.setattr(kernel_failures, "_INTERRUPT_SECONDS", 1.0)
    monkeypatch.setattr(kernel_questions, "_CLOCK_SECONDS", 1.0)
    assert forger.write("def add(a, b):\n    return a + b").status is CellStatus.DONE
    assert forger.tested(TEST) == Finding(), "the correct twin passes"
    forger.write(WRONG + FORGERIES[forgery], 3)
    begin = time.monotonic()
    with contextlib.suppress(Ended):
        assert forger.tested(TEST, seconds=2).error
    assert time.monotonic() - begin < PATIENCE


def test_a_right_answer_passes_beside_what_does_not_matter(student: Student) -> None:
    student.write("def add(a, b):\n    return a + b\nimport sys\nprint('!', file=sys.stderr)")
    student.write("get_ipython().kernel.raw_input = lambda *a: 'x'\nsum = len = print = None")
    assert student.tested(TEST) == Finding()


def test_names_that_were_not_asked_for_are_left_out() -> None:
    def ask(question: Any, buffers: Any) -> Any:
        return {"value": {"dict": [[name, None] for name in ("a", "range", "__builtins__")]}}, []

    assert Proxies(ask, alone).look(["a", "b"]) == {"a": None}


def test_a_look_that_is_no_dict_is_malformed() -> None:
    with pytest.raises(Malformed, match="names were asked for"):
        Proxies(lambda *_: ({"value": {"list": []}}, []), alone).look(["a"])
