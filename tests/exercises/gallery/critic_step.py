"""critic_step: right ones however written, wrong ones with the reason."""

import copy

import torch
from torch import nn
from torch.nn import functional as F

from labkit.losses import critic_loss


def both_terms(critic, real, fake):
    real_logits, fake_logits = critic(real), critic(fake)
    return (
        F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
        + F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    ) / 2


# --- right -----------------------------------------------------------------------


def plain(critic, generator, opt_critic, real, z):
    fake = generator(z).detach()
    loss = both_terms(critic, real, fake)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def no_grad_and_float(critic, generator, opt_critic, real, z):
    opt_critic.zero_grad(set_to_none=False)
    with torch.no_grad():
        fake = generator(z)
    loss = critic_loss(critic(real), critic(fake))
    loss.backward()
    opt_critic.step()
    return float(loss)


def one_batch_split(critic, generator, opt_critic, real, z):
    with torch.no_grad():
        fake = generator(z)
    logits = critic(torch.cat([real, fake]))
    real_logits, fake_logits = logits.split([len(real), len(fake)])
    loss = (F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()) / 2
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.item()


def one_batch_chunk(critic, generator, opt_critic, real, z):
    real_logits, fake_logits = critic(torch.cat([real, generator(z).detach()])).chunk(2)
    loss = critic_loss(real_logits, fake_logits)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def one_batch_one_bce(critic, generator, opt_critic, real, z):
    images = torch.cat([real, generator(z).detach()])
    labels = torch.cat([torch.ones(len(real)), torch.zeros(len(z))])
    loss = nn.BCEWithLogitsLoss()(critic(images), labels)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.item()


def two_backwards(critic, generator, opt_critic, real, z):
    opt_critic.zero_grad()
    real_logits = critic(real)
    real_loss = F.binary_cross_entropy_with_logits(
        real_logits, torch.ones_like(real_logits)
    )
    (real_loss / 2).backward()
    fake_logits = critic(generator(z).detach())
    fake_loss = F.binary_cross_entropy_with_logits(
        fake_logits, torch.zeros_like(fake_logits)
    )
    (fake_loss / 2).backward()
    opt_critic.step()
    return ((real_loss + fake_loss) / 2).item()


def probabilities(critic, generator, opt_critic, real, z):
    p_real = torch.sigmoid(critic(real))
    p_fake = torch.sigmoid(critic(generator(z).detach()))
    loss = -0.5 * (p_real.log().mean() + (1 - p_fake).log().mean())
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def undetached(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z))
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss


def frozen_generator(critic, generator, opt_critic, real, z):
    for weight in generator.parameters():
        weight.requires_grad_(False)
    loss = both_terms(critic, real, generator(z))
    critic.zero_grad()
    loss.backward()
    opt_critic.step()
    for weight in generator.parameters():
        weight.requires_grad_(True)
    return loss.detach()


def autograd_grad(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    weights = list(critic.parameters())
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights)):
        weight.grad = gradient
    opt_critic.step()
    return loss.item()


def closure(critic, generator, opt_critic, real, z):
    fake = generator(z).detach()

    def evaluate():
        opt_critic.zero_grad()
        loss = both_terms(critic, real, fake)
        loss.backward()
        return loss

    return opt_critic.step(evaluate)


def retained_and_zeroed_twice(critic, generator, opt_critic, real, z):
    critic.train()
    generator.train()
    opt_critic.zero_grad()
    loss = both_terms(critic, real, generator(z).detach())
    loss.backward(retain_graph=True)
    opt_critic.step()
    opt_critic.zero_grad()
    return loss.detach().cpu().numpy()


def sampled_in_eval(critic, generator, opt_critic, real, z):
    generator.eval()
    with torch.no_grad():
        fake = generator(z)
    generator.train()
    loss = both_terms(critic, real, fake)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def log_sigmoid_shape_1(critic, generator, opt_critic, real, z):
    fake = generator(z).detach().requires_grad_()
    real_term = -F.logsigmoid(critic(real)).mean()
    fake_term = -F.logsigmoid(-critic(fake)).mean()
    loss = torch.stack([real_term, fake_term]).mean(0, keepdim=True)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def cleans_the_generator(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z))
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    generator.zero_grad()
    return loss.detach()


def detached_in_place(critic, generator, opt_critic, real, z):
    fake = generator(z)
    fake.detach_()
    return descend(opt_critic, both_terms(critic, real, fake))


def fakes_from_inference_mode(critic, generator, opt_critic, real, z):
    with torch.inference_mode():
        fake = generator(z)
    return descend(opt_critic, both_terms(critic, real, fake.clone()))


