x = prepare(train_images)
mean, deviation = x.mean(), x.std()
model = build_model()
history = model.fit((x - mean) / deviation, train_labels, epochs=19, callbacks=[StopAtTarget()], verbose=2)
