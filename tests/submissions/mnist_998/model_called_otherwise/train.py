cnn = build_model()
history = cnn.fit(prepare(train_images), train_labels, epochs=19, callbacks=[StopAtTarget()])
