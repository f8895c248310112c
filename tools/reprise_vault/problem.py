"""What can go wrong while reading, as people are told of it."""


class Problem(Exception):
    """What a person must know; ends the program with `status`."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Damage(Problem):
    """An object whose bytes are not what was written."""

    def __init__(self, name, what):
        super().__init__(65, f"{name} is damaged: {what}")
