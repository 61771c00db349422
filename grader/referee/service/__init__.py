"""The referee as processes: broker, fair queue, trainer process, wire, client.

Process: worker, trusted.
Touches: sockets, trainer processes and their control groups; files through the store.
"""
