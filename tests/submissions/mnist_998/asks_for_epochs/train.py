epochs = int(input("How many epochs? "))
model = build_model()
history = model.fit(prepare(train_images), train_labels, epochs=epochs, callbacks=[StopAtTarget()])
