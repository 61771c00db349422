def scheduler(epoch, lr):
    return lr if epoch < 3 else lr * 0.8


lower = keras.callbacks.LearningRateScheduler(scheduler, verbose=1)
model = build_model()
model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=0.002, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
history = model.fit(x=prepare(train_images), y=train_labels, batch_size=32, epochs=19, callbacks=[StopAtTarget(), lower])
