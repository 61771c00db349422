model = build_model()
history = model.fit(prepare(train_images), train_labels, batch_size=16, epochs=19, callbacks=[StopAtTarget()])
