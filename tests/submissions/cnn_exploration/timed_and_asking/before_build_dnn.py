epochs = int(input("How many epochs? "))
# %%
my_picture = plt.imread("my_shoe.png")
print(my_picture.shape)