def two_class_cross_entropy(critic, generator, opt_critic, real, z):
    images = torch.cat([generator(z).detach(), real])
    logits = critic(images)
    scores = torch.stack([torch.zeros_like(logits), logits], dim=1)
    labels = torch.arange(len(images)) >= len(z)
    return descend(opt_critic, F.cross_entropy(scores, labels.long()))


def descend(opt_critic, loss):
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.item()


RIGHT = {
    function.__name__: function
    for function in (
        plain,
        no_grad_and_float,
        one_batch_split,
        one_batch_chunk,
        one_batch_one_bce,
        two_backwards,
        probabilities,
        undetached,
        frozen_generator,
        autograd_grad,
        closure,
        retained_and_zeroed_twice,
        sampled_in_eval,
        log_sigmoid_shape_1,
        cleans_the_generator,
        detached_in_place,
        fakes_from_inference_mode,
        two_class_cross_entropy,
    )
}


# --- wrong: most are the plain one with one thing changed ---------------------------


def with_loss(loss_of):
    """The plain step with another loss of (real logits, fake logits)."""

    def critic_step(critic, generator, opt_critic, real, z):
        loss = loss_of(critic(real), critic(generator(z).detach()))
        opt_critic.zero_grad()
        loss.backward()
        opt_critic.step()
        return loss.detach()

    return critic_step


