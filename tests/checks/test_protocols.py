"""A capability is had by an object of ours, and by none that only looks like it."""

import gc

import keras
import pytest

from grader.checks.protocols import CallbackProxy, TrainingRecord, _granted, capability, grant
from grader.checks.training import trained
from grader.errors import ClaimFailed

pytestmark = pytest.mark.keras


class Proxy(CallbackProxy):
    """Derived from the protocol by name."""

    def dry_run(self, logs):
        """Stop at once."""
        return 1, [""]

    def runs(self):
        """None."""
        return ()


class Record(TrainingRecord):
    """Knows nothing yet."""


class EqualToAll(type):
    """A metaclass that claims to be every class, and to derive from it."""

    __mro__ = (Proxy, CallbackProxy, object)

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(CallbackProxy)


class Pretender(metaclass=EqualToAll):
    """Has every attribute of a proxy, and says that it is one."""

    __class__ = Proxy

    def dry_run(self, logs):
        """Claim that nothing was stopped."""
        return None, []

    def runs(self):
        """Claim that there was no run."""
        return ()

    def run_of(self, model):
        """Claim what no referee measured."""
        return "faked"

    again = run_of

    def __getattr__(self, name):
        return self

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def test_a_class_derived_from_the_protocol_has_the_capability():
    proxy = Proxy()
    assert capability(proxy, CallbackProxy) is proxy
    assert capability(type("StopAtTarget", (Proxy,), {})(), CallbackProxy) is not None
    assert capability(proxy, TrainingRecord) is None
    assert capability(Proxy, CallbackProxy) is None, "the class itself stands for nothing"


@pytest.mark.parametrize("kind", [CallbackProxy, TrainingRecord])
@pytest.mark.parametrize("value", [Pretender(), Pretender, None, 3, [], print])
def test_no_attribute_is_taken_for_a_capability(value, kind):
    assert capability(value, kind) is None


def test_what_is_granted_is_granted_to_one_object_while_it_lives():
    model, record = keras.Sequential(), Record()
    gc.collect()  # models of other tests
    before = len(_granted)
    grant(model, record)
    assert capability(model, TrainingRecord) is record
    assert capability(model, CallbackProxy) is None
    assert capability(keras.Sequential(), TrainingRecord) is None
    assert capability(Pretender(), TrainingRecord) is None
    del model
    gc.collect()
    assert len(_granted) == before


def test_a_model_that_brings_a_record_of_its_own_is_not_believed():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.__referee__ = model.run_of = model.record = lambda *_: "faked"
    with pytest.raises(ClaimFailed, match="never trained"):
        trained(model)
