model = build_model()
history = model.fit(
    prepare(train_images), train_labels, batch_size=32, epochs=6, callbacks=[StopAtTarget()]
)
