def build_cnn(filters=64, convolutions=2):
    model = Sequential()
    for i in range(convolutions):
        if i == 0:
            model.add(Conv2D(filters, (3, 3), activation="relu", input_shape=(28, 28, 1)))
        else:
            model.add(Conv2D(filters, (3, 3), activation="relu"))
        model.add(MaxPooling2D(pool_size=(2, 2)))
    if convolutions == 0:
        model.add(Flatten(input_shape=(28, 28, 1)))
    else:
        model.add(Flatten())
    model.add(Dense(128, activation="relu"))
    model.add(Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
