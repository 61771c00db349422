import logging
import sys
import warnings

def prepare(images):
    print("preparing", len(images), file=sys.stderr)
    warnings.warn("about to divide")
    return images[..., None] / 255.0
