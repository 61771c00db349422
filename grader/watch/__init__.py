"""A service that tests what students hand in, and answers with preliminary feedback.

Process: a service, trusted.
Touches: exchange, submitted/, watch/ and gradebook; a port of this machine where one is
configured.
"""
