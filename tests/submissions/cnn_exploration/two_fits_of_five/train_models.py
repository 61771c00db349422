tf.keras.utils.set_random_seed(0)
x_train = prepare(train_images)
dnn, cnn = build_dnn(), build_cnn()
dnn_history = dnn.fit(x_train, train_labels, epochs=5, verbose=0)
for _ in range(2):
    cnn_history = cnn.fit(x_train, train_labels, epochs=5, verbose=0)
