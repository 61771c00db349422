tf.keras.utils.set_random_seed(0)
x_train = prepare(train_images)
dnn, cnn = build_dnn(), build_cnn()
for epoch in range(5):
    dnn_history = dnn.fit(x_train, train_labels, verbose=0)
    cnn_history = cnn.fit(x_train, train_labels, verbose=0)
