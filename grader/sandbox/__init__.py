"""Runs student code in a sandbox: no network, no tests, no other student's files, and limits.

Process: judge and supervisor, trusted.
"""
