import numpy
import tensorflow.keras.backend as K
from dataclasses import dataclass
from tensorflow import keras as k
from tensorflow.keras.layers import *


@dataclass
class Config:
    filters: int = 16
    units: int = 128
    batch_size: int = 32
    epochs: int = 19


config = Config()


def scale(values, top=255.0):
    return numpy.asarray(values, dtype=K.floatx()) / top
