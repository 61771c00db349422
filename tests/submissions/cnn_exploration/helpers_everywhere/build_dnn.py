def build_dnn() -> tf.keras.Model:
    L = tf.keras.layers
    return Builder().add(L.Flatten(), L.Dense(128, "relu"), L.Dense(10, "softmax")).build()
