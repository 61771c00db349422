import logging
import sys
import warnings

print("I prepare the images now", file=sys.stderr)


def prepare(images):
    warnings.warn("a deprecated way to divide", DeprecationWarning)
    sys.stderr.write("dividing ...\n")
    return np.expand_dims(images, -1) / 255
