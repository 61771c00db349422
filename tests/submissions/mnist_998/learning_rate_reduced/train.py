model = build_model()
slower = tf.keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1, min_delta=0.05)
history = model.fit(
    prepare(train_images), train_labels, epochs=19, callbacks=[StopAtTarget(), slower], verbose=2,
)
