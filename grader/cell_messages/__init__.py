"""What a notebook shows below a cell of the course: short messages in place of long tracebacks.

It works in any IPython kernel that imports ``grader.checks``, and in the course's kernel from its
start. It needs the standard library and the IPython that runs the kernel.

Process: any notebook's kernel, never in a sandbox.
Touches: the display of the kernel that it is imported in; no files.
"""
