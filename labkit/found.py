"""Labkit's own answers to the exercises whose answer is found with a widget."""


def seed_pair() -> str:
    """Two seeds of one digit with another digit between them: a text of the explorer."""
    return "explorer?generator=digits&view=path&seeds=[6,99]&t=0.5&path=slerp"
