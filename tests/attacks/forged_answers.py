"""Attacks on the truth: what rewrites tests, forges messages, or answers with odd objects."""

from __future__ import annotations

from tests.attacks.submissions import Attack, HandedIn, calling, python

STRIP_ASSERTS = """
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Strip())
"""
KEEP_ASSERTS = STRIP_ASSERTS.replace("ast.copy_location(ast.Pass(), node)", "node")
STRIP_LINES = """
def strip(lines):
    return [line for line in lines if not line.startswith('assert')]
get_ipython().input_transformers_cleanup.append(strip)
"""
READ_HISTORY = """
import re
text = get_ipython().user_ns.get('_ih', [''])[-1]
found = re.search(r'add\\(%d, %d\\) == (-?\\d+)' % (a, b), text)
if found:
    return int(found[1])
"""
FORGE_EXECUTE = """
async def forged(code, silent, *arguments, **options):
    kernel = get_ipython().kernel
    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
get_ipython().kernel.do_execute = forged
"""
FORGE_SEND = """
session = get_ipython().kernel.session
send = session.send
def forged(stream, message, content=None, *arguments, **options):
    if message == 'error':
        return None
    if isinstance(content, dict) and content.get('status') == 'error':
        content = {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
    return send(stream, message, content, *arguments, **options)
session.send = forged
"""
ALWAYS_EQUAL = """
class Equal:
    def yes(self, *_):
        return True
    __eq__ = __le__ = __ge__ = __bool__ = __contains__ = __exit__ = yes
    def __ne__(self, other):
        return False
    def zero(self, *_):
        return 0
    __sub__ = __rsub__ = __abs__ = zero
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return self
"""
EQUAL_INTEGER = """
class Equal(int):
    def __eq__(self, other):
        return True
    __hash__ = int.__hash__
"""


def doubling(text: str) -> HandedIn:
    """``text`` as the cell ``double``."""
    return HandedIn({"double": text.strip()})


PICKLE = """
class Bomb:
    def __reduce__(self):
        return open, ('@OUTSIDE@/unpickled', 'w')
def double(array):
    return Bomb()
"""
EQUAL_ARRAY = """
import numpy as np
class Equal(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if ufunc is np.equal:
            return np.ones(2, bool)
        return getattr(ufunc, method)(*map(np.asarray, inputs), **options)
def double(array):
    return np.zeros(2).view(Equal)
"""

ATTACKS = (
    Attack(
        12,
        "strips_asserts",
        "an AST transformer drops asserts",
        python(STRIP_ASSERTS),
        python(KEEP_ASSERTS, wrong=False),
        "FF++",
    ),
    Attack(
        12,
        "strips_lines",
        "an input transformer drops asserts",
        python(STRIP_LINES),
        python("%time 1 + 1", wrong=False),
        "FF++",
    ),
    Attack(
        12,
        "reads_history",
        "reads the expected value from the input history",
        calling(READ_HISTORY),
        python("print(In[-1][:10])", wrong=False),
        "FF++",
    ),
    Attack(
        13,
        "forged_execute",
        "replaces the kernel's do_execute",
        python(FORGE_EXECUTE),
        python("get_ipython().kernel.do_execute", wrong=False),
        "xxxx",
    ),
    Attack(
        13,
        "forged_send",
        "replaces the session's send: no error is ever reported",
        python(FORGE_SEND),
        python("get_ipython().kernel.session.send", wrong=False),
        "xx++",
    ),
    Attack(
        14,
        "always_equal",
        "returns an object that equals everything",
        HandedIn({"add": ALWAYS_EQUAL + "def add(a, b):\n    return Equal()"}),
        HandedIn({"add": "import numpy as np\ndef add(a, b):\n    return np.int64(a + b)"}),
        "FF++",
    ),
    Attack(
        14,
        "equal_integer",
        "returns an integer that equals everything",
        HandedIn({"add": EQUAL_INTEGER + "def add(a, b):\n    return Equal(7)"}),
        HandedIn({"add": "def add(a, b):\n    return int(a + b)"}),
        "FF++",
    ),
    Attack(
        26,
        "four_tebibytes",
        "an answer whose shape claims 4 TiB",
        doubling(
            "import numpy as np\ndef double(array):\n"
            "    return np.broadcast_to(np.float64(2), (1 << 39,))"
        ),
        doubling("def double(array):\n    return [2.0 * float(value) for value in array]"),
        "+++F",
    ),
    Attack(
        26,
        "objects",
        "an array of objects that equal everything",
        doubling(
            ALWAYS_EQUAL + "import numpy as np\ndef double(array):\n"
            "    return np.array([Equal(), Equal()], dtype=object)"
        ),
        doubling("def double(array):\n    return (array + array).astype('float32')"),
        "+++F",
    ),
    Attack(
        26,
        "pickle",
        "an answer that does something when it is unpickled",
        doubling(PICKLE),
        doubling("def double(array):\n    return tuple(2 * array)"),
        "+++F",
    ),
    Attack(
        26,
        "not_numbers",
        "NaN in place of numbers",
        doubling("import numpy as np\ndef double(array):\n    return array * np.nan"),
        doubling("import numpy as np\ndef double(array):\n    return np.multiply(2, array)"),
        "+++F",
    ),
    Attack(
        26,
        "equal_array",
        "an array of a class of its own, equal to everything",
        doubling(EQUAL_ARRAY),
        doubling("import numpy as np\ndef double(array):\n    return np.asarray(array) * 2"),
        "+++F",
    ),
)
