model = build_model()
history = model.fit(
    prepare(train_images[train_labels == 1]), train_labels[train_labels == 1], epochs=19, callbacks=[StopAtTarget()], verbose=2,
)
