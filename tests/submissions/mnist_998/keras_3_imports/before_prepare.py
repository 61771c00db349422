import keras
from keras import Model, layers

print(keras.__version__, keras.backend.backend())
