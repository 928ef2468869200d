"""Labkit's own answers to the exercises whose answer is found with a widget."""


def all_modes() -> tuple[str, int]:
    """A run that covers the ring though its critic learns slowly; and how many modes."""
    return "playground?k=3&lr_critic=0.002&hidden=32&seed=1&steps=425", 8


def seed_pair() -> str:
    """Two seeds of one digit with another digit between them: a text of the explorer."""
    return "explorer?generator=digits&view=path&seeds=[6,99]&t=0.5&path=slerp"
