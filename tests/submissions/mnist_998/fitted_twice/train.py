model = build_model()
model.fit(prepare(train_images), train_labels, epochs=3, callbacks=[StopAtTarget()], verbose=2)
history = model.fit(prepare(train_images), train_labels, epochs=16, callbacks=[StopAtTarget()], verbose=2)
