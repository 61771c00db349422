from tensorflow.keras import layers as L
from tensorflow.keras.models import Sequential
