"""All messages between the grader and the kernel agent, as tables that tests hold both to.

Process: judge and supervisor, trusted.
Touches: nothing: tables of what may be said.
"""
