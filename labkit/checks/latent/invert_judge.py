"""Lab 07: `invert`, judged, and the messages about it."""

from typing import Any

from labkit.checks.latent.invert import found, share
from labkit.checks.latent.probes import told_left
from labkit.checks.spec import Finding
from labkit.checks.words import a, error_message, number, told

Call = dict[str, Any]
KNOWN = (
    (
        "does not require grad",
        "no gradient leads from the loss back to z",
        "Try: does z ask for gradients, and is it cut off on the way (no_grad, detach)?",
    ),
    (
        "can't optimize a non-leaf Tensor",
        "the optimiser is given a z that was computed, not made",
        "Try: shape and scale z first; then ask for its gradient (requires_grad_).",
    ),
    (
        "optimizer can only optimize Tensors",
        "the optimiser is not given a list of tensors",
        "Try: its first argument is a list, of one tensor here.",
    ),
    (
        "params argument given to the optimizer",
        "the optimiser is given a tensor, and it wants a list of tensors",
        "Try: its first argument is a list, of one tensor here.",
    ),
    (
        "leaf Variable that requires grad",
        "z is changed in place while torch records it",
        "Try: who is to move z, you or the optimiser? Under no_grad you may.",
    ),
    (
        "mat1 and mat2 shapes cannot be multiplied",
        "the generator is given a z of the wrong length",
        "Try: where does your function learn how long z must be?",
    ),
    (
        "backward through the graph a second time",
        "the image of z is drawn once, and walked back from many times",
        "Try: which lines belong into the loop?",
    ),
    (
        "can be implicitly created only for scalar",
        "backward() starts from a single number",
        "Try: which step makes one number of all the pixels' errors?",
    ),
)


def judge(obs: dict[str, Any]) -> list[Finding]:
    """Findings: a z, near the image, with or without batch axis, steps, traces."""
    one, *others = obs["calls"]
    stopped = _stopped(obs, one)
    kind = stopped or _kind(one)
    near = kind or _near(one)
    graded = [
        ("a z", 1, kind),
        ("its image is near", 3, near),
        ("an image without batch axis", 1, near or _again(obs, others[0])),
        ("an image that no z gives", 1, near or _again(obs, others[1])),
        ("steps", 1, near or _steps(obs)),
        ("leaves all as it was", 1.5, stopped or _left(obs)),
    ]
    findings = [Finding(name, not text, text, weight) for name, weight, text in graded]
    advice = "" if kind else _advice(one)
    return [*findings, Finding("nothing left behind", not advice, advice, 0.0)]


def _stopped(obs: dict[str, Any], call: Call) -> str:
    error = obs["errors"].get(call["part"])
    place = f"for an image of shape {tuple(call['shape'])}"
    return error_message(error, KNOWN, place) if error else ""


def _kind(call: Call) -> str:
    """What is wrong with type or shape; "" if nothing is."""
    size = call["latent_dim"]
    expected = f"expected a tensor ({size},) or (1, {size})"
    if call["type"] == "NoneType":
        return told("it returns nothing (None)", "Try: does it end with return?")
    if "got" not in call:
        return told(
            f"it returns {a(call['type'])}, not a tensor",
            f"{expected}: one z of this generator",
            "Try: which of the things in your loop is the answer?",
        )
    if "error" not in call:
        image = call["got"][-3:] == call["shape"][-3:]
        return told(
            "it returns an image, not the z" if image else "this is not one z",
            f"your result has shape {tuple(call['got'])}, {expected}",
            "From z anyone can draw the image; the way back is what was asked for.",
            "Try: which of your tensors does the optimiser move?",
        )
    if not call["finite"]:
        return told(
            "z is nan or inf",
            "One step too wide, and there is no way back.",
            "Try: print the loss in every step. Where does it grow?",
        )
    return ""


def _near(call: Call) -> str:
    """Say why the image of z is not near the given one; "" if it is."""
    if found(call):
        return ""
    left = share(call)
    shown = (
        f"pixel error {number(call['error'], 3)} after {call['steps']} steps;"
        f" a random z has {number(call['random'], 3)}, the best {number(call['best'], 3)}"
    )
    if call["left"]["moved"]:
        return told(
            "the generator's weights move, and z does not arrive",
            shown,
            "The generator knows how to draw; only the place in its space is wanted.",
            "Try: which tensors is your optimiser given?",
        )
    if call["length"] < 0.4 * call["latent_dim"] ** 0.5 and left > 0.2:
        length, typical = number(call["length"]), number(call["latent_dim"] ** 0.5)
        return told(
            "z has shrunk towards 0",
            f"length {length}, a typical z has {typical}; {shown.partition(';')[0]}",
            "A pull towards 0 keeps z likely; too strong, it wins over the pixels.",
            "Try: print both parts of your loss. Did z ever leave its start?",
        )
    if call["rows"] < 30:
        return told(
            "it hardly searches",
            shown,
            f"in {call['steps']} steps the generator has drawn {call['rows']} images",
            "Try: which lines belong into the loop?",
        )
    if left > 2:
        return told(
            "it walks away from the image",
            shown,
            "Try: print the loss in every step. Is it to grow or to fall?",
        )
    return told(
        "the image of its z is not near",
        shown,
        "This generator is one layer: every downhill walk ends at the image.",
        "Try: print the loss in every step. Does it fall? How far does z move?",
    )


def _again(obs: dict[str, Any], call: Call) -> str:
    """The first image was found: is this one, of another kind?"""
    message = _stopped(obs, call) or _kind(call) or _near(call)
    if not message:
        return ""
    headline, *lines = message.splitlines()
    if call["part"] == "without batch axis":
        headline = f"right for (1, C, H, W), not for (C, H, W): {headline}"
    else:
        headline = f"another generator and image: {headline}"
    if len(headline) > 76:
        headline = headline[:75] + "…"
    return "\n".join([headline, *lines])


def _steps(obs: dict[str, Any]) -> str:
    few, many = obs["few"], obs["many"]
    message = _stopped(obs, few) or _stopped(obs, many)
    if message or many["rows"] > few["rows"]:
        return message
    return told(
        "it works as long for few steps as for many",
        f"images drawn for steps = {few['steps']}: {few['rows']},"
        f" for steps = {many['steps']}: {many['rows']}",
        "Whoever calls it decides how long it may take.",
        "Try: where does steps stand in your function?",
    )


def _left(obs: dict[str, Any]) -> str:
    for call in (*obs["calls"], obs["few"], obs["many"]):
        left = call["left"]
        question = "Try: which of your tensors may move, and which must hold still?"
        if left["mode"] or left["off"]:
            question = "Try: note how things are at the start, and put them back."
        found = told_left(left, ("moved", "mode", "off"))
        if found is None and call.get("kept") is False:
            found = (
                "it changes the image that it is given",
                "after the call the tensor that went in holds other numbers",
            )
        if found is not None:
            return told(
                *found,
                "The next image is to be found by the same generator, as it was.",
                question,
            )
    return ""


def _advice(call: Call) -> str:
    """Traces that cost nothing today and surprise somebody tomorrow."""
    if call["left"]["frozen"]:
        return told(
            "the generator's weights have requires_grad = False now",
            "Who trains it further will wonder. Could you switch it back?",
        )
    if call["left"]["filled"]:
        return told(
            "right, and backward() has filled the generator's .grad on the way",
            "Nobody reads it here. Which function of torch.autograd asks for z's alone?",
        )
    if call["graph"]:
        return told(
            "the z that you return still asks for gradients",
            "Whoever draws with it needs .detach() first. Could you do that for them?",
        )
    return ""
