dataset = tf.data.Dataset.from_tensor_slices((prepare(train_images), train_labels))
dataset = dataset.shuffle(1000).repeat().batch(32)
model = build_model()
history = model.fit(dataset, epochs=19, callbacks=[StopAtTarget()])