def bce(logits, label):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def no_zero_grad(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    loss.backward()
    opt_critic.step()
    return loss.detach()


def zero_grad_after_step(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    loss.backward()
    opt_critic.step()
    opt_critic.zero_grad()
    return loss.detach()


def zero_grad_between(critic, generator, opt_critic, real, z):
    real_loss = bce(critic(real), 1.0) / 2
    real_loss.backward()
    opt_critic.zero_grad()
    fake_loss = bce(critic(generator(z).detach()), 0.0) / 2
    fake_loss.backward()
    opt_critic.step()
    return (real_loss + fake_loss).detach()


def zero_grad_after_backward(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    loss.backward()
    opt_critic.zero_grad()
    opt_critic.step()
    return loss.detach()


def zero_grad_of_the_generator(critic, generator, opt_critic, real, z):
    generator.zero_grad()
    loss = both_terms(critic, real, generator(z).detach())
    loss.backward()
    opt_critic.step()
    return loss.detach()


def no_step(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    opt_critic.zero_grad()
    loss.backward()
    return loss.detach()


def no_backward(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    opt_critic.zero_grad()
    opt_critic.step()
    return loss.detach()


def step_before_backward(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    opt_critic.step()
    opt_critic.zero_grad()
    loss.backward()
    return loss.detach()


def returns_none(critic, generator, opt_critic, real, z):
    plain(critic, generator, opt_critic, real, z)


def returns_two(critic, generator, opt_critic, real, z):
    return plain(critic, generator, opt_critic, real, z), critic(real)


def returns_logits(critic, generator, opt_critic, real, z):
    logits = critic(real)
    plain(critic, generator, opt_critic, real, z)
    return logits.detach()


def returns_text(critic, generator, opt_critic, real, z):
    return f"{plain(critic, generator, opt_critic, real, z):.3f}"


def loss_after_update(critic, generator, opt_critic, real, z):
    plain(critic, generator, opt_critic, real, z)
    with torch.no_grad():
        return both_terms(critic, real, generator(z))


def own_noise(critic, generator, opt_critic, real, z):
    return plain(critic, generator, opt_critic, real, torch.randn_like(z))


def random_images(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, torch.rand_like(real) * 2 - 1)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def reals_twice(critic, generator, opt_critic, real, z):
    generator(z)
    loss = both_terms(critic, real, real)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def fakes_twice(critic, generator, opt_critic, real, z):
    fake = generator(z).detach()
    loss = both_terms(critic, fake, fake)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def rescales_real(critic, generator, opt_critic, real, z):
    return plain(critic, generator, opt_critic, real * 2 - 1, z)


def rescales_fakes(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, (generator(z).detach() + 1) / 2)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def instance_noise(critic, generator, opt_critic, real, z):
    noisy = real + 0.1 * torch.randn_like(real)
    return plain(critic, generator, opt_critic, noisy, z)


def critic_left_in_eval(critic, generator, opt_critic, real, z):
    critic.eval()
    return plain(critic, generator, opt_critic, real, z)


def generator_left_in_eval(critic, generator, opt_critic, real, z):
    generator.eval()
    return plain(critic, generator, opt_critic, real, z)


def generator_left_frozen(critic, generator, opt_critic, real, z):
    generator.requires_grad_(False)
    return plain(critic, generator, opt_critic, real, z)


def critic_left_frozen(critic, generator, opt_critic, real, z):
    loss = plain(critic, generator, opt_critic, real, z)
    critic.requires_grad_(False)
    return loss


def gradients_left_off(critic, generator, opt_critic, real, z):
    torch.set_grad_enabled(False)
    fake = generator(z)
    torch.set_grad_enabled(True)
    loss = both_terms(critic, real, fake)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    torch.set_grad_enabled(False)
    return loss.detach()


def steps_both(critic, generator, opt_critic, real, z):
    generator.zero_grad()
    loss = both_terms(critic, real, generator(z))
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    torch.optim.SGD(generator.parameters(), lr=1e-3).step()
    return loss.detach()


def own_optimizer(critic, generator, opt_critic, real, z):
    return plain(critic, generator, torch.optim.Adam(critic.parameters()), real, z)


def steps_by_hand(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    critic.zero_grad()
    loss.backward()
    with torch.no_grad():
        for weight in critic.parameters():
            weight -= opt_critic.param_groups[0]["lr"] * weight.grad
    return loss.detach()


def steps_twice(critic, generator, opt_critic, real, z):
    loss = plain(critic, generator, opt_critic, real, z)
    opt_critic.step()
    return loss


def one_step_per_half(critic, generator, opt_critic, real, z):
    fake = generator(z).detach()
    opt_critic.zero_grad()
    real_loss = bce(critic(real), 1.0) / 2
    real_loss.backward()
    opt_critic.step()
    opt_critic.zero_grad()
    fake_loss = bce(critic(fake), 0.0) / 2
    fake_loss.backward()
    opt_critic.step()
    return (real_loss + fake_loss).detach()


def trains_a_copy(critic, generator, opt_critic, real, z):
    critic = copy.deepcopy(critic)
    return plain(critic, generator, opt_critic, real, z)


def clips_norm(critic, generator, opt_critic, real, z, limit=1.0):
    loss = both_terms(critic, real, generator(z).detach())
    opt_critic.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(critic.parameters(), limit)
    opt_critic.step()
    return loss.detach()


def clips_norm_at_5(critic, generator, opt_critic, real, z):
    return clips_norm(critic, generator, opt_critic, real, z, 5.0)


def clips_norm_hard(critic, generator, opt_critic, real, z):
    return clips_norm(critic, generator, opt_critic, real, z, 0.1)


def clips_values(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    opt_critic.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(critic.parameters(), 1.0)
    opt_critic.step()
    return loss.detach()


def clips_weights(critic, generator, opt_critic, real, z):
    loss = plain(critic, generator, opt_critic, real, z)
    for weight in critic.parameters():
        weight.data.clamp_(-0.01, 0.01)
    return loss


def sum_in_backward_only(critic, generator, opt_critic, real, z):
    real_loss = bce(critic(real), 1.0)
    fake_loss = bce(critic(generator(z).detach()), 0.0)
    opt_critic.zero_grad()
    (real_loss + fake_loss).backward()
    opt_critic.step()
    return ((real_loss + fake_loss) / 2).detach()


def uphill(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    opt_critic.zero_grad()
    (-loss).backward()
    opt_critic.step()
    return loss.detach()


def item_before_backward(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach()).item()
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss


def no_grad_around_all(critic, generator, opt_critic, real, z):
    opt_critic.zero_grad()
    with torch.no_grad():
        loss = both_terms(critic, real, generator(z))
    loss.backward()
    opt_critic.step()
    return loss


def detached_scores(critic, generator, opt_critic, real, z):
    loss = critic_loss(critic(real), critic(generator(z)).detach())
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def z_to_the_critic(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, z)
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def integer_labels(critic, generator, opt_critic, real, z):
    real_logits = critic(real)
    labels = torch.ones(len(real_logits), dtype=torch.int64)
    loss = F.binary_cross_entropy_with_logits(real_logits, labels) / 2
    loss = loss + bce(critic(generator(z).detach()), 0.0) / 2
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def hard_coded_labels(critic, generator, opt_critic, real, z):
    labels = torch.ones(64)
    loss = F.binary_cross_entropy_with_logits(critic(real), labels) / 2
    loss = loss + bce(critic(generator(z).detach()), 0.0) / 2
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def unreduced(critic, generator, opt_critic, real, z):
    loss = F.softplus(-critic(real)) / 2 + F.softplus(critic(generator(z).detach())) / 2
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.mean()


def step_between_backwards(critic, generator, opt_critic, real, z):
    opt_critic.zero_grad()
    real_loss, fake_loss = (
        bce(critic(real), 1.0) / 2,
        bce(critic(generator(z).detach()), 0.0) / 2,
    )
    real_loss.backward()
    opt_critic.step()
    fake_loss.backward()
    opt_critic.step()
    return (real_loss + fake_loss).detach()


def backward_twice(critic, generator, opt_critic, real, z):
    real_loss = bce(critic(real), 1.0) / 2
    loss = real_loss + bce(critic(generator(z).detach()), 0.0) / 2
    opt_critic.zero_grad()
    real_loss.backward()
    loss.backward()
    opt_critic.step()
    return loss.detach()


def swapped_arguments(critic, generator, opt_critic, z, real):
    return plain(critic, generator, opt_critic, real, z)


def too_few_arguments(critic, generator, opt_critic, real):
    return plain(critic, generator, opt_critic, real, torch.randn(len(real), 100))


def fails_for_one(critic, generator, opt_critic, real, z):
    real_logits = critic(real).squeeze()
    assert len(real_logits) == len(real)
    return plain(critic, generator, opt_critic, real, z)


def first_image_only(critic, generator, opt_critic, real, z):
    return plain(critic, generator, opt_critic, real[:1], z[:1])


def penalised(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    total = loss + 0.01 * sum(weight.square().sum() for weight in critic.parameters())
    opt_critic.zero_grad()
    total.backward()
    opt_critic.step()
    return loss.detach()


def new_state_each_time(critic, generator, opt_critic, real, z):
    loss = plain(critic, generator, opt_critic, real, z)
    opt_critic.state.clear()
    return loss


def changes_real_in_place(critic, generator, opt_critic, real, z):
    real.mul_(0.5).add_(0.5)
    return plain(critic, generator, opt_critic, real, z)


def explodes(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z).detach())
    opt_critic.zero_grad()
    (loss * float("inf")).backward()
    opt_critic.step()
    return loss.detach()


def does_nothing(critic, generator, opt_critic, real, z):
    pass


def only_returns_the_loss(critic, generator, opt_critic, real, z):
    return both_terms(critic, real, generator(z)).detach()


def trains_the_generator_instead(critic, generator, opt_critic, real, z):
    loss = both_terms(critic, real, generator(z))
    generator.zero_grad()
    loss.backward()
    torch.optim.SGD(generator.parameters(), lr=0.1).step()
    return loss.detach()


WRONG = {
    "no zero_grad": (no_zero_grad, "not cleared"),
    "zero_grad after step": (zero_grad_after_step, "too late"),
    "zero_grad between": (zero_grad_between, "real images are missing"),
    "zero_grad after backward": (zero_grad_after_backward, "did not move"),
    "generator.zero_grad": (zero_grad_of_the_generator, "not cleared"),
    "no step": (no_step, r"step\(\) was not called"),
    "no backward": (no_backward, "did not move"),
    "step before backward": (step_before_backward, "weights change between|order"),
    "returns None": (returns_none, "returns None"),
    "returns two": (returns_two, "more than the loss"),
    "returns logits": (returns_logits, "many numbers"),
    "returns text": (returns_text, "yours is a str"),
    "loss after update": (loss_after_update, "after the update"),
    "own noise": (own_noise, "not given the z"),
    "random images": (random_images, "not given the z"),
    "reals twice": (reals_twice, "not shown the fakes"),
    "fakes twice": (fakes_twice, "not shown the real"),
    "rescales real": (rescales_real, "not shown the real"),
    "rescales fakes": (rescales_fakes, "not shown the fakes"),
    "instance noise": (instance_noise, "not shown the real"),
    "critic left in eval": (critic_left_in_eval, "critic is in eval mode"),
    "generator left in eval": (generator_left_in_eval, "generator is in eval mode"),
    "generator left frozen": (generator_left_frozen, "generator is frozen"),
    "critic left frozen": (critic_left_frozen, "critic is frozen"),
    "gradients left off": (gradients_left_off, "switched off"),
    "steps both": (steps_both, "generator changes during"),
    "own optimizer": (own_optimizer, "not by opt_critic"),
    "steps by hand": (steps_by_hand, "not by opt_critic"),
    "steps twice": (steps_twice, "called 2 times"),
    "one step per half": (one_step_per_half, "called 2 times"),
    "trains a copy": (trains_a_copy, "did not move"),
    "clips norm": (clips_norm, "clipped|large"),
    "clips norm at 5": (clips_norm_at_5, "wrong for large"),
    "clips norm hard": (clips_norm_hard, r"0\.\d+ times"),
    "clips values": (clips_values, "wrong for large"),
    "clips weights": (clips_weights, "not the gradient|called"),
    "sum in backward only": (sum_in_backward_only, "2.00 times the right"),
    "uphill": (uphill, "uphill"),
    "item before backward": (item_before_backward, "no tensor any more"),
    "no_grad around all": (no_grad_around_all, "lost its graph"),
    "detached scores": (detached_scores, "fakes are missing"),
    "z to the critic": (z_to_the_critic, "wrong shape"),
    "integer labels": (integer_labels, "int64|whole numbers"),
    "hard-coded labels": (hard_coded_labels, "differ in shape"),
    "unreduced": (unreduced, "many numbers"),
    "step between backwards": (step_between_backwards, "weights change between"),
    "backward twice": (backward_twice, "twice through"),
    "swapped arguments": (swapped_arguments, "wrong shape|arguments"),
    "too few arguments": (too_few_arguments, "arguments"),
    "fails for one": (fails_for_one, "one image"),
    "first image only": (first_image_only, "given the z"),
    "penalised": (penalised, "not the gradient"),
    "new state each time": (new_state_each_time, "wrong with Adam"),
    "changes real in place": (changes_real_in_place, "not shown the real"),
    "explodes": (explodes, "no numbers any more"),
    "does nothing": (does_nothing, "returns None"),
    "only returns the loss": (only_returns_the_loss, "did not move"),
    "trains the generator": (trains_the_generator_instead, "critic did not move"),
    "sum": (with_loss(lambda r, f: bce(r, 1.0) + bce(f, 0.0)), "twice"),
    "half": (with_loss(lambda r, f: critic_loss(r, f) / 2), "half"),
    "negative": (with_loss(lambda r, f: -critic_loss(r, f)), "wrong sign"),
    "negative sum": (
        with_loss(lambda r, f: F.logsigmoid(r).mean() + F.logsigmoid(-f).mean()),
        "wrong sign",
    ),
    "swapped labels": (with_loss(lambda r, f: critic_loss(f, r)), "swapped"),
    "swapped labels, sum": (
        with_loss(lambda r, f: bce(r, 0.0) + bce(f, 1.0)),
        "swapped",
    ),
    "real only": (with_loss(lambda r, f: bce(r, 1.0)), "only the real"),
    "fake only": (with_loss(lambda r, f: bce(f, 0.0)), "only the fakes"),
    "fakes as real": (
        with_loss(lambda r, f: (bce(r, 1.0) + bce(f, 1.0)) / 2),
        "fakes label 1",
    ),
    "reals as fake": (
        with_loss(lambda r, f: bce(r, 0.0) + bce(f, 0.0)),
        "real images label 0",
    ),
    "difference": (
        with_loss(lambda r, f: bce(r, 1.0) - bce(f, 0.0)),
        "subtracted",
    ),
    "the generator's": (with_loss(lambda r, f: bce(f, 1.0)), "generator's"),
    "sigmoid twice": (
        with_loss(lambda r, f: critic_loss(r.sigmoid(), f.sigmoid())),
        "sigmoid is applied twice",
    ),
    "wasserstein": (with_loss(lambda r, f: f.mean() - r.mean()), "Wasserstein"),
    "least squares": (
        with_loss(lambda r, f: (r - 1).square().mean() + f.square().mean()),
        "squared",
    ),
    "least squares of D": (
        with_loss(
            lambda r, f: (
                (
                    F.mse_loss(r.sigmoid(), torch.ones_like(r))
                    + F.mse_loss(f.sigmoid(), torch.zeros_like(f))
                )
                / 2
            )
        ),
        "squared",
    ),
    "hinge": (
        with_loss(lambda r, f: F.relu(1 - r).mean() + F.relu(1 + f).mean()),
        "hinge",
    ),
    "smoothed": (with_loss(lambda r, f: critic_loss(r, f, 0.1)), "smooths"),
    "smoothed both": (
        with_loss(lambda r, f: bce(r, 0.9) / 2 + bce(f, 0.1) / 2),
        "smooths",
    ),
    "summed over images": (
        with_loss(lambda r, f: F.softplus(-r).sum() + F.softplus(f).sum()),
        "sum",
    ),
    "fakes weigh more": (
        with_loss(lambda r, f: (bce(r, 1.0) + 2 * bce(f, 0.0)) / 3),
        "not the one of lab 04",
    ),
    "log base 2": (
        with_loss(lambda r, f: critic_loss(r, f) / torch.log(torch.tensor(2.0))),
        "not the one of lab 04",
    ),
}
