"""A kernel in which numpy is the only library, and its convolutions are blocked.

Process: student kernel, not trusted.
Touches: the import system of this kernel.
"""
