dataset = tf.data.Dataset.from_tensor_slices((prepare(train_images), train_labels))
dataset = dataset.shuffle(len(train_images), seed=1, reshuffle_each_iteration=False)
held_back = len(train_images) // 10
val_ds = dataset.take(held_back).batch(32)
train_ds = dataset.skip(held_back).batch(32)
model = build_model()
history = model.fit(train_ds, validation_data=val_ds, epochs=19, callbacks=[StopAtTarget()])
