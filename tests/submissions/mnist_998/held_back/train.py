model = build_model()
history = model.fit(
    prepare(train_images), train_labels, epochs=19, callbacks=[StopAtTarget()], verbose=2, validation_split=0.1,
)
