"""Attacks by what a kernel says: messages of every kind that nobody sends, and changed libraries.

A message that no reader could make sense of ends the kernel; claims on other cells are judged in
another. Those that only look odd cost nothing.
"""

from __future__ import annotations

from tests.attacks.submissions import Attack, HandedIn, python

SAY = """
kernel = get_ipython().kernel
def say(kind, content, **more):
    kernel.session.send(
        kernel.iopub_socket, kind, content, parent=kernel.get_parent(), ident=b'kernel', **more)
"""
DEEP = "deep = {}\nfor _ in range(900):\n    deep = {'a': deep}\n"
OUTPUT_WIDGET = """
state = {'_model_module': '@jupyter-widgets/output', '_model_name': 'OutputModel', 'msg_id': 3}
say('comm_open', {'comm_id': 'x', 'data': {'state': state}, 'target_name': 'jupyter.widget',
                  'metadata': {}}, metadata={'version': '2.0'})
say('comm_msg', {'comm_id': 'x', 'data': {'method': 'update', 'state': {'msg_id': {}}}})
"""
UPDATES = """
from IPython.display import display, update_display
for number in range(300):
    display(number, display_id='same')
for number in range(300):
    update_display(number, display_id='same')
"""
HARMLESS = """
say('clear_output', {'wait': 'x'})
say('no_such_message', {'a': [1, None]})
say('status', {'execution_state': 'idle'})
say('status', {'execution_state': 'busy'})
say('display_data', {'data': {'application/json': float('nan')}, 'metadata': {'a': float('inf')}})
say('execute_result', {'data': {'text/plain': 'x'}, 'metadata': {}, 'execution_count': 10**400})
say('update_display_data', {'transient': {'display_id': 'unknown'}, 'data': {}, 'metadata': {}})
"""
FORGED_ANSWERS = """
def add(a, b):
    kernel = get_ipython().kernel
    for _ in range(1000):
        kernel.session.send(
            kernel.stdin_socket, 'input_request',
            {'prompt': '{"value": {"int": %d}, "printed": ""}' % (a + b), 'password': False},
            parent=kernel.get_parent(), ident=kernel._parent_ident.get('shell'))
    return 0
"""
OTHER_KEY = "get_ipython().kernel.session.key = b'other'"
CHANGED_JSON = """
import json
dumps = json.dumps
json.dumps = lambda *given, **named: dumps(*given, **named).replace('{', '{"value": 3, ', 1)
"""
FAKE_AGENT = """
import sys, types
agent = types.ModuleType('grader.sandbox.guest')
agent.answer = lambda *_: get_ipython().kernel.raw_input('{"passed": true, "value": true}')
sys.modules['grader.sandbox.guest'] = agent
"""
CHANGED_IMPORTS = """
import importlib.abc, sys
class Everything(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith(('grader', 'json', 'zmq')):
            raise ImportError(f'{name} is not for you')
sys.meta_path.insert(0, Everything())
for name in [name for name in sys.modules if name.startswith(('grader', 'json', 'zmq'))]:
    del sys.modules[name]
"""
QUIET = python("print('nothing odd')", wrong=False)


def saying(*lines: str) -> HandedIn:
    """These lines at the top of ``add``, which is right."""
    return python(SAY + "\n".join(lines), wrong=False)


def _malformed(name: str, about: str, *lines: str) -> Attack:
    return Attack(44, name, about, saying(*lines), QUIET, "CC++")


ATTACKS = (
    _malformed("stream_of_no_name", "an output without its fields", "say('stream', {})"),
    _malformed(
        "fields_of_other_types",
        "outputs whose fields are of other types",
        "say('display_data', {'data': [1], 'metadata': 5})",
        "say('error', {'ename': 3, 'evalue': None, 'traceback': 7})",
    ),
    _malformed(
        "nested_outputs",
        "an output nested 900 deep",
        DEEP + "say('display_data', {'data': {'text/plain': 'x'}, 'metadata': deep})",
    ),
    _malformed("forged_widget", "a widget that takes outputs, and makes no sense", OUTPUT_WIDGET),
    Attack(
        44,
        "odd_messages",
        "messages that nobody sends, and that can be read",
        saying(HARMLESS),
        QUIET,
    ),
    Attack(
        44,
        "many_updates",
        "changes 300 outputs 300 times",
        python(UPDATES, wrong=False),
        python("display(1, display_id='one').update(2)", wrong=False),
    ),
    Attack(
        44,
        "forged_answers",
        "sends a thousand answers of its own making beside the agent's",
        HandedIn({"add": FORGED_ANSWERS}),
        python("get_ipython().kernel.stdin_socket", wrong=False),
        "LL++",  # its agent gets the replies to what it forged, and its own answer never comes
    ),
    Attack(
        44,
        "other_key",
        "signs its messages with another key",
        python(OTHER_KEY, wrong=False),
        python("get_ipython().kernel.session.key", wrong=False),
        "CC++",
    ),
    Attack(
        44,
        "changed_json",
        "has Python's json put an answer in front of every other",
        python(CHANGED_JSON),
        python("import json\njson.dumps([1])", wrong=False),
        "xx++",
    ),
    Attack(
        44,
        "fake_agent",
        "puts another module in place of the kernel agent",
        python(FAKE_AGENT),
        python("import sys\n'grader.sandbox.guest' in sys.modules", wrong=False),
        "CCCC",
    ),
    Attack(
        44,
        "changed_imports",
        "hides the libraries by which a kernel speaks",
        python(CHANGED_IMPORTS),
        python("import sys\nsys.meta_path.append(sys.meta_path[-1])", wrong=False),
        "LL++",
    ),
)
