"""generator_step: right ones however written, wrong ones with the reason."""

import copy

import torch
from torch import nn
from torch.nn import functional as F

from labkit.losses import critic_loss, generator_loss, minimax_generator_loss


def real_label(logits):
    return F.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))


# --- right -----------------------------------------------------------------------


def plain(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def frozen_critic(critic, generator, opt_generator, z):
    critic.requires_grad_(False)
    loss = generator_loss(critic(generator(z)))
    generator.zero_grad(set_to_none=False)
    loss.backward()
    critic.requires_grad_(True)
    opt_generator.step()
    return loss.item()


def frozen_by_weight(critic, generator, opt_generator, z):
    before = [weight.requires_grad for weight in critic.parameters()]
    for weight in critic.parameters():
        weight.requires_grad = False
    opt_generator.zero_grad()
    loss = F.softplus(-critic(generator(z))).mean()
    loss.backward()
    opt_generator.step()
    for weight, flag in zip(critic.parameters(), before):
        weight.requires_grad = flag
    return float(loss)


def probabilities(critic, generator, opt_generator, z):
    loss = -torch.log(torch.sigmoid(critic(generator(z)))).mean()
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def bce_of_probabilities(critic, generator, opt_generator, z):
    opt_generator.zero_grad()
    p = torch.sigmoid(critic(generator(z)))
    loss = nn.BCELoss()(p, torch.ones(len(z)))
    loss.backward()
    opt_generator.step()
    return loss.item()


def autograd_grad(critic, generator, opt_generator, z):
    loss = -F.logsigmoid(critic(generator(z))).mean()
    weights = list(generator.parameters())
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights)):
        weight.grad = gradient.clone()
    opt_generator.step()
    return loss.detach().numpy()


def closure(critic, generator, opt_generator, z):
    def evaluate():
        opt_generator.zero_grad()
        loss = real_label(critic(generator(z)))
        loss.backward()
        return loss

    return opt_generator.step(evaluate)


def by_hand_through_the_images(critic, generator, opt_generator, z):
    fake = generator(z)
    leaf = fake.detach().requires_grad_()
    loss = real_label(critic(leaf))
    opt_generator.zero_grad()
    fake.backward(torch.autograd.grad(loss, leaf)[0])
    opt_generator.step()
    return loss.detach()


def image_by_image(critic, generator, opt_generator, z):
    opt_generator.zero_grad()
    total = 0.0
    for one in z.split(1):
        loss = real_label(critic(generator(one))) / len(z)
        loss.backward()
        total += loss.item()
    opt_generator.step()
    return total


def clears_everything(critic, generator, opt_generator, z):
    critic.train()
    generator.train()
    critic.zero_grad()
    generator.zero_grad()
    loss = real_label(critic(generator(z)))
    loss.backward(retain_graph=True)
    opt_generator.step()
    critic.zero_grad()
    opt_generator.zero_grad()
    return loss


def eval_critic_and_back(critic, generator, opt_generator, z):
    mode = critic.training
    critic.eval()
    loss = real_label(critic(generator(z)))
    critic.train(mode)
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach().reshape(1)


RIGHT = {
    function.__name__: function
    for function in (
        plain,
        frozen_critic,
        frozen_by_weight,
        probabilities,
        bce_of_probabilities,
        autograd_grad,
        closure,
        by_hand_through_the_images,
        image_by_image,
        clears_everything,
        eval_critic_and_back,
    )
}


# --- wrong -----------------------------------------------------------------------


def with_loss(loss_of):
    """The plain step with another loss of the fakes' logits."""

    def generator_step(critic, generator, opt_generator, z):
        loss = loss_of(critic(generator(z)))
        opt_generator.zero_grad()
        loss.backward()
        opt_generator.step()
        return loss.detach()

    return generator_step


def with_backward(loss_of):
    """The plain step that reports the right loss and descends on another one."""

    def generator_step(critic, generator, opt_generator, z):
        logits = critic(generator(z))
        opt_generator.zero_grad()
        loss_of(logits).backward()
        opt_generator.step()
        return real_label(logits).detach()

    return generator_step


