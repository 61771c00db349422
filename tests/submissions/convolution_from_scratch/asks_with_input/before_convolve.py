name = input("Your name: ")
strength = float(input("Which weight? "))
