"""What runs on a student's own machine: %check, grader check, a referee for one's kernel.

Process: a student's own machine.
Touches: the student's notebook, which it reads; for grader check a sandbox or a kernel.
"""
