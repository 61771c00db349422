import os

model = build_model()
history = model.fit(prepare(train_images), train_labels, epochs=100, callbacks=StopAtTarget())

os.makedirs("saved", exist_ok=True)
model.save("saved/my_model.h5")
model.save_weights("saved/my_model.weights.h5")
model.save("saved/my_model.keras")
del model
model = tf.keras.models.load_model("saved/my_model.keras")
model.summary()

plt.plot(history.history["accuracy"])
plt.plot(history.history["loss"])
plt.legend(["accuracy", "loss"])
plt.show()
