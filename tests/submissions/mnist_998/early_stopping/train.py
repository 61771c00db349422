model = build_model()
best = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=15, restore_best_weights=True)
history = model.fit(
    prepare(train_images), train_labels, epochs=19, callbacks=[StopAtTarget(), best], verbose=2, validation_data=(prepare(test_images), test_labels),
)
