from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(rotation_range=10, width_shift_range=0.1, height_shift_range=0.1)
model = build_model()
history = model.fit(
    train_datagen.flow(prepare(train_images), train_labels, batch_size=32),
    epochs=19,
    callbacks=[StopAtTarget()],
)
