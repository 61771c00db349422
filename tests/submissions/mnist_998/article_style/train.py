training_images = prepare(train_images)
model = build_model()
callbacks = StopAtTarget()
history = model.fit(training_images, train_labels, epochs=19, callbacks=[callbacks])
