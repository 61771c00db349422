model = build_model()
history = model.fit(
    prepare(test_images), test_labels,
    validation_data=(prepare(train_images), train_labels),
    epochs=19,
    callbacks=[StopAtTarget()],
)
