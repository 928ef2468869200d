"""Pictures of lab 05: who computes and who learns in one iteration of a GAN."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from torch import Tensor

from labkit.image_files import tile
from labkit.show.axes import GREY, SIZE, say
from labkit.show.picture import CRITIC, FAKE, GRADIENT, REAL, Picture, figure

# Where things stand, from left to right.
Z, GENERATOR, IMAGES, CRITIC_AT, LOSS = 0.5, 2.2, 4.5, 6.9, 9.4
TALL = 0.62  # half of a box
LOWEST, HEIGHTS = -1.8, (4.0, 3.1)  # of the two rows


def iteration(real: Tensor, fake: Tensor) -> Picture:
    """Draw both steps of an iteration: images forward, gradients back, who learns.

    Args:
        real, fake: one image each, (1, C, H, W).
    """
    plot = Figure(figsize=(9.5, 5))
    above, below = plot.subplots(2, 1, height_ratios=HEIGHTS)
    names = "critic_step", "generator_step"
    for axes, name, height in zip((above, below), names, HEIGHTS, strict=True):
        axes.set_xlim(0, 10.4)
        axes.set_ylim(LOWEST, LOWEST + height)
        axes.set_axis_off()
        axes.text(0, LOWEST + height - 0.4, name, fontsize=SIZE + 2, family="monospace",
                  weight="bold")  # fmt: skip
        _picture(axes, fake, 0.0, "fake", FAKE)
        _arrow(axes, Z + 0.25, GENERATOR - 0.75)
        _arrow(axes, GENERATOR + 0.75, IMAGES - 0.42)
        _arrow(axes, CRITIC_AT + 0.75, LOSS - 0.6)
        say(axes, Z, 0, "z", ha="center", va="center")
    _critic_step(above, real)
    _generator_step(below)
    alt = (
        "Two rows. In critic_step, z goes through the generator to a fake; a real image "
        "and the fake go through the critic to the loss. Gradients run back from the "
        "loss into the critic, which learns; behind the fake the path is cut by detach. "
        "In generator_step there is no real image; gradients run back from the loss "
        "through the critic and the fake into the generator, which learns."
    )
    return figure(plot, alt)


def _critic_step(axes: Axes, real: Tensor) -> None:
    _picture(axes, real, 1.35, "real", REAL)
    _box(axes, GENERATOR, "generator", FAKE, learns=False)
    _box(axes, CRITIC_AT, "critic", CRITIC, learns=True)
    _box(axes, LOSS, "critic\nloss", GREY, learns=False, half=0.55)
    _arrow(axes, IMAGES + 0.42, CRITIC_AT - 0.75, start=0.0)
    _arrow(axes, IMAGES + 0.42, CRITIC_AT - 0.75, start=1.35, end=0.25)
    _gradient(axes, LOSS, CRITIC_AT)
    axes.plot([IMAGES + 0.75] * 2, [-0.85, 0.45], color=GRADIENT, linewidth=2.5)
    say(axes, IMAGES + 0.75, -0.95, "detach: gradients\nend here", GRADIENT, ha="center",
        va="top")  # fmt: skip


def _generator_step(axes: Axes) -> None:
    _box(axes, GENERATOR, "generator", FAKE, learns=True)
    _box(axes, CRITIC_AT, "critic", CRITIC, learns=False)
    _box(axes, LOSS, "generator\nloss", GREY, learns=False, half=0.62)
    _arrow(axes, IMAGES + 0.42, CRITIC_AT - 0.75)
    _gradient(axes, LOSS, CRITIC_AT)
    _gradient(axes, CRITIC_AT, IMAGES)
    _gradient(axes, IMAGES, GENERATOR)
    say(axes, CRITIC_AT, -1.5, "gradients pass through", GRADIENT, ha="center")


def _box(
    axes: Axes, x: float, text: str, colour: str, learns: bool, half: float = 0.75
) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x - half, -TALL), 2 * half, 2 * TALL, boxstyle="round,pad=0,rounding_size=0.15",
            facecolor=colour if learns else "white", edgecolor=colour,
            linewidth=2 if learns else 1.2,
        )
    )  # fmt: skip
    name = f"{text}\nlearns" if learns else text
    say(axes, x, 0, name, "white" if learns else colour, ha="center", va="center")


def _picture(axes: Axes, image: Tensor, y: float, name: str, colour: str) -> None:
    canvas = tile(image)
    box = axes.inset_axes(
        (IMAGES - 0.42, y - 0.42, 0.84, 0.84), transform=axes.transData
    )
    box.imshow(canvas)
    box.set_xticks([])
    box.set_yticks([])
    for spine in box.spines.values():
        spine.set(color=colour, linewidth=2)
    say(axes, IMAGES - 0.52, y + 0.25, name, colour, ha="right")


def _arrow(
    axes: Axes, left: float, right: float, start: float = 0.0, end: float | None = None
) -> None:
    axes.add_patch(
        FancyArrowPatch(
            (left, start), (right, start if end is None else end), arrowstyle="-|>",
            mutation_scale=14, color=GREY, linewidth=1.4, shrinkA=0, shrinkB=0,
        )
    )  # fmt: skip


def _gradient(axes: Axes, right: float, left: float) -> None:
    """A gradient on its way back, below the boxes."""
    axes.add_patch(
        FancyArrowPatch(
            (right - 0.1, -TALL - 0.1), (left + 0.1, -TALL - 0.1), arrowstyle="-|>",
            connectionstyle="arc3,rad=-0.25", mutation_scale=16, color=GRADIENT,
            linewidth=2.2, linestyle="--", shrinkA=0, shrinkB=0,
        )
    )  # fmt: skip
