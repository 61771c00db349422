model = build_model()
history = model.fit(prepare(train_images), train_labels, epochs=5, callbacks=[StopAtTarget()], verbose=2)
