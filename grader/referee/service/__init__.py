"""The referee as processes: broker, fair queue, trainer process, wire, client.

Process: worker, trusted.
"""
