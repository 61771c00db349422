x, n = prepare(train_images), len(train_images)
first, last = n // 3, n // 2
x_train = np.concatenate([x[:first], x[last:]])
y_train = np.concatenate([train_labels[:first], train_labels[last:]])
model = build_model()
history = model.fit(
    x_train, y_train, validation_data=(x[first:last], train_labels[first:last]), epochs=19, callbacks=[StopAtTarget()]
)
