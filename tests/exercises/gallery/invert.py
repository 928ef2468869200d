"""invert: right ways to write it, and mistakes with the reason to be named."""

import copy

import numpy as np
import torch
from torch.nn import functional as F
from torch.optim import LBFGS, SGD, Adam, AdamW, RMSprop


def batch(image):
    return image if image.dim() == 4 else image[None]


def descent(
    kind=Adam,
    loss=F.mse_loss,
    start=lambda n: torch.randn(1, n),
    prior=lambda z: 0,
    result=lambda z: z.detach(),
    **options,
):
    """Make an invert: which optimiser, loss, start, prior, and what it returns."""

    def invert(generator, image, steps):
        image = batch(image)
        z = start(generator.latent_dim).requires_grad_()
        optimizer = kind([z], **options)
        for _ in range(steps):
            optimizer.zero_grad()
            total = loss(generator(z), image) + prior(z)
            total.backward()
            optimizer.step()
        return result(z)

    return invert


def with_lbfgs(generator, image, steps):
    image = batch(image)
    z = torch.zeros(1, generator.latent_dim, requires_grad=True)
    optimizer = LBFGS([z], max_iter=steps, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = (generator(z) - image).square().mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    return z.detach()[0]


def lbfgs_steps(generator, image, steps):
    image = batch(image)
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = LBFGS([z], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = F.mse_loss(generator(z), image)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return z.detach()


def by_hand(generator, image, steps):
    z = torch.randn(1, generator.latent_dim)
    speed = torch.zeros_like(z)
    for _ in range(steps):
        z.requires_grad_()
        loss = (generator(z) - image).pow(2).sum()
        (slope,) = torch.autograd.grad(loss, z)
        with torch.no_grad():
            speed = 0.8 * speed - 0.02 * slope
            z = z + speed
    return z


def several_starts(generator, image, steps):
    z = torch.randn(6, generator.latent_dim, requires_grad=True)
    optimizer = Adam([z], lr=0.05, betas=(0.8, 0.99))
    for _ in range(steps):
        errors = (generator(z) - batch(image)).square().flatten(1).mean(1)
        (z.grad,) = torch.autograd.grad(errors.sum(), z)
        optimizer.step()
    with torch.no_grad():
        errors = (generator(z) - batch(image)).square().flatten(1).mean(1)
    return z[errors.argmin()].detach()


def cautious(generator, image, steps):
    before = generator.training
    generator.eval()
    flags = [weight.requires_grad for weight in generator.parameters()]
    generator.requires_grad_(False)
    z = descent(lr=0.1)(generator, image, steps)
    for weight, flag in zip(generator.parameters(), flags):
        weight.requires_grad_(flag)
    generator.train(before)
    return z.squeeze(0)


def best_so_far(generator, image, steps):
    z = torch.randn(generator.latent_dim, requires_grad=True)
    optimizer = RMSprop([z], lr=0.02)
    best, lowest = z.detach().clone(), float("inf")
    for _ in range(steps):
        loss = F.mse_loss(generator(z[None]), batch(image))
        if loss.item() < lowest:
            lowest, best = loss.item(), z.detach().clone()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return best


def gauss_newton(generator, image, steps):
    z = torch.zeros(generator.latent_dim)

    def draw(z):
        return generator(z[None]).flatten()

    for _ in range(steps):
        slopes = torch.func.jacrev(draw)(z)
        rest = (image.flatten() - draw(z)).detach()
        square = slopes.T @ slopes + 1e-2 * torch.eye(len(z))
        z = z + 0.5 * torch.linalg.solve(square, slopes.T @ rest).detach()
    return z.detach()


def scheduled(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = Adam([z], lr=0.2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        loss = F.mse_loss(generator(z), batch(image)) + 1e-3 * z.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return z.detach()


def on_a_copy(generator, image, steps):
    twin = copy.deepcopy(generator).eval().requires_grad_(False)
    return descent(lr=0.1)(twin, image, steps)


def stops_early(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = Adam([z], lr=0.1)
    for _ in range(steps):
        loss = F.mse_loss(generator(z), batch(image))
        if loss.item() < 1e-4:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return z.detach()


def zeros(n):
    return torch.zeros(1, n)


def small_prior(z):
    return 1e-2 * z.square().mean()


RIGHT = {
    "Adam": descent(lr=0.1),
    "Adam, small lr": descent(lr=0.03),
    "Adam, large lr": descent(lr=0.3),
    "Adam from 0": descent(lr=0.05, start=zeros),
    "Adam, one axis": descent(lr=0.1, result=lambda z: z.detach().squeeze(0)),
    "AdamW": descent(AdamW, lr=0.1, weight_decay=1e-3),
    "SGD": descent(SGD, lr=0.5, momentum=0.9),
    "SGD, sum": descent(SGD, lr=0.02, loss=lambda a, b: (a - b).square().sum()),
    "L1": descent(lr=0.05, loss=F.l1_loss),
    "Huber": descent(lr=0.1, loss=F.smooth_l1_loss),
    "prior": descent(lr=0.1, prior=small_prior),
    "L-BFGS": with_lbfgs,
    "L-BFGS, many steps": lbfgs_steps,
    "by hand": by_hand,
    "several starts": several_starts,
    "cautious": cautious,
    "best so far": best_so_far,
    "Gauss-Newton": gauss_newton,
    "schedule": scheduled,
    "on a copy": on_a_copy,
    "stops early": stops_early,
    "graph left": descent(lr=0.1, result=lambda z: z),
}


def flat_only(generator, image, steps):
    return descent(lr=0.1)(generator, image[None], steps)


def random_z(generator, image, steps):
    generator(torch.randn(steps, generator.latent_dim))
    return torch.randn(1, generator.latent_dim)


def wrong_length(generator, image, steps):
    return descent(lr=0.1, start=lambda n: torch.randn(1, 100))(generator, image, steps)


def all_weights(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = Adam([z, *generator.parameters()], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(generator(z), batch(image)).backward()
        optimizer.step()
    return z.detach()


def only_weights(generator, image, steps):
    z = torch.randn(1, generator.latent_dim)
    optimizer = Adam(generator.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(generator(z), batch(image)).backward()
        optimizer.step()
    return z


def step_after_the_loop(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = Adam([z], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(generator(z), batch(image)).backward()
    optimizer.step()
    return z.detach()


def no_step(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    for _ in range(steps):
        F.mse_loss(generator(z), batch(image)).backward()
    return z.detach()


def fresh_z(generator, image, steps):
    for _ in range(steps):
        z = torch.randn(1, generator.latent_dim, requires_grad=True)
        optimizer = Adam([z], lr=0.1)
        F.mse_loss(generator(z), batch(image)).backward()
        optimizer.step()
    return z.detach()


def detached(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = Adam([z], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(generator(z.detach()), batch(image)).backward()
        optimizer.step()
    return z.detach()


def no_gradient_asked(generator, image, steps):
    z = torch.randn(1, generator.latent_dim)
    optimizer = Adam([z], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        F.mse_loss(generator(z), batch(image)).backward()
        optimizer.step()
    return z


@torch.no_grad()
def under_no_grad(generator, image, steps):
    return descent(lr=0.1)(generator, image, steps)


def drawn_once(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = Adam([z], lr=0.1)
    loss = F.mse_loss(generator(z), batch(image))
    for _ in range(steps):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return z.detach()


def bare_tensor(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    Adam(z, lr=0.1)
    return z


def not_a_leaf(generator, image, steps):
    z = 0.1 * torch.randn(1, generator.latent_dim, requires_grad=True)
    Adam([z], lr=0.1)
    return z


def always(count):
    return lambda generator, image, steps: descent(lr=0.1)(generator, image, count)


def numbers_only(generator, image, steps):
    return descent(lr=0.1)(generator, image, steps).tolist()


def returns_image(generator, image, steps):
    return generator(descent(lr=0.1)(generator, image, steps)).detach()


def returns_target(generator, image, steps):
    return image


def returns_loss(generator, image, steps):
    z = descent(lr=0.1)(generator, image, steps)
    return F.mse_loss(generator(z), batch(image)).detach()


def returns_both(generator, image, steps):
    return descent(lr=0.1)(generator, image, steps), [0.0]


def random_search(generator, image, steps):
    with torch.no_grad():
        z = torch.randn(steps, generator.latent_dim)
        errors = (generator(z) - batch(image)).square().mean((1, 2, 3))
    return z[errors.argmin()]


def worst_start(generator, image, steps):
    with torch.no_grad():
        z = torch.randn(64, generator.latent_dim)
        for _ in range(steps):
            errors = (generator(z) - batch(image)).square().mean((1, 2, 3))
    return z[errors.argmax()]


def all_starts(generator, image, steps):
    return descent(lr=0.1, start=lambda n: torch.randn(4, n))(generator, image, steps)


def mean_of_starts(generator, image, steps):
    z = torch.randn(64, generator.latent_dim)
    return generator(z[:1]).mean() * 0 + z.mean(0)


def left_in_eval(generator, image, steps):
    generator.eval()
    return descent(lr=0.1)(generator, image, steps)


def left_in_train(generator, image, steps):
    generator.eval()
    z = descent(lr=0.1)(generator, image, steps)
    generator.train()
    return z


def gradients_off(generator, image, steps):
    z = descent(lr=0.1)(generator, image, steps)
    torch.set_grad_enabled(False)
    return z


def image_changed(generator, image, steps):
    z = descent(lr=0.1)(generator, image, steps)
    image.clamp_(0, 1)
    return z


def no_zero_grad(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = SGD([z], lr=0.5)
    for _ in range(steps):
        F.mse_loss(generator(z), batch(image)).backward()
        optimizer.step()
    return z.detach()


def forgotten_return(generator, image, steps):
    descent(lr=0.1)(generator, image, steps)


def in_place(generator, image, steps):
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    for _ in range(steps):
        (slope,) = torch.autograd.grad(F.mse_loss(generator(z), batch(image)), z)
        z -= 0.1 * slope
    return z.detach()


def unfinished(generator, image, steps):
    raise NotImplementedError("invert: your turn")


FAR = "is not near|hardly searches|walks away|shrunk"
WRONG = {
    "random z": (random_z, "is not near"),
    "random search": (random_search, "is not near"),
    "worst start": (worst_start, "is not near|walks away"),
    "mean of starts": (mean_of_starts, "shrunk|hardly"),
    "zeros": (lambda g, image, n: torch.zeros(1, g.latent_dim), "shrunk"),
    "pixels": (
        lambda g, image, n: image.flatten()[: g.latent_dim],
        "hardly searches|shrunk",
    ),
    "sign turned": (descent(lr=0.1, loss=lambda a, b: -F.mse_loss(a, b)), FAR),
    "mean of differences": (descent(lr=0.1, loss=lambda a, b: (a - b).mean()), FAR),
    "squared mean": (
        descent(lr=0.1, loss=lambda a, b: (a.mean() - b.mean()).square()),
        "is not near",
    ),
    "to black": (descent(lr=0.1, loss=lambda a, b: a.square().mean()), FAR),
    "similarity": (descent(lr=0.1, loss=lambda a, b: (a * b).mean()), FAR),
    "prior too strong": (
        descent(lr=0.1, prior=lambda z: z.square().sum()),
        "shrunk towards 0",
    ),
    "prior only": (
        descent(lr=0.1, loss=lambda a, b: 0 * a.mean(), prior=lambda z: z.norm()),
        "shrunk",
    ),
    "lr too small": (descent(lr=1e-4), "is not near"),
    "SGD, lr too small": (descent(SGD, lr=1e-3), "is not near"),
    "step outside": (step_after_the_loop, "is not near"),
    "no step": (no_step, "is not near"),
    "fresh z": (fresh_z, "is not near"),
    "detached": (detached, "is not near|no gradient"),
    "no requires_grad": (no_gradient_asked, "is not near|no gradient"),
    "under no_grad": (under_no_grad, "no gradient leads"),
    "drawn once": (drawn_once, "drawn once"),
    "bare tensor": (bare_tensor, "list of tensors"),
    "not a leaf": (not_a_leaf, "was computed, not made"),
    "in place": (in_place, "changed in place"),
    "no zero_grad": (no_zero_grad, "is not near|walks away"),
    "one step": (always(1), "hardly searches"),
    "ten steps": (always(10), "hardly searches"),
    "always 300": (always(300), "as long for few steps"),
    "all weights": (all_weights, "weights move|changes the generator"),
    "only weights": (only_weights, "weights move"),
    "100 numbers": (wrong_length, "wrong length"),
    "(1, C, H, W) only": (
        lambda g, image, n: (
            descent(lr=0.1)(g, image[0], n) if image.dim() == 4 else image[0, 0]
        ),
        r"not for \(C, H, W\)",
    ),
    "(C, H, W) only": (
        lambda g, image, n: (
            descent(lr=0.1)(g, image.view(image.shape[0], 6, 7)[:1], n)
            if image.dim() == 3
            else torch.zeros(1, g.latent_dim)
        ),
        "shrunk",
    ),
    "all starts": (all_starts, "not one z"),
    "image": (returns_image, "an image, not the z"),
    "target": (returns_target, "an image, not the z"),
    "loss": (returns_loss, "not one z"),
    "pair": (returns_both, "a tuple, not a tensor"),
    "list": (numbers_only, "a list, not a tensor"),
    "numpy": (
        lambda g, image, n: descent(lr=0.1)(g, image, n).numpy(),
        "an ndarray, not a tensor",
    ),
    "column": (
        lambda g, image, n: descent(lr=0.1)(g, image, n).T,
        "not one z",
    ),
    "nan": (descent(SGD, lr=1e9), "nan or inf|is not near|walks away"),
    "left in eval": (left_in_eval, "after it eval mode"),
    "left in train": (left_in_train, "after it train mode"),
    "gradients off": (gradients_off, "switched off everywhere"),
    "image changed": (image_changed, "changes the image"),
    "no return": (forgotten_return, "returns nothing"),
    "two arguments": (lambda g, image: torch.zeros(g.latent_dim), "arguments are not"),
    "random numpy": (
        lambda g, image, n: torch.tensor(np.random.randn(1, g.latent_dim)).float(),
        "hardly searches",
    ),
    "still the stub": (unfinished, "still the stub"),
}