def detached(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z).detach()))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def fakes_under_no_grad(critic, generator, opt_generator, z):
    with torch.no_grad():
        fake = generator(z)
    loss = real_label(critic(fake))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def all_under_no_grad(critic, generator, opt_generator, z):
    with torch.no_grad():
        loss = real_label(critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss


def detached_and_frozen(critic, generator, opt_generator, z):
    critic.requires_grad_(False)
    loss = real_label(critic(generator(z).detach()))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    critic.requires_grad_(True)
    return loss.detach()


def through_numpy(critic, generator, opt_generator, z):
    fake = torch.from_numpy(generator(z).detach().numpy())
    loss = real_label(critic(fake))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def no_zero_grad(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    loss.backward()
    opt_generator.step()
    return loss.detach()


def zero_grad_of_the_critic(critic, generator, opt_generator, z):
    critic.zero_grad()
    return no_zero_grad(critic, generator, opt_generator, z)


def zero_grad_after_step(critic, generator, opt_generator, z):
    loss = no_zero_grad(critic, generator, opt_generator, z)
    opt_generator.zero_grad()
    return loss


def zero_grad_after_backward(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    loss.backward()
    opt_generator.zero_grad()
    opt_generator.step()
    return loss.detach()


def no_step(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    return loss.detach()


def no_backward(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    opt_generator.zero_grad()
    opt_generator.step()
    return loss.detach()


def step_before_backward(critic, generator, opt_generator, z):
    opt_generator.step()
    opt_generator.zero_grad()
    loss = real_label(critic(generator(z)))
    loss.backward()
    return loss.detach()


def returns_none(critic, generator, opt_generator, z):
    plain(critic, generator, opt_generator, z)


def returns_loss_and_fakes(critic, generator, opt_generator, z):
    return [plain(critic, generator, opt_generator, z), generator(z)]


def returns_logits(critic, generator, opt_generator, z):
    logits = critic(generator(z)).detach()
    plain(critic, generator, opt_generator, z)
    return logits


def returns_images(critic, generator, opt_generator, z):
    plain(critic, generator, opt_generator, z)
    return generator(z).detach()


def returns_score(critic, generator, opt_generator, z):
    score = critic(generator(z)).sigmoid().mean()
    plain(critic, generator, opt_generator, z)
    return score.item()


def returns_true(critic, generator, opt_generator, z):
    plain(critic, generator, opt_generator, z)
    return True


def loss_after_update(critic, generator, opt_generator, z):
    plain(critic, generator, opt_generator, z)
    return real_label(critic(generator(z))).item()


def own_noise(critic, generator, opt_generator, z):
    return plain(critic, generator, opt_generator, torch.randn_like(z))


def uniform_noise(critic, generator, opt_generator, z):
    noise = torch.rand(len(z), generator.latent_dim) * 2 - 1
    return plain(critic, generator, opt_generator, noise)


def doubled_batch(critic, generator, opt_generator, z):
    noise = torch.randn(2 * len(z), generator.latent_dim)
    return plain(critic, generator, opt_generator, noise)


def normalised_z(critic, generator, opt_generator, z):
    return plain(critic, generator, opt_generator, F.normalize(z))


def rescaled_fakes(critic, generator, opt_generator, z):
    loss = real_label(critic((generator(z) + 1) / 2))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def critic_left_frozen(critic, generator, opt_generator, z):
    critic.requires_grad_(False)
    return plain(critic, generator, opt_generator, z)


def critic_bias_left_frozen(critic, generator, opt_generator, z):
    list(critic.parameters())[-1].requires_grad_(False)
    return plain(critic, generator, opt_generator, z)


def critic_left_in_eval(critic, generator, opt_generator, z):
    critic.eval()
    return plain(critic, generator, opt_generator, z)


def generator_left_in_eval(critic, generator, opt_generator, z):
    loss = plain(critic, generator, opt_generator, z)
    generator.eval()
    return loss


def critic_learns_too(critic, generator, opt_generator, z):
    critic.zero_grad()
    loss = plain(critic, generator, opt_generator, z)
    torch.optim.SGD(critic.parameters(), lr=1e-3).step()
    return loss


def critic_clamped(critic, generator, opt_generator, z):
    loss = plain(critic, generator, opt_generator, z)
    for weight in critic.parameters():
        weight.data.clamp_(-0.01, 0.01)
    return loss


def trains_the_critic(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    critic.zero_grad()
    loss.backward()
    torch.optim.SGD(critic.parameters(), lr=0.1).step()
    return loss.detach()


def own_optimizer(critic, generator, opt_generator, z):
    own = torch.optim.Adam(generator.parameters(), lr=2e-4)
    return plain(critic, generator, own, z)


def steps_by_hand(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    generator.zero_grad()
    loss.backward()
    with torch.no_grad():
        for weight in generator.parameters():
            weight -= opt_generator.param_groups[0]["lr"] * weight.grad
    return loss.detach()


def steps_twice(critic, generator, opt_generator, z):
    plain(critic, generator, opt_generator, z)
    return plain(critic, generator, opt_generator, z)


def clips_norm(critic, generator, opt_generator, z, limit=1.0):
    loss = real_label(critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(generator.parameters(), limit)
    opt_generator.step()
    return loss.detach()


def clips_norm_at_10(critic, generator, opt_generator, z):
    return clips_norm(critic, generator, opt_generator, z, 10.0)


def clips_values(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(generator.parameters(), 0.5)
    opt_generator.step()
    return loss.detach()


def trains_a_copy(critic, generator, opt_generator, z):
    return plain(critic, copy.deepcopy(generator), opt_generator, z)


def loss_as_new_tensor(critic, generator, opt_generator, z):
    loss = torch.tensor(real_label(critic(generator(z))).item(), requires_grad=True)
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def item_first(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z))).item()
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss


def labels_of_shape_b_1(critic, generator, opt_generator, z):
    labels = torch.ones(len(z), 1)
    loss = F.binary_cross_entropy_with_logits(critic(generator(z)), labels)
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def integer_labels(critic, generator, opt_generator, z):
    labels = torch.ones(len(z), dtype=torch.int64)
    loss = F.binary_cross_entropy_with_logits(critic(generator(z)), labels)
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def critic_judges_z(critic, generator, opt_generator, z):
    loss = real_label(critic(z))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def unreduced(critic, generator, opt_generator, z):
    loss = F.softplus(-critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach().mean()


def wants_real_images(critic, generator, opt_generator, real, z):
    loss = critic_loss(critic(real), critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def the_critics_step(critic, generator, opt_generator, z):
    noise = torch.randn(len(z), 1, 5, 4)
    loss = critic_loss(critic(noise), critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def squeezes(critic, generator, opt_generator, z):
    scores = critic(generator(z)).squeeze()
    loss = sum(F.softplus(-score) for score in scores) / len(scores)
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()


def forgets_momentum(critic, generator, opt_generator, z):
    opt_generator.state.clear()
    return plain(critic, generator, opt_generator, z)


def does_nothing(critic, generator, opt_generator, z):
    return None


def only_the_loss(critic, generator, opt_generator, z):
    return real_label(critic(generator(z)))


def only_the_first_weight(critic, generator, opt_generator, z):
    loss = real_label(critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    for weight in list(generator.parameters())[1:]:
        weight.grad = None
    opt_generator.step()
    return loss.detach()


def unknown_name(critic, generator, opt_generator, z):
    loss = my_generator_loss(critic(generator(z)))  # noqa: F821
    return loss


WRONG = {
    "detached": (detached, "did not move"),
    "fakes under no_grad": (fakes_under_no_grad, "did not move"),
    "all under no_grad": (all_under_no_grad, "lost its graph"),
    "detached and frozen": (detached_and_frozen, "lost its graph"),
    "through numpy": (through_numpy, "did not move"),
    "no zero_grad": (no_zero_grad, "not cleared"),
    "zero_grad of the critic": (zero_grad_of_the_critic, "not cleared"),
    "zero_grad after step": (zero_grad_after_step, "too late"),
    "zero_grad after backward": (zero_grad_after_backward, "did not move"),
    "no step": (no_step, r"step\(\) was not called"),
    "no backward": (no_backward, "did not move"),
    "step before backward": (step_before_backward, "did not move"),
    "returns None": (returns_none, "returns None"),
    "returns loss and fakes": (returns_loss_and_fakes, "more than the loss"),
    "returns logits": (returns_logits, "many numbers"),
    "returns images": (returns_images, "many numbers"),
    "returns score": (returns_score, "mean of D"),
    "returns True": (returns_true, "yours is a bool"),
    "loss after update": (loss_after_update, "after the update"),
    "own noise": (own_noise, "not given the z"),
    "uniform noise": (uniform_noise, "not given the z"),
    "doubled batch": (doubled_batch, "not given the z"),
    "normalised z": (normalised_z, "not given the z"),
    "rescaled fakes": (rescaled_fakes, "not shown the fakes"),
    "critic left frozen": (critic_left_frozen, "critic is frozen"),
    "critic bias left frozen": (critic_bias_left_frozen, "critic is frozen"),
    "critic left in eval": (critic_left_in_eval, "critic is in eval mode"),
    "generator left in eval": (generator_left_in_eval, "generator is in eval mode"),
    "critic learns too": (critic_learns_too, "critic changes during"),
    "critic clamped": (critic_clamped, "critic changes during"),
    "trains the critic": (trains_the_critic, "generator did not move"),
    "own optimizer": (own_optimizer, "not by opt_generator"),
    "steps by hand": (steps_by_hand, "not by opt_generator"),
    "steps twice": (steps_twice, "called 2 times|after the update"),
    "clips norm": (clips_norm, "clipped|large"),
    "clips norm at 10": (clips_norm_at_10, "wrong for large"),
    "clips values": (clips_values, "large|not the gradient"),
    "trains a copy": (trains_a_copy, "did not move"),
    "loss as new tensor": (loss_as_new_tensor, "did not move"),
    "item first": (item_first, "no tensor any more"),
    "labels of shape (B, 1)": (labels_of_shape_b_1, "differ in shape"),
    "integer labels": (integer_labels, "whole numbers"),
    "critic judges z": (critic_judges_z, "wrong shape"),
    "unreduced": (unreduced, "many numbers"),
    "wants real images": (wants_real_images, "arguments"),
    "the critic's step": (the_critics_step, "not the one of lab 04"),
    "squeezes": (squeezes, "one image"),
    "forgets momentum": (forgets_momentum, "wrong with Adam"),
    "does nothing": (does_nothing, "returns None"),
    "only the loss": (only_the_loss, "did not move"),
    "only the first weight": (only_the_first_weight, "not the gradient"),
    "unknown name": (unknown_name, "name"),
    "saturating": (with_loss(minimax_generator_loss), "saturating"),
    "saturating, turned": (
        with_loss(lambda x: torch.log(1 - x.sigmoid()).mean()),
        "saturating",
    ),
    "label 0": (with_loss(lambda x: F.softplus(x).mean()), "label 0"),
    "negative": (with_loss(lambda x: -real_label(x)), "wrong sign"),
    "half": (with_loss(lambda x: real_label(x) / 2), "half"),
    "twice": (with_loss(lambda x: 2 * real_label(x)), "twice"),
    "sum": (with_loss(lambda x: F.softplus(-x).sum()), "sum over the images"),
    "sigmoid twice": (with_loss(lambda x: real_label(x.sigmoid())), "applied twice"),
    "wasserstein": (with_loss(lambda x: -x.mean()), "Wasserstein"),
    "minus wasserstein": (with_loss(lambda x: x.mean()), "mean score of the fakes"),
    "D": (with_loss(lambda x: x.sigmoid().mean()), "mean of D"),
    "1 - D": (with_loss(lambda x: 1 - x.sigmoid().mean()), "not the one of lab 04"),
    "least squares": (with_loss(lambda x: (x - 1).square().mean()), "squared"),
    "least squares of D": (
        with_loss(lambda x: (x.sigmoid() - 1).square().mean()),
        "squared",
    ),
    "smoothed": (
        with_loss(
            lambda x: F.binary_cross_entropy_with_logits(x, torch.full_like(x, 0.9))
        ),
        "smooths",
    ),
    "backward saturating": (with_backward(minimax_generator_loss), "saturating"),
    "backward label 0": (with_backward(lambda x: F.softplus(x).mean()), "wrong label"),
    "backward negative": (with_backward(lambda x: -real_label(x)), "uphill"),
    "backward half": (with_backward(lambda x: real_label(x) / 2), "0.50 times"),
    "backward wasserstein": (with_backward(lambda x: -x.mean()), "not the gradient"),
    "backward sum": (with_backward(lambda x: F.softplus(-x).sum()), "5.00 times"),
    "backward smoothed": (
        with_backward(
            lambda x: 0.9 * F.softplus(-x).mean() + 0.1 * F.softplus(x).mean()
        ),
        "wrong label",
    ),
}
