"""clip_weights: right ways to write it, and mistakes with their reason."""

import copy

import torch
from torch import nn


@torch.no_grad()
def clamped(critic, limit):
    for weight in critic.parameters():
        weight.clamp_(-limit, limit)


def by_data(critic, limit):
    for weight in critic.parameters():
        weight.data.clamp_(-limit, limit)


def data_replaced(critic, limit):
    for p in critic.parameters():
        p.data = torch.clamp(p.data, min=-limit, max=limit)
    return critic


def copied(critic, limit):
    with torch.no_grad():
        for _, p in critic.named_parameters():
            p.copy_(p.clamp(-limit, limit))


@torch.no_grad()
def per_module(critic, limit):
    for module in critic.modules():
        for weight in module.parameters(recurse=False):
            weight.clip_(-limit, limit)


@torch.no_grad()
def by_where(critic, limit):
    for p in critic.parameters():
        p[p > limit] = limit
        p[p < -limit] = -limit


def foreach(critic, limit):
    with torch.no_grad():
        weights = list(critic.parameters())
        torch._foreach_clamp_max_(weights, limit)
        torch._foreach_clamp_min_(weights, -limit)


@torch.no_grad()
def vector(critic, limit):
    weights = nn.utils.parameters_to_vector(critic.parameters())
    nn.utils.vector_to_parameters(weights.clamp(-limit, limit), critic.parameters())


def applied(critic, limit):
    def clip(module):
        for p in module.parameters(recurse=False):
            p.data.clamp_(-limit, limit)

    return critic.apply(clip)


RIGHT = {
    "clamped": clamped,
    "by data": by_data,
    "data replaced": data_replaced,
    "copied": copied,
    "per module": per_module,
    "by where": by_where,
    "foreach": foreach,
    "vector": vector,
    "applied": applied,
}


def nothing(critic, limit):
    for weight in critic.parameters():
        weight = weight.clamp(-limit, limit)


def thrown_away(critic, limit):
    for weight in critic.parameters():
        torch.clamp(weight, -limit, limit)


def a_copy(critic, limit):
    critic = copy.deepcopy(critic)
    by_data(critic, limit)
    return critic


def in_autograd(critic, limit):
    for weight in critic.parameters():
        weight.clamp_(-limit, limit)


def gradients(critic, limit):
    nn.utils.clip_grad_value_(critic.parameters(), limit)


def gradient_norm(critic, limit):
    nn.utils.clip_grad_norm_(critic.parameters(), limit)


def only(kind):
    def clip(critic, limit):
        for module in critic.modules():
            if isinstance(module, kind):
                by_data(module, limit)

    return clip


def only_weights(critic, limit):
    for name, weight in critic.named_parameters():
        if "weight" in name:
            weight.data.clamp_(-limit, limit)


def matrices(critic, limit):
    for weight in critic.parameters():
        if weight.dim() > 1:
            weight.data.clamp_(-limit, limit)


def first(critic, limit):
    next(critic.parameters()).data.clamp_(-limit, limit)


def own_only(critic, limit):
    for weight in critic.parameters(recurse=False):
        weight.data.clamp_(-limit, limit)


def with_(change):
    @torch.no_grad()
    def clip(critic, limit):
        for weight in critic.parameters():
            weight.copy_(change(weight, limit))

    return clip


def state(critic, limit):
    clipped = {k: v.clamp(-limit, limit) for k, v in critic.state_dict().items()}
    critic.load_state_dict(clipped)


def state_in_place(critic, limit):
    for value in critic.state_dict().values():
        value.clamp_(-limit, limit)


def new_parameters(critic, limit):
    for module in critic.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            setattr(module, name, nn.Parameter(weight.detach().clamp(-limit, limit)))


def frozen(critic, limit):
    critic.requires_grad_(False)
    by_data(critic, limit)


def evaluated(critic, limit):
    critic.eval()
    by_data(critic, limit)


def gradients_too(critic, limit):
    for p in critic.parameters():
        p.data.clamp_(-limit, limit)
        p.grad.clamp_(-limit, limit)


def gradients_cleared(critic, limit):
    by_data(critic, limit)
    critic.zero_grad()


def no_call(critic, limit):
    for weight in critic.parameters:
        weight.data.clamp_(-limit, limit)


def all_at_once(critic, limit):
    critic.parameters().clamp_(-limit, limit)


def everything(critic, limit):
    by_data(critic, limit)
    for buffer in critic.buffers():
        buffer.clamp_(-limit, limit)


SOME = r"some parameters are not clipped"
OTHER = r"clipping cuts what is beyond"
SIDE = r"weights lie beyond the limit"
NOTHING = r"nothing has changed"

WRONG = {
    "rebound": (nothing, NOTHING),
    "thrown away": (thrown_away, NOTHING),
    "a copy": (a_copy, NOTHING),
    "pass": (lambda critic, limit: None, NOTHING),
    "in autograd": (in_autograd, r"guards weights"),
    "gradients": (gradients, r"gradients were clipped, not the weights"),
    "gradient norm": (gradient_norm, r"gradients were clipped, not the weights"),
    "linear only": (only(nn.Linear), SOME),
    "conv and linear": (only((nn.Linear, nn.Conv2d)), SOME),
    "conv only": (only(nn.Conv2d), SOME),
    "weights only": (only_weights, SOME),
    "matrices only": (matrices, SOME),
    "first only": (first, SOME),
    "own only": (own_only, SOME),
    "from above": (with_(lambda w, c: w.clamp(max=c)), SIDE + r"(.*\n)+.*negative"),
    "from below": (with_(lambda w, c: w.clamp(min=-c)), SIDE + r"(.*\n)+.*positive"),
    "zero to limit": (with_(lambda w, c: w.clamp(0, c)), OTHER),
    "0.01": (with_(lambda w, c: w.clamp(-0.01, 0.01)), OTHER),
    "0.5": (with_(lambda w, c: w.clamp(-0.5, 0.5)), SIDE),
    "half": (with_(lambda w, c: w.clamp(-c / 2, c / 2)), OTHER),
    "double": (with_(lambda w, c: w.clamp(-2 * c, 2 * c)), SIDE),
    "1": (with_(lambda w, c: w.clamp(-1, 1)), SIDE),
    "sign": (with_(lambda w, c: c * w.sign()), OTHER),
    "tanh": (with_(lambda w, c: c * (w / c).tanh()), OTHER),
    "rescaled": (with_(lambda w, c: w * c / w.abs().max()), OTHER),
    "norm": (with_(lambda w, c: w * c / w.norm()), OTHER),
    "zeroed": (with_(lambda w, c: w * (w.abs() <= c)), OTHER),
    "absolute": (with_(lambda w, c: w.abs().clamp(max=c)), OTHER),
    "times": (with_(lambda w, c: w * c), rf"{SIDE}|{OTHER}"),
    "wrapped": (with_(lambda w, c: w.remainder(c)), OTHER),
    "state": (state, r"no parameters were clipped too"),
    "state in place": (state_in_place, r"no parameters were clipped too"),
    "everything": (everything, r"no parameters were clipped too"),
    "new parameters": (new_parameters, r"replaced by new ones"),
    "frozen": (frozen, r"no longer require a gradient"),
    "evaluated": (evaluated, r"eval mode"),
    "gradients too": (gradients_too, r"gradients were changed"),
    "gradients cleared": (gradients_cleared, r"gradients were changed"),
    "no call": (no_call, r"cannot be looped over"),
    "all at once": (all_at_once, r"one by one"),
    "one argument": (lambda critic: by_data(critic, 0.01), r"arguments are not those"),
}
