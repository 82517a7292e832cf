"""The till: the screen a cashier stands at."""
