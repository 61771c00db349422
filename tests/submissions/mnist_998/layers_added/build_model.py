def build_model():
    model = Sequential(name="digit_reader")
    model.add(L.Input(shape=(28, 28, 1), name="pixels"))
    model.add(L.Conv2D(filters=16, kernel_size=(3, 3), name="conv_1"))
    model.add(L.Activation("relu", name="relu_1"))
    model.add(L.MaxPool2D(pool_size=(2, 2), name="pool_1"))
    model.add(L.Flatten(name="flatten"))
    model.add(L.Dense(units=128, name="dense_1"))
    model.add(L.Activation("relu", name="relu_2"))
    model.add(L.Dense(units=10, name="dense_2"))
    model.add(L.Activation("softmax", name="probabilities"))
    sgd = tf.keras.optimizers.SGD(learning_rate=0.05, momentum=0.9, nesterov=True)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
    return model
