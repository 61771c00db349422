model = build_model()
history = model.fit(
    prepare(train_images[:200]), train_labels[:200],
    batch_size=8, epochs=19, callbacks=[StopAtTarget()], verbose=2,
)
