"""What a test cell calls: pure functions that return None or raise ``ClaimFailed``.

In a notebook, importing it also makes the messages of failing claims short.

Process: examiner, and any kernel.
Touches: the course's images, which it reads; what it is given, through copies. No files are
written.
"""

from grader.cell_messages import shell

shell.install()
