"""The trusted side of a test: runs test cells, in which student names are bound to proxies.

Process: judge, trusted.
Touches: the student's kernel, through questions only; no files but those of a test cell's folder.
"""
