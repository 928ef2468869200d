"""make_optimizers: right ones however written, wrong ones with the reason."""

import itertools

import torch
from torch import optim


def plain(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return (
        optim.Adam(critic.parameters(), lr=lr, betas=betas),
        optim.Adam(generator.parameters(), lr=lr, betas=betas),
    )


def adamw(critic, generator, lr=0.0002, betas=(0.5, 0.999)):
    networks = critic, generator
    return [optim.AdamW(n.parameters(), lr, betas) for n in networks]


def fused(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return tuple(
        optim.Adam(n.parameters(), lr=lr, betas=betas, fused=True)
        for n in (critic, generator)
    )


def foreach_amsgrad(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    options = {"lr": lr, "betas": betas, "amsgrad": True, "foreach": True}
    opt_critic = optim.AdamW(list(critic.parameters()), **options)
    return opt_critic, optim.AdamW(list(generator.parameters()), **options)


def no_decay_groups(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    def groups(network):
        weights = list(network.parameters())
        return [
            {"params": [w for w in weights if w.dim() > 1], "weight_decay": 1e-2},
            {"params": [w for w in weights if w.dim() <= 1], "weight_decay": 0.0},
        ]

    opt_critic = optim.AdamW(groups(critic), lr=lr, betas=betas)
    opt_generator = optim.AdamW(groups(generator), lr=lr, betas=betas)
    return opt_critic, opt_generator


def only_trainable(critic, generator, lr=None, betas=None):
    lr = 2e-4 if lr is None else lr
    first, second = betas or (0.5, 0.999)

    def make(network):
        weights = filter(lambda weight: weight.requires_grad, network.parameters())
        return optim.Adam(weights, lr=torch.tensor(lr), betas=(first, second), eps=1e-7)

    return make(critic), make(generator)


def named(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_generator = optim.Adam(generator.named_parameters(), lr, betas)
    opt_critic = optim.Adam(critic.named_parameters(), lr, betas)
    return opt_critic, opt_generator


class OwnAdam(optim.Optimizer):
    """Adam written by hand."""

    def __init__(self, weights, lr, betas):
        super().__init__(weights, {"lr": lr, "betas": betas})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for weight in group["params"]:
                state = self.state[weight]
                t = state["t"] = state.get("t", 0) + 1
                m = b1 * state.get("m", 0) + (1 - b1) * weight.grad
                v = b2 * state.get("v", 0) + (1 - b2) * weight.grad**2
                state["m"], state["v"] = m, v
                unbiased = m / (1 - b1**t), v / (1 - b2**t)
                weight -= group["lr"] * unbiased[0] / (unbiased[1].sqrt() + 1e-8)


def by_hand(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opts = [OwnAdam(n.parameters(), lr, betas) for n in (critic, generator)]
    return opts[0], opts[1]


RIGHT = {
    function.__name__: function
    for function in (
        plain,
        adamw,
        fused,
        foreach_amsgrad,
        no_decay_groups,
        only_trainable,
        named,
        by_hand,
    )
}


def made_by(kind, **fixed):
    """The plain one with another class, or with some of its numbers fixed."""

    def make_optimizers(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
        options = {"lr": lr, "betas": betas} | fixed
        options = {name: value for name, value in options.items() if value is not None}
        opt_critic = kind(critic.parameters(), **options)
        return opt_critic, kind(generator.parameters(), **options)

    return make_optimizers


def swapped(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return plain(critic, generator, lr, betas)[::-1]


def over_both(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    weights = [*critic.parameters(), *generator.parameters()]
    return optim.Adam(weights, lr, betas), optim.Adam(weights, lr, betas)


def generator_over_both(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    weights = itertools.chain(generator.parameters(), critic.parameters())
    opt_critic = optim.Adam(critic.parameters(), lr, betas)
    return opt_critic, optim.Adam(weights, lr, betas)


def critic_twice(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_critic = optim.Adam(critic.parameters(), lr, betas)
    return opt_critic, optim.Adam(critic.parameters(), lr, betas)


def one_for_both(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    weights = [*critic.parameters(), *generator.parameters()]
    return optim.Adam(weights, lr, betas)


def the_same_twice(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    both = one_for_both(critic, generator, lr, betas)
    return both, both


def weights_without_biases(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return tuple(
        optim.Adam([w for w in n.parameters() if w.dim() > 1], lr, betas)
        for n in (critic, generator)
    )


def first_layer_only(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return tuple(
        optim.Adam(next(iter(n.children())).parameters(), lr, betas)
        for n in (critic, generator)
    )


def direct_weights_only(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_critic = optim.Adam(critic.parameters(recurse=False), lr, betas)
    return opt_critic, optim.Adam(generator.parameters(), lr, betas)


def exhausted(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    weights = critic.parameters()
    len(list(weights))
    return optim.Adam(weights, lr, betas), optim.Adam(generator.parameters(), lr, betas)


def forgets_return(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    plain(critic, generator, lr, betas)


def returns_weights(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return list(critic.parameters()), list(generator.parameters())


def returns_dict(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return dict(zip("cg", plain(critic, generator, lr, betas)))


def returns_classes(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return plain(critic, generator, lr, betas), lr


def network_instead_of_weights(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return optim.Adam(critic, lr, betas), optim.Adam(generator, lr, betas)


def state_dict_values(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return tuple(
        optim.Adam(n.state_dict().values(), lr, betas) for n in (critic, generator)
    )


def copies(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return tuple(
        optim.Adam([w.detach().clone() for w in n.parameters()], lr, betas)
        for n in (critic, generator)
    )


def faster_critic(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_critic = optim.Adam(critic.parameters(), 4 * lr, betas)
    return opt_critic, optim.Adam(generator.parameters(), lr, betas)


def slow_generator(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_critic = optim.Adam(critic.parameters(), lr, betas)
    return opt_critic, optim.Adam(generator.parameters(), lr / 2, betas)


def default_lr_1e_3(critic, generator, lr=1e-3, betas=(0.5, 0.999)):
    return plain(critic, generator, lr, betas)


def default_lr_2e_3(critic, generator, lr=2e-3, betas=(0.5, 0.999)):
    return plain(critic, generator, lr, betas)


def default_beta_09(critic, generator, lr=2e-4, betas=(0.9, 0.999)):
    return plain(critic, generator, lr, betas)


def default_beta_099(critic, generator, lr=2e-4, betas=(0.5, 0.99)):
    return plain(critic, generator, lr, betas)


def betas_swapped(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return plain(critic, generator, lr, betas[::-1])


def generator_without_betas(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_critic = optim.Adam(critic.parameters(), lr, betas)
    return opt_critic, optim.Adam(generator.parameters(), lr)


def second_beta_fixed(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    return plain(critic, generator, lr, (betas[0], 0.999))


def no_defaults(critic, generator, lr, betas):
    return plain(critic, generator, lr, betas)


def beta1_argument(critic, generator, lr=2e-4, beta1=0.5):
    return plain(critic, generator, lr, (beta1, 0.999))


def generator_first(generator, critic, lr=2e-4, betas=(0.5, 0.999)):
    return plain(critic, generator, lr, betas)


def climbing_generator(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_critic = optim.Adam(critic.parameters(), lr, betas)
    return opt_critic, optim.Adam(generator.parameters(), lr, betas, maximize=True)


def sgd_critic(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opt_critic = optim.SGD(critic.parameters(), lr)
    return opt_critic, optim.Adam(generator.parameters(), lr, betas)


def frozen_generator(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    opts = plain(critic, generator, lr, betas)
    for group in opts[1].param_groups:
        group["lr"] = 0.0
    return opts


WRONG = {
    "swapped": (swapped, "wrong order"),
    "over both": (over_both, "opt_critic also moves the generator"),
    "generator over both": (generator_over_both, "opt_generator also moves the critic"),
    "critic twice": (critic_twice, "opt_generator moves the critic"),
    "one for both": (one_for_both, "two optimisers"),
    "the same twice": (the_same_twice, "also moves"),
    "weights without biases": (weights_without_biases, "does not move all"),
    "first layer only": (first_layer_only, "does not move all"),
    "direct weights only": (direct_weights_only, "does not move all"),
    "exhausted": (exhausted, "nothing to optimise"),
    "forgets return": (forgets_return, "None"),
    "returns weights": (returns_weights, "two optimisers"),
    "returns dict": (returns_dict, "two optimisers"),
    "returns classes": (returns_classes, "two optimisers"),
    "network instead of weights": (network_instead_of_weights, "weights"),
    "state_dict values": (state_dict_values, "does not move all"),
    "copies": (copies, "does not move all"),
    "faster critic": (faster_critic, "opt_critic does not use the right lr"),
    "slow generator": (slow_generator, "opt_generator does not use the right lr"),
    "default lr 1e-3": (default_lr_1e_3, "lr is 0.001; expected lr 0.0002"),
    "default lr 2e-3": (default_lr_2e_3, "lr is 0.002"),
    "default beta 0.9": (default_beta_09, r"betas are \(0.9, 0.999\)"),
    "default beta 0.99": (default_beta_099, r"betas are \(0.5, 0.99\)"),
    "betas swapped": (betas_swapped, "betas"),
    "generator without betas": (generator_without_betas, "opt_generator.*betas"),
    "second beta fixed": (second_beta_fixed, "betas"),
    "no defaults": (no_defaults, "arguments"),
    "beta1 argument": (beta1_argument, "arguments"),
    "generator first": (generator_first, "wrong order|moves"),
    "climbing": (made_by(optim.Adam, maximize=True), "climbs"),
    "climbing generator": (climbing_generator, "opt_generator climbs"),
    "SGD": (made_by(optim.SGD, betas=None), "not move as Adam"),
    "SGD critic": (sgd_critic, "opt_critic does not move as Adam"),
    "RMSprop": (made_by(optim.RMSprop, betas=None), "not move as Adam"),
    "NAdam": (made_by(optim.NAdam), "not move as Adam"),
    "RAdam": (made_by(optim.RAdam), "not move as Adam"),
    "Adamax": (made_by(optim.Adamax), "not move as Adam"),
    "Adagrad": (made_by(optim.Adagrad, betas=None), "not move as Adam"),
    "fixed lr": (made_by(optim.Adam, lr=2e-4), "lr is 0.0002"),
    "ignored lr": (made_by(optim.Adam, lr=None), "lr is 0.001"),
    "fixed betas": (made_by(optim.Adam, betas=(0.5, 0.999)), "betas"),
    "ignored betas": (made_by(optim.AdamW, betas=None), "betas"),
    "frozen generator": (frozen_generator, "opt_generator"),
}
