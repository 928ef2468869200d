"""Lab 05: `GAN`, judged."""

from typing import Any

from labkit.checks.spec import Finding
from labkit.checks.training.gan_pair import KNOWN_ERRORS, wrong_fakes, wrong_images
from labkit.checks.words import error_message, number, shortened, told

Data = dict[str, Any]


def judge(obs: Data) -> list[Finding]:
    """Judge a GAN: shape, value, gradient, then what it contains and leaves behind."""
    if "build" in obs["errors"]:
        message = error_message(obs["errors"]["build"], KNOWN_ERRORS, "when built")
        return [Finding("can be built", False, message)]
    if not obs["callable"]:
        message = told(
            "GAN(critic, generator) gives nothing that can be called",
            "expected a module: gan(images) and gan(batch_size=n)",
            "Try: is GAN a class, and does it have a forward?",
        )
        return [Finding("can be built", False, message)]
    images = wrong_images(obs)
    fakes = wrong_fakes(obs)
    broken = images if images and fakes else ""
    graded = [
        ("gan(images)", 2, images),
        ("gan(batch_size=n)", 2, fakes),
        ("noise", 2, fakes or _wrong_noise(obs)),
        ("gradient", 2, fakes or _wrong_gradient(obs)),
        ("both players inside", 1, _not_inside(obs) or broken),
        ("modes", 1, _wrong_modes(obs) or broken),
    ]
    findings = [Finding(name, not text, text, weight) for name, weight, text in graded]
    device = "" if fakes else _wrong_device(obs)
    return [*findings, Finding("device", not device, device, weight=0.0)]


def _wrong_noise(obs: Data) -> str:
    if "noise" in obs["errors"]:
        where = "with latent_dim 64"
        return error_message(obs["errors"]["noise"], KNOWN_ERRORS, where)
    noise = obs["noise"]
    if "mean" not in noise:
        return told(
            "the generator is not given one z per image and call",
            f"for twice 512 images it got z of shapes {noise['shapes'][:3]}",
            f"expected (512, {noise['latent_dim']}) twice",
            "Try: how often is the generator called, and with how many rows?",
        )
    if noise["repeated"]:
        return told(
            "every call draws the same z",
            "two calls of gan(batch_size=512) gave the generator the same numbers",
            "The generator would learn to draw only these images.",
            "Try: when is z drawn, and is a seed set on the way?",
        )
    if noise["distinct"] < 512:
        return told(
            "several images of a batch share their z",
            f"512 images were asked for, with {noise['distinct']} different z",
            "The same z gives the same image: the batch shows less than it could.",
            "Try: what is the shape of the noise at the moment when it is drawn?",
        )
    mean, std, tails = noise["mean"], noise["std"], noise["tails"]
    normal = abs(mean) < 0.05 and abs(std - 1) < 0.05 and 0.03 < tails < 0.06
    if normal and noise["norms"] > 0.3:
        return ""
    shown = f"your z: mean {number(mean)}, standard deviation {number(std)}"
    shown += f", {100 * tails:.1f} % beyond ±2"
    return told(
        "z is not drawn from N(0, 1)",
        shown,
        f"expected 0, 1 and 4.6 %; the lengths of z spread by "
        f"{number(noise['norms'])}, expected 0.71",
        "Whoever draws images later takes z from N(0, 1): another cloud, other images.",
        "Try: which function of torch draws from the normal distribution?",
    )


def _wrong_gradient(obs: Data) -> str:
    if "gradient" in obs["errors"]:
        return error_message(obs["errors"]["gradient"], KNOWN_ERRORS, "in backward()")
    found = obs["gradient"]
    arrived = found.get("arrived", 0.0)
    if arrived == 0 or found["miss"] > 1e-2:
        return told(
            "the gradient does not reach the generator as it should",
            f"from the logits of fakes, {100 * arrived:.0f} % of its length arrived",
            "Along logits → critic → fakes → generator the generator learns.",
            "Try: where on this path is the graph cut, by no_grad() or detach() say?",
        )
    if not found["real_grad"]:
        return told(
            "no gradient reaches the critic from real images",
            "the logits of gan(images) do not depend on the critic's weights",
            "From real images the critic learns what real looks like.",
            "Try: where is the graph cut, by no_grad() or detach() say?",
        )
    return ""


def _not_inside(obs: Data) -> str:
    if "inside" in obs["errors"]:
        return error_message(obs["errors"]["inside"], KNOWN_ERRORS, "in gan.eval()")
    found = obs["inside"]
    if not found["module"]:
        return told(
            "GAN is not a module",
            "gan.parameters() does not exist, nor do gan.to() and gan.eval()",
            "As a module it carries both players: to a GPU, into a file, into eval.",
            "Try: which class must yours inherit from?",
        )
    missing = [name for name in ("critic", "generator") if not found[name]]
    if not missing:
        return ""
    return told(
        f"the {' and the '.join(missing)} cannot be found in the GAN",
        "gan.parameters() or gan.eval() does not reach the very network handed in",
        "What a module does not know of stays behind: on the CPU, untrained, unsaved.",
        "Try: is it an attribute of its own, not in a list, not a copy?",
    )


def _wrong_modes(obs: Data) -> str:
    if "modes" in obs["errors"]:
        return error_message(obs["errors"]["modes"], KNOWN_ERRORS, "in eval mode")
    if not obs["modes"]:
        return ""
    return told(
        "a call of the GAN leaves something switched over",
        f"after it, {obs['modes'][0]}",
        "Whoever calls it chooses the mode; it must leave the mode as it found it.",
        "Try: which switch do you turn in forward, and is it needed there?",
    )


def _wrong_device(obs: Data) -> str:
    """Say that z would lie on the wrong device; no harm is done on the CPU."""
    error = obs["errors"].get("device")
    if error is None or "device" not in error["text"]:
        return ""
    return told(
        "on a GPU this would stop: z lies on the CPU, whatever the generator's device",
        shortened(f"in your line  {error['line']}"),
        "Where could z learn on which device the generator's weights are?",
    )
