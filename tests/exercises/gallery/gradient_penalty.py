"""gradient_penalty: right ways to write it, and mistakes with their reason."""

import torch
from torch import autograd, nn


def between(real, fake):
    share = torch.rand(len(real), *[1] * (real.dim() - 1))
    return (share * real + (1 - share) * fake).requires_grad_()


def slopes(critic, x, **options):
    options = {"create_graph": True, **options}
    return autograd.grad(critic(x).sum(), x, **options)[0]


def usual(critic, real, fake):
    alpha = torch.rand(real.shape[0], *([1] * (real.dim() - 1)), device=real.device)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    scores = critic(mixed)
    gradients = autograd.grad(
        outputs=scores,
        inputs=mixed,
        grad_outputs=torch.ones_like(scores),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    gradients = gradients.view(gradients.size(0), -1)
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


def towards_fake(critic, real, fake):
    t = torch.empty(len(real)).uniform_()
    x = real + t.view(-1, *[1] * (real.dim() - 1)) * (fake - real)
    x = x.detach().requires_grad_()
    g = slopes(critic, x).flatten(1)
    return torch.mean((torch.linalg.vector_norm(g, dim=1) - 1).square())


def rooted(critic, real, fake):
    g = slopes(critic, between(real, fake))
    length = torch.sqrt((g**2).flatten(1).sum(1) + 1e-12)
    return ((length - 1) ** 2).mean()


def plain_root(critic, real, fake):
    g = slopes(critic, between(real, fake)).reshape(len(real), -1)
    return (g.pow(2).sum(dim=1).sqrt() - 1).pow(2).mean()


def one_by_one(critic, real, fake):
    total = 0
    for r, f in zip(real, fake, strict=True):
        x = torch.lerp(r, f, torch.rand(())).unsqueeze(0).requires_grad_()
        total = total + (slopes(critic, x).norm() - 1) ** 2
    return total / len(real)


def backward_hook(critic, real, fake):
    x = between(real, fake)
    scores = critic(x).flatten()
    (g,) = autograd.grad(list(scores), x, create_graph=True)
    return nn.functional.mse_loss(g.flatten(1).norm(dim=1), torch.ones(len(real)))


def all_axes(critic, real, fake):
    g = slopes(critic, between(real, fake))
    return ((torch.linalg.vector_norm(g, dim=tuple(range(1, g.dim()))) - 1) ** 2).mean()


class Penalty(nn.Module):
    def forward(self, critic, real, fake):
        g = slopes(critic, between(real, fake))
        g = torch.einsum("bi,bi->b", g.flatten(1), g.flatten(1))
        return (g - 2 * g.clamp(min=1e-12).sqrt() + 1).mean()


def with_beta(critic, real, fake):
    shape = (len(real), *[1] * (real.dim() - 1))
    share = torch.distributions.Uniform(0, 1).sample(shape)
    x = fake.lerp(real, share).requires_grad_()
    return (slopes(critic, x).flatten(1).norm(p=2, dim=-1) - 1).square().mean()


RIGHT = {
    "usual": usual,
    "towards fake": towards_fake,
    "rooted": rooted,
    "plain root": plain_root,
    "one by one": one_by_one,
    "list of scores": backward_hook,
    "all axes": all_axes,
    "module": Penalty(),
    "uniform": with_beta,
}


def made(g_to_penalty, **options):
    def penalty(critic, real, fake):
        return g_to_penalty(slopes(critic, between(real, fake), **options))

    return penalty


def length(g):
    return g.flatten(1).norm(dim=1)


def at(choose, share_shape=None):
    """The right penalty at places that `choose(real, fake)` gives."""

    def penalty(critic, real, fake):
        x = choose(real, fake).detach().clone().requires_grad_()
        return ((length(slopes(critic, x)) - 1) ** 2).mean()

    return penalty


def mix(share):
    return lambda real, fake: share(real) * real + (1 - share(real)) * fake


def fixed(draw):
    """A mixture whose share is drawn once per call."""

    def choose(real, fake):
        share = draw(real)
        return share * real + (1 - share) * fake

    return choose


def column(x):
    return (len(x), *[1] * (x.dim() - 1))


def seeded(real, fake):
    torch.manual_seed(0)
    return between(real, fake)


def no_graph(critic, real, fake):
    x = between(real, fake)
    (g,) = autograd.grad(critic(x).sum(), x)
    return ((length(g) - 1) ** 2).mean()


def in_no_grad(critic, real, fake):
    value = usual(critic, real, fake)
    return value.detach()


def no_requires_grad(critic, real, fake):
    x = between(real, fake).detach()
    return (
        (length(autograd.grad(critic(x).sum(), x, create_graph=True)[0]) - 1) ** 2
    ).mean()


def scores_of_real(critic, real, fake):
    x = between(real, fake)
    g = autograd.grad(critic(real).sum(), x, create_graph=True)[0]
    return ((length(g) - 1) ** 2).mean()


def not_summed(critic, real, fake):
    x = between(real, fake)
    return ((length(autograd.grad(critic(x), x, create_graph=True)[0]) - 1) ** 2).mean()


def a_tuple(critic, real, fake):
    x = between(real, fake)
    g = autograd.grad(critic(x).sum(), x, create_graph=True)
    return ((g.norm(dim=1) - 1) ** 2).mean()


def mean_scores(critic, real, fake):
    x = between(real, fake)
    g = autograd.grad(critic(x).mean(), x, create_graph=True)[0]
    return ((length(g) - 1) ** 2).mean()


def four_axes(critic, real, fake):
    alpha = torch.rand(len(real), 1, 1, 1)
    x = (alpha * real + (1 - alpha) * fake).requires_grad_()
    return ((length(slopes(critic, x)) - 1) ** 2).mean()


def row_shares(critic, real, fake):
    alpha = torch.rand(len(real))
    x = (alpha * real + (1 - alpha) * fake).requires_grad_()
    return ((length(slopes(critic, x)) - 1) ** 2).mean()


def two_axes(critic, real, fake):
    alpha = torch.rand(len(real), 1)
    x = (alpha * real + (1 - alpha) * fake).requires_grad_()
    return ((length(slopes(critic, x)) - 1) ** 2).mean()


def by_backward(critic, real, fake):
    x = between(real, fake).detach().requires_grad_()
    critic(x).sum().backward(create_graph=True)
    return ((length(x.grad) - 1) ** 2).mean()


def detached_length(critic, real, fake):
    n = length(slopes(critic, between(real, fake)))
    return ((n.detach() - 1) * (n - 1)).mean()


def no_return(critic, real, fake):
    usual(critic, real, fake)


def images_changed(critic, real, fake):
    real.lerp_(fake, torch.rand(column(real)))
    return at(lambda r, f: r)(critic, real, fake)


def frozen(critic, real, fake):
    value = usual(critic, real, fake)
    critic.requires_grad_(False)
    return value


def evaluated(critic, real, fake):
    critic.eval()
    return usual(critic, real, fake)


def separate_weights(critic, real, fake):
    a, b = torch.rand(column(real)), torch.rand(column(real))
    return at(lambda r, f: a * r + b * f)(critic, real, fake)


CONSTANT = r"constant to the critic"
ENTIRE = r"one share for the whole batch"
BEYOND = r"beyond the real images or beyond the fakes"

WRONG = {
    "no create_graph": (no_graph, CONSTANT),
    "detached": (in_no_grad, CONSTANT),
    "item": (lambda c, r, f: usual(c, r, f).item(), CONSTANT),
    "retain_graph": (
        made(
            lambda g: ((length(g) - 1) ** 2).mean(),
            create_graph=False,
            retain_graph=True,
        ),
        CONSTANT,
    ),
    "data": (made(lambda g: ((length(g.data) - 1) ** 2).mean()), CONSTANT),
    "detached length": (detached_length, r"what the critic learns from it is not"),
    "one alpha": (at(fixed(lambda x: torch.rand(1))), ENTIRE),
    "one alpha, random": (at(fixed(lambda x: torch.rand(()).item())), ENTIRE),
    "alpha per number": (at(fixed(torch.rand_like)), r"gets its own share"),
    "alpha per pixel": (
        at(fixed(lambda x: torch.rand(len(x), 1, *x.shape[2:]))),
        r"gets its own share|one share",
    ),
    "alpha drawn twice": (
        at(mix(lambda x: torch.rand(column(x)))),
        r"do not add up to 1",
    ),
    "two weights": (separate_weights, r"do not add up to 1"),
    "randn alpha": (at(fixed(lambda x: torch.randn(column(x)))), BEYOND),
    "alpha to 2": (at(fixed(lambda x: 2 * torch.rand(column(x)))), BEYOND),
    "alpha from -1": (at(fixed(lambda x: 2 * torch.rand(column(x)) - 1)), BEYOND),
    "middle": (at(lambda r, f: (r + f) / 2), r"always the same share of the way: 0\.5"),
    "real only": (at(lambda r, f: r), r"on the real images only"),
    "fake only": (at(lambda r, f: f), r"on the fakes only"),
    "near real": (
        at(fixed(lambda x: 1 - 0.1 * torch.rand(column(x)))),
        r"close to the real images",
    ),
    "near fakes": (
        at(fixed(lambda x: 0.2 * torch.rand(column(x)))),
        r"close to the fakes",
    ),
    "sum of both": (at(lambda r, f: r + f), r"do not add up to 1"),
    "difference": (
        at(lambda r, f: torch.rand(column(r)) * (r - f)),
        r"do not add up to 1",
    ),
    "noise": (at(lambda r, f: r + torch.rand_like(r)), r"do not lie between"),
    "seeded": (at(seeded), r"same places at every call"),
    "linspace": (
        at(fixed(lambda x: torch.linspace(0, 1, len(x)).view(column(x)))),
        r"same places at every call",
    ),
    "both crowds": (at(lambda r, f: torch.cat([r, f])), r"not asked at one place"),
    "sum": (made(lambda g: ((length(g) - 1) ** 2).sum()), r"added up, not averaged"),
    "not squared": (made(lambda g: (length(g) - 1).mean()), r"not squared"),
    "absolute": (made(lambda g: (length(g) - 1).abs().mean()), r"not its square"),
    "squared length": (
        made(lambda g: ((length(g) ** 2 - 1) ** 2).mean()),
        r"squared length is compared",
    ),
    "zero centred": (made(lambda g: (length(g) ** 2).mean()), r"pulled to 0"),
    "one sided": (
        made(lambda g: ((length(g) - 1).clamp(min=0) ** 2).mean()),
        r"only slopes above 1",
    ),
    "whole batch": (made(lambda g: (g.norm() - 1) ** 2), r"one length for the whole"),
    "mean first": (
        made(lambda g: (length(g).mean() - 1) ** 2),
        r"lengths are averaged",
    ),
    "mean gradient": (
        made(lambda g: (g.mean(0).norm() - 1) ** 2),
        r"gradients are averaged",
    ),
    "each number": (made(lambda g: ((g - 1) ** 2).mean()), r"every number"),
    "per channel": (
        made(lambda g: ((g.norm(dim=1) - 1) ** 2).mean()),
        r"over the channels",
    ),
    "per row": (made(lambda g: ((g.norm(dim=-1) - 1) ** 2).mean()), r"per row"),
    "over the batch": (
        made(lambda g: ((g.norm(dim=0) - 1) ** 2).mean()),
        r"over the batch, not over an image",
    ),
    "mean scores": (mean_scores, r"gradient of the mean score"),
    "l1": (
        made(lambda g: ((g.flatten(1).abs().sum(1) - 1) ** 2).mean()),
        r"sizes are added",
    ),
    "largest": (
        made(lambda g: ((g.flatten(1).abs().amax(1) - 1) ** 2).mean()),
        r"largest number",
    ),
    "root mean square": (
        made(lambda g: ((g.flatten(1).square().mean(1).sqrt() - 1) ** 2).mean()),
        r"a mean of squares under the root",
    ),
    "ten": (made(lambda g: 10 * ((length(g) - 1) ** 2).mean()), r"ten times"),
    "half": (made(lambda g: ((length(g) - 1) ** 2).mean() / 2), r"half of the right"),
    "minus": (made(lambda g: -((length(g) - 1) ** 2).mean()), r"sign is turned"),
    "to two": (made(lambda g: ((length(g) - 2) ** 2).mean()), r"penalty is not right"),
    "per image": (made(lambda g: (length(g) - 1) ** 2), r"one number per image"),
    "no requires_grad": (no_requires_grad, r"no gradient with respect to these places"),
    "score of real": (scores_of_real, r"was not shown the tensor"),
    "not summed": (not_summed, r"starts from one number"),
    "a tuple": (a_tuple, r"returns a tuple"),
    "four axes": (four_axes, r"more axes|do not|not fit|not asked|does not"),
    "row of shares": (row_shares, r"do not fit the shape"),
    "two axes": (two_axes, r"do not fit the shape"),
    "backward": (by_backward, r"leaves gradients in the critic"),
    "no return": (no_return, r"returns nothing"),
    "images changed": (images_changed, r"changes the images|places"),
    "frozen": (frozen, r"left frozen"),
    "evaluated": (evaluated, r"eval mode"),
    "constant": (lambda c, r, f: torch.tensor(0.0), r"not asked at one place"),
    "two arguments": (
        lambda critic, real: usual(critic, real, real),
        r"arguments are not",
    ),
}
