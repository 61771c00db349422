"""Runs student code in a sandbox: no network, no tests, no other student's files, and limits.

Process: judge and supervisor, trusted.
Touches: processes, namespaces, control groups and sandbox folders, all of which it removes.
"""
