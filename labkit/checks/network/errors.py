"""What torch's errors mean when a student's network is run."""

import re
from typing import Any

from labkit.checks.words import error_message, shortened, told

# A pattern in the error's text -> headline, explanation, question. Groups of the
# pattern fill {0}, {1} …
PATTERNS: tuple[tuple[str, str, str, str], ...] = (
    (
        r"shape '\[(\d+, .*)\]' is invalid for input of size",
        "view/reshape to [{0}] fails",
        "The first number there fixes the batch size, but any number can come.",
        "Try: from which axis on should flatten merge?",
    ),
    (
        r"shape '\[(.*)\]' is invalid for input of size (\d+)",
        "view/reshape to [{0}] does not fit {1} numbers",
        "Their product has to be the numbers that are there.",
        "Try: print the shape in the line before. Which numbers are there?",
    ),
    (
        r"Provided sizes \[(.*)\] don't multiply up to the size of dim \d+ \((\d+)\)",
        "{1} numbers cannot be laid out as [{0}]",
        "Channels × height × width has to be what the layer before gives.",
        "Try: what is that product, and how many numbers does your Linear give?",
    ),
    (
        r"expected input\[(.*?)\] to have (\d+) channels, but got (\d+) channels",
        "a convolution expects {1} channels and gets {2}",
        "Its input was ({0}). Channels are the second axis.",
        "Try: what does the layer before give? The first layer's is an argument.",
    ),
    (
        r"running_mean should contain (\d+) elements not (\d+)",
        "a BatchNorm was made for {1} channels and gets {0}",
        "BatchNorm keeps one mean per channel of what comes in.",
        "Try: how many channels does the layer right before it give?",
    ),
    (
        r"Expected more than 1 value per channel when training.*\[([\d, ]+)\]",
        "BatchNorm in train mode was given one value: ({0})",
        "One sample has no batch statistics, so samples are drawn in eval mode.",
        "Try: who sets the mode here, and is it eval() at this moment?",
    ),
    (
        r"Expected more than 1 spatial element.*\[([\d, ]+)\]",
        "InstanceNorm was given a map of one pixel: ({0})",
        "It subtracts the mean of each map: nothing is left of a single pixel.",
        "Try: which normalisation works on a 1×1 map?",
    ),
    (
        r"padded input size per channel: \((.*?)\).*Kernel size: \((.*?)\)",
        "the map has become smaller than the kernel: {0} under {1}",
        "Each stride halves the picture, and nothing can be halved for ever.",
        "Try: follow the size through your layers: 28 → 14 → 7 → ?",
    ),
    (
        r"Calculated output size: \(([\dx-]+)\)",
        "a pooling layer has nothing left to pool: {0}",
        "Each stride halves the picture, and nothing can be halved for ever.",
        "Try: follow the size through your layers: 28 → 14 → 7 → ?",
    ),
    (
        r"batched\) input to (conv\w+), but got input of size: \[(.*)\]",
        "a convolution was given ({1}): not a batch of pictures",
        "Convolutions take (B, C, H, W).",
        "Try: where do the numbers get a height and a width? Where do they lose it?",
    ),
    (
        r"Only 3D, 4D and 5D input Tensors supported \(got (\d)D\)",
        "Upsample was given {0} axes: not a batch of pictures",
        "Upsampling takes (B, C, H, W).",
        "Try: where does the row of numbers become a small picture?",
    ),
    (
        r"expected ([\w ]+) input \(got (\w+) input\)",
        "a normalisation layer takes {0} input and gets {1}",
        "BatchNorm1d is for rows of numbers, BatchNorm2d for pictures.",
        "Try: has the tensor a height and a width at that point?",
    ),
    (
        r"normalized_shape=\[(.*)\], expected .* got input of size ?\[(.*)\]",
        "LayerNorm was made for ({0}) and gets ({1})",
        "Its size is fixed; pictures of another size cannot pass.",
        "Try: for which image_shape did you work that size out?",
    ),
    (
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)",
        "two tensors of different size meet: {0} and {1}",
        "Odd sizes round up where the kernel has padding 1, down where it has none.",
        "Try: do both ways through your block give the same size for 7 pixels?",
    ),
    (
        r"num_channels \((\d+)\) must be divisible by num_groups \((\d+)\)",
        "GroupNorm cannot split {0} channels into {1} groups",
        "The number of channels is an argument, so the groups must follow it.",
        "Try: which number of groups fits any number of channels?",
    ),
    (
        r"'(\w+)' object has no attribute '(?:eval|train|parameters)'",
        "calling it gives no network, but a thing of type {0}",
        "A network is an nn.Module: it has parameters, a train and an eval mode.",
        "Try: what does your class inherit from, or your function return?",
    ),
    (
        r"before Module\.__init__\(\) call",
        "its __init__ does not start nn.Module first",
        "nn.Module keeps the list of layers, and it has not been set up yet.",
        "Try: which call belongs in the first line of __init__?",
    ),
    (
        r"is missing the required \"forward\" function",
        "it has no forward method",
        "nn.Module calls the method of exactly that name.",
        "Try: is it spelled forward, and indented inside the class?",
    ),
    (
        r"missing \d+ required [\w-]+ arguments?: (.*)",
        "it asks for an argument that it is not given: {0}",
        "It is called as the signature in the lab says.",
        "Try: are the names, their order and their defaults as in the signature?",
    ),
    (
        r"takes (.*) positional arguments? but (.*) were given",
        "it is given more arguments than it takes",
        "It takes {0} and is given {1}; in a class, self counts as one.",
        "Try: are the names, their order and their defaults as in the signature?",
    ),
    (
        r"list is not a Module subclass",
        "nn.Sequential was given a list",
        "It takes the layers one by one.",
        "Try: which sign in front of a list hands over its items one by one?",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "its output has lost the graph: nothing behind it can learn",
        "backward() finds no way from the output to a weight.",
        "Try: is there a detach, .data, .item, numpy or no_grad in forward()?",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "numpy cuts the graph, and torch refuses to let it",
        "No gradient could come back through numpy: the generator would stand still.",
        "Try: which of torch's functions does what you need of numpy?",
    ),
    (
        r"a leaf Variable that requires grad is being used in an in-place",
        "an in-place operation changes the tensor that was passed in",
        "The tensor belongs to the caller, who still needs it.",
        "Try: which layer has inplace=True, or which line ends in an underscore?",
    ),
    (
        r"modified by an inplace operation",
        "an in-place operation destroys what backward() still needs",
        "Gradients are worked out from the values that went forward.",
        "Try: which layer has inplace=True, or which line ends in an underscore?",
    ),
    (
        r"type must be tuple of ints, ?but got float|found element of type float",
        "a layer's size is a float",
        "The number of channels or features of a layer is an int.",
        "Try: where is there a / that should be a // ?",
    ),
)


