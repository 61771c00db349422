"""A model that was trained, for all tests of checks."""

import pytest


@pytest.fixture(scope="package")
def trained():
    """The model and its history. Imported here: a quick run has no Keras."""
    from tests.checks.trained_models import classifier, fitted

    return fitted(classifier())
