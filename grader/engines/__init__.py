"""Many pieces of work at once, here or elsewhere; ``base`` is the contract of every engine.

Process: grader grade, trusted.
Touches: threads and processes through the work that it is given; no files, no notebooks.
"""
