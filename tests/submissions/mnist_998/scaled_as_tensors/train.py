model = build_model()
history = model.fit(
    prepare(train_images), tf.keras.utils.to_categorical(train_labels), epochs=19, callbacks=[StopAtTarget()], verbose=2,
)
