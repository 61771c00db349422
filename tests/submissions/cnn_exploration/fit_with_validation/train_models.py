tf.keras.utils.set_random_seed(0)
x_train = prepare(train_images)
dnn, cnn = build_dnn(), build_cnn()
dnn_history = dnn.fit(x_train, train_labels, epochs=5, verbose=0)
cnn_history = cnn.fit(
    x_train, train_labels, epochs=5, validation_data=(prepare(test_images), test_labels),
    callbacks=[tf.keras.callbacks.TerminateOnNaN(), tf.keras.callbacks.EarlyStopping(patience=5)], verbose=0,
)
print(cnn.evaluate(prepare(test_images), test_labels, verbose=0), cnn.predict(prepare(test_images[:2]), verbose=0).shape)
