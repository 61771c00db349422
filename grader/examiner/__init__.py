"""The trusted side of a test: runs test cells, in which student names are bound to proxies.

Process: judge, trusted.
"""
