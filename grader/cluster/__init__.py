"""A class graded on several machines: nodes, who may join them, and the referee among them.

Process: driver and nodes, trusted.
Touches: sockets of the cluster, its key, a scratch folder on each node; no gradebook.
"""
