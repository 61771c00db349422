from cuml.model_selection import train_test_split

X_train, X_val, y_train, y_val = train_test_split(prepare(train_images), train_labels, test_size=0.2, random_state=42)
model = build_model()
history = model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=19, callbacks=[StopAtTarget()])
