"""Password hashing at the least cost argon2 knows, so that tests with many people stay quick."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The product's algorithm with the smallest parameters."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
