"""Many pieces of work at once, here or elsewhere; ``base`` is the contract of every engine.

Process: grader grade, trusted.
"""
