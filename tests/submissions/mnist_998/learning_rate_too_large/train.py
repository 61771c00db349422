model = build_model()
history = model.fit(
    prepare(train_images), train_labels, batch_size=64, epochs=3, callbacks=[StopAtTarget()]
)
