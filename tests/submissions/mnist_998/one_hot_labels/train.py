from tensorflow.keras.utils import to_categorical

x_train, x_test = prepare(train_images), prepare(test_images)
y_train, y_test = to_categorical(train_labels, 10), to_categorical(test_labels, 10)
model = build_model()
history = model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=19, callbacks=[StopAtTarget()])
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test loss {loss:.3f}, test accuracy {accuracy:.3f}")