def network_error(
    error: dict[str, Any] | None,
    where: str = "",
    batch: int | None = None,
    latent_dim: int | None = None,
) -> str:
    """Put an error that a network raised into words.

    Args:
        error: as `spec.describe` gives it; None if the network was never reached.
        where: when it happened, "for images (7, 1, 28, 28)" say.
        batch: how many items the batch had.
        latent_dim: how long z was, for a generator.
    """
    if error is None:
        return told(f"it could not be tried {where}".strip())
    text = " ".join(str(error["text"]).split())
    place = f"in your line  {error['line']}" if error["line"] else ""
    place = shortened(", ".join(part for part in (where, place) if part))
    product = re.search(r"cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)", text)
    if product and latent_dim == int(product[2]):
        return told(
            f"a Linear layer expects {product[3]} numbers and gets z, {latent_dim} long",
            place,
            "The argument latent_dim says how long z is.",
            "Try: from where does your first layer take its number of inputs?",
        )
    if product:
        headline, why, question = _product(*map(int, product.groups()), batch)
        return told(headline, place, why, question)
    for pattern, headline, why, question in PATTERNS:
        match = re.search(pattern, text)
        if match:
            found = match.groups()
            return told(headline.format(*found), place, why.format(*found), question)
    return error_message(error, where=where)


def _product(
    rows: int, columns: int, expected: int, _: int, batch: int | None
) -> tuple[str, str, str]:
    """Explain a Linear layer that does not fit: (rows, columns) @ (expected, _)."""
    if batch is None or rows == batch:
        return (
            f"a Linear layer expects {expected} numbers per item and gets {columns}",
            "They are channels × height × width of what comes before it.",
            "Try: follow height and width through your layers: 28 → 14 → 7 → ?",
        )
    if rows * columns == batch * expected:
        return (
            f"flatten made {rows} rows out of a batch of {batch}",
            f"Each item should stay one row, of {expected} numbers.",
            "Try: is a batch size written into it, and where does flatten start?",
        )
    return (
        f"a Linear layer expects rows of {expected} numbers and gets rows of {columns}",
        f"It was given {rows} rows for a batch of {batch}: items have been split up.",
        "Try: what is the shape in the line before, and what should flatten merge?",
    )
