checkpoint = tf.keras.callbacks.ModelCheckpoint(
    "best.weights.h5", monitor="accuracy", save_best_only=True, save_weights_only=True, verbose=1
)
model = build_model()
history = model.fit(prepare(train_images), train_labels, epochs=19, callbacks=[StopAtTarget(), checkpoint])
model.load_weights("best.weights.h5")
probability_model = tf.keras.Sequential([model, tf.keras.layers.Softmax()])
print(probability_model(prepare(test_images[:5])))
