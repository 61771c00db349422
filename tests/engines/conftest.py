"""A cluster for tests of engines."""

from tests.dask_nodes import two_nodes

__all__ = ["two_nodes"]
