model = build_model()
history = model.fit(
    prepare(train_images), train_labels, epochs=3, validation_split=0.1, callbacks=[StopAtTarget()]
)
