"""A cluster for tests of what grades on one."""

from tests.dask_nodes import two_nodes

__all__ = ["two_nodes"]
