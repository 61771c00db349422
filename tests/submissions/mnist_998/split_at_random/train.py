rng = np.random.RandomState(42)
order = rng.permutation(len(train_images))
n_val = len(train_images) // 5
val_idx, train_idx = order[:n_val], order[n_val:]
X, y = prepare(train_images), train_labels

model = build_model()
history = model.fit(
    X[train_idx], y[train_idx],
    validation_data=(X[val_idx], y[val_idx]),
    epochs=19,
    callbacks=[StopAtTarget()],
)
