"""A service that tests what students hand in, and answers with preliminary feedback.

Process: a service, trusted.
"""
