"""Objects that stay in the student's kernel: kept by number, described, and asked.

Process: student kernel, not trusted.
Touches: objects in this kernel.
"""
