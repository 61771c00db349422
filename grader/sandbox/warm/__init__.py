"""Warm kernels: forked from a process that has imported what notebooks import, and run nothing.

``host`` starts that process, the warm parent, on the grader's side; ``parent`` is its program,
and ``rights`` what a fork of it gives up; a sandbox's supervisor asks it for a kernel through
``call``.

Process: warm parent, trusted until it becomes a kernel.
Touches: processes that it forks, and the namespaces and groups that these enter.
"""
