"""``grader mark``: a page of this machine on which a person marks written answers.

Process: your shell, a server on 127.0.0.1.
Touches: the gradebook, through grader.notebook.marking; one port of 127.0.0.1.
"""
