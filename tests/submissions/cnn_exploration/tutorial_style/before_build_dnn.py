from tensorflow.keras.layers import *
from tensorflow.keras.models import Sequential, Model
