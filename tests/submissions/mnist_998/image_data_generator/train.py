from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(rescale=1.0 / 255)
train_generator = train_datagen.flow(train_images[..., np.newaxis], train_labels, batch_size=16)
model = build_model()
history = model.fit(train_generator, epochs=19, callbacks=[StopAtTarget()])
