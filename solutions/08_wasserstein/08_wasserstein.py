# %% [markdown]
# # 08 · Wasserstein: how far is it?
#
# "Real or fake?" has a weakness: once the critic is always right, its answer no longer tells
# a near miss from a hopeless one. This lab asks another question, *how far are the fakes from
# the real points?*, and builds a critic that measures it.
#
# **After this lab you can**
#
# - compute the earth mover's distance of small heaps by hand, and say what the critic has
#   to do with it;
# - keep a critic smooth in two ways, by clipping and by a gradient penalty, and see what
#   each of them costs;
# - count modes on the ring where the loss of lab 04 loses some.
#
# > **Time card** · about 55 minutes · you write about 13 lines · trains about 30 seconds

# %%
import functools
import math

import torch
from torch import autograd

from labkit import show, toy
from labkit.checks import check
from labkit.losses import critic_loss
from labkit.objectives import Objective

# %%
fake, real = torch.tensor([0.0, 0, 1, 1, 2]), torch.tensor([3.0, 4, 4, 5, 6])
show.moves(real, fake)

# %% [markdown]
# **Figure 1 · five shovels of earth.** The purple heap is to become the green one. Moving
# one shovel by one place costs 1. The cheapest plan on a line is the plain one: the leftmost
# shovel goes to the leftmost place, and so on. The mean way of a shovel under the best plan
# is the **earth mover's distance**, also called Wasserstein-1.
#
# **Predict.** What is it here? Count the ways by hand, then run the cell.

# %%
guess_distance = "?"  # your prediction


def earth_movers(real, fake):  # on a line, and for equally many
    return (real.sort().values - fake.sort().values).abs().mean()


print(f"you said {guess_distance}, it is {earth_movers(real, fake):.2f}")
print(f"with all fakes 10 further to the left: {earth_movers(real, fake - 10):.2f}")

# %% [markdown]
# ## What the old question cannot say
#
# Two crowds, each spread evenly over a stretch of length 1. The fakes start on top of the
# real ones and are moved away by $s$. In lab 01 you found the best critic; its loss at its
# best tells how well the crowds can be told apart. Here it is $\ln 2$ times the share that
# still overlaps, and $\ln 2$ minus that is called the *Jensen–Shannon divergence*.
#
# **Predict.** How do the two measures go on when $s$ grows past 1, where nothing overlaps
# any more?

# %%
guess_old, guess_new = "?", "?"  # your predictions, in words

shift = torch.linspace(0, 4, 81)
overlap = (1 - shift).clamp(min=0)
print(f"you said: {guess_old}; {guess_new}")
show.two_distances(
    shift,
    {
        "real or fake: ln 2 − the best critic's loss": math.log(2) * (1 - overlap),
        "how far: the earth mover's distance": shift,
    },
)

# %% [markdown]
# **Figure 2 · told apart, and measured.** From $s = 1$ on the left line is flat: the critic is
# perfect, and a fake at 1.1 is as bad as one at 4. The right line has the slope 1 everywhere:
# each step towards the real ones is worth something (Arjovsky, Chintala and Bottou 2017,
# example 1).
#
# ## From plans to critics
#
# In 784 dimensions nobody can try all plans. A theorem of Kantorovich and Rubinstein turns the
# problem round. Give every place $x$ a score $f(x)$ that never changes faster than you walk,
#
# $$|f(x) - f(y)| \le \lVert x - y \rVert \qquad \text{(slope at most 1)}.$$
#
# Then the gain of moving all earth uphill can be no more than the way; and the best such $f$
# reaches it:
#
# $$W(p_\text{real}, p_\text{fake}) = \max_{\text{slope of } f \,\le\, 1}\;
#   \mathbb{E}_{x \sim \text{real}}[f(x)] - \mathbb{E}_{x \sim \text{fake}}[f(x)] .$$
#
# That $f$ is the new critic. Its **score** is no logit: there is no sigmoid, no label, and no
# probability. Only differences of scores mean something: they are a distance.
#
# ## Exercise 1 · `wasserstein_critic_loss`
#
# *difficulty ●○○○ · about 3 minutes · about 1 line*
#
# The critic wants the difference large. Optimisers minimise.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Two means and a sign.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# A good critic gives real images high scores and fakes low ones. For that critic, your number
# has to be small, far below zero even.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Mean over the fakes minus mean over the real ones. Take each mean on its own: there may be
# more of one than of the other.
#
# </details>


# %% exercise="wasserstein_critic_loss"
def wasserstein_critic_loss(real_scores, fake_scores):
    """The critic's loss: how much higher fakes score than real images.

    Args:
        real_scores: scores of real images, (B,) or (B, 1), float.
        fake_scores: scores of fakes, (B',) or (B', 1), float.

    Returns:
        A scalar tensor of any sign, to be minimised; minus the distance at best.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return fake_scores.mean() - real_scores.mean()
    ### END SOLUTION


# %% check="wasserstein_critic_loss"
check("wasserstein_critic_loss", wasserstein_critic_loss)

# %% [markdown]
# ## Exercise 2 · `wasserstein_generator_loss`
#
# *difficulty ●○○○ · about 2 minutes · about 1 line*
#
# The generator wants to shrink the distance. Only one of the two means depends on it.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Which scores can the generator change?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# It wants its fakes to score high, and an optimiser makes numbers small.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# One mean, one sign.
#
# </details>


# %% exercise="wasserstein_generator_loss"
def wasserstein_generator_loss(fake_scores):
    """The generator's loss: its fakes are to score high.

    Args:
        fake_scores: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar tensor of any sign, to be minimised.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return -fake_scores.mean()
    ### END SOLUTION


# %% check="wasserstein_generator_loss"
check("wasserstein_generator_loss", wasserstein_generator_loss)

# %% [markdown]
# Try your loss on the heaps of figure 1, with the critic $f(x) = c\, x$.
#
# **Predict.** What is the loss for $c = 1$? And for $c = 100$?

# %%
guess_1, guess_100 = "?", "?"  # your predictions

print(f"you said {guess_1} and {guess_100}")
for c in (1, 10, 100):
    print(f"c = {c}: loss {wasserstein_critic_loss(c * real, c * fake):.1f}")

# %% [markdown]
# With slope 1 the loss is minus the distance you counted. With slope 100 it is a hundred times
# that: a critic that may be as steep as it likes has no lowest loss, and measures nothing.
# **The loss is the easy half. The rest of this lab is about the condition under the max.**
#
# ## First way: clip the weights
#
# If no weight is large, no slope is. After each of the critic's steps, cut every weight to
# $[-c, c]$ (Arjovsky et al. 2017, algorithm 1).
#
# ## Exercise 3 · `clip_weights`
#
# *difficulty ●●○○ · about 6 minutes · about 3 lines*
#
# Cut them **in place**: the optimiser holds these very tensors. And cut *parameters* only.
# BatchNorm also keeps running means; those are measurements, not weights.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# A module can list its parameters for you, those of all its layers included.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Torch functions whose names end in `_` work in place; one of them cuts on both sides. And
# autograd must not follow this change.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Inside `with torch.no_grad():` loop over `critic.parameters()`, and call `clamp_` with the
# lower and the upper end.
#
# </details>


# %% exercise="clip_weights"
def clip_weights(critic, limit):
    """Cut every parameter of the critic to [-limit, limit], in place.

    Args:
        critic: any module. Its buffers (BatchNorm's running means) stay as they are.
        limit: a number above 0.
    """
    # about 3 lines
    ### BEGIN SOLUTION
    with torch.no_grad():
        for weight in critic.parameters():
            weight.clamp_(-limit, limit)
    ### END SOLUTION


# %% check="clip_weights"
check("clip_weights", clip_weights)

# %% [markdown]
# Now train a critic with your loss and your clipping. The crowds are two heaps of points,
# 2.4 apart.
#
# **Predict.** Which share of its weights will lie exactly at the limit, 0.1 or −0.1?


# %%
def teach(loss, penalty=lambda *_: 0.0, limit=None, steps=300):
    torch.manual_seed(0)
    critic = toy.ToyCritic()
    optimizer = torch.optim.Adam(critic.parameters(), lr=2e-3, betas=(0.5, 0.9))
    for _ in range(steps):
        real = torch.tensor([1.2, 0]) + 0.15 * torch.randn(128, 2)
        fake = torch.tensor([-1.2, 0]) + 0.15 * torch.randn(128, 2)
        value = loss(critic(real), critic(fake)) + penalty(critic, real, fake)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        if limit is not None:
            clip_weights(critic, limit)
    return critic


# %%
guess_share = "?"  # your prediction, in per cent

clipped = teach(wasserstein_critic_loss, limit=0.1)
layers = [layer for layer in clipped if hasattr(layer, "weight")]
names = ("first layer", "second layer", "last layer")
print(f"you said {guess_share}")
show.weight_piles({n: layer.weight for n, layer in zip(names, layers)}, limit=0.1)

# %% [markdown]
# **Figure 3 · two piles.** The critic wants to be steep and the limit forbids it, so it pushes
# weight after weight to the wall. Most of what 4 000 weights could express is gone; what is
# left is close to a straight ramp. And the limit itself is a guess: too low and the gradient
# dies layer by layer, too high and the critic takes ages to get there. The authors call it a
# terrible way themselves, and ask their readers for a better one.
#
# ## Second way: a price on the slope
#
# Gulrajani et al. (2017) leave the weights alone and put a price on the slope. The best critic
# has slope 1 on the lines along which earth is moved (their Proposition 1). So: for each pair
# of a real image and a fake, go to a random place between them,
#
# $$\hat x = \alpha\, x_\text{real} + (1 - \alpha)\, x_\text{fake} , \qquad
#   \alpha \sim \mathcal U(0, 1) \text{, one for each pair},$$
#
# and let the critic pay for every slope other than 1:
#
# $$\text{penalty} = \mathbb{E}\big[ (\lVert \nabla_{\hat x} f(\hat x) \rVert - 1)^2 \big] .$$
#
# ## A gradient as a number to work with
#
# Until now gradients went into `.grad` and from there to the optimiser. Here the gradient *is
# part of the loss*: it has to be differentiated once more.
#
# **Predict.** $f(x) = w\, x^2$ with $w = 3$, at $x = 2$. What is $\partial f / \partial x$? And
# how does that slope change with $w$: what is $\partial^2 f / \partial x\, \partial w$?

# %%
guess_slope, guess_change = "?", "?"  # your predictions

w = torch.tensor(3.0, requires_grad=True)
x = torch.tensor(2.0, requires_grad=True)
(slope,) = autograd.grad(w * x**2, x, create_graph=True)
(change,) = autograd.grad(slope, w)
print(f"you said {guess_slope}, {guess_change}; it is {slope:.0f}, {change:.0f}")

# %% [markdown]
# `autograd.grad` returns the gradients and leaves every `.grad` alone. Take `create_graph=True`
# out and run the cell again: now `slope` is a bare number that has forgotten where it came
# from, and the second call fails. In a penalty nothing fails: it becomes a constant, and a
# constant teaches nobody.
#
# ## Exercise 4 · `gradient_penalty`
#
# *difficulty ●●●○ · about 15 minutes · about 8 lines*
#
# It is to work for points (B, 2) and for images (B, C, H, W).
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Three steps: the places, the slopes there, the price. Print the shape after each of them. How
# many slopes are there for a batch of B pairs?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# One random number for each pair, in a shape that stretches over all other axes: (B, 1) for
# points, (B, 1, 1, 1) for images. The gradient of the *sum* of all scores with respect to the
# places holds each image's own gradient, since no score depends on another image. A slope is
# the length of *all* numbers of one image's gradient.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `torch.rand(len(real), *[1] * (real.dim() - 1))` has the shape for the shares. The mixture
# needs `requires_grad_()` before the critic sees it. Then `autograd.grad` as above, take the
# first of its results, `flatten(1)`, `norm(dim=1)`, subtract 1, square, average.
#
# </details>


# %% exercise="gradient_penalty"
def gradient_penalty(critic, real, fake):
    """The price of slopes other than 1, at random places between real and fake.

    Args:
        critic: (B, …) → scores (B,) or (B, 1).
        real: points (B, 2) or images (B, C, H, W).
        fake: as many fakes, of the same shape.

    Returns:
        The mean of (length of the gradient − 1)², a scalar tensor that backward() can
        follow into the critic's weights.
    """
    # about 8 lines
    ### BEGIN SOLUTION
    alpha = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device)
    between = alpha * real + (1 - alpha) * fake
    between.requires_grad_()
    scores = critic(between)
    gradients = autograd.grad(scores.sum(), between, create_graph=True)[0]
    slopes = gradients.flatten(1).norm(dim=1)
    return ((slopes - 1) ** 2).mean()
    ### END SOLUTION


# %% check="gradient_penalty"
check("gradient_penalty", gradient_penalty)

# %% [markdown]
# ## What the score means now
#
# Teach two critics on the same heaps, 2.4 apart: one with lab 04's loss, one with your loss
# and ten times your penalty, as in the paper. Each once for 150 steps, and once for 600.
#
# **Predict.** How far apart are the mean scores of the two heaps, for each of the four? What
# would you expect of longer training?

# %%
guess_old, guess_new = "?", "?"  # your predictions, two numbers each


def ten_penalties(critic, real, fake):
    return 10 * gradient_penalty(critic, real, fake)


x = torch.linspace(-2.2, 2.2, 89)
line = torch.stack([x, torch.zeros(89)], 1)
lines = {"real or fake (lab 04)": {}, "how far (yours)": {}}
for steps in (150, 600):
    old = teach(critic_loss, steps=steps)
    new = teach(wasserstein_critic_loss, ten_penalties, steps=steps)
    lines["real or fake (lab 04)"][f"{steps} steps"] = old(line)
    lines["how far (yours)"][f"{steps} steps"] = new(line)
print(f"you said {guess_old} and {guess_new}")
show.score_lines(x, lines, crowds=(-1.2, 1.2))

# %% [markdown]
# **Figure 4 · one of them measures.** The critic of lab 04 gets surer and surer: its scores
# drift apart for as long as you train, and tell how long that was. Your critic finds its slope
# and stays there: real minus fake is 2.7, in the units of the plane. You may train it to the
# end at every step: the better it is, the better it measures.
#
# Why 2.7 and not 2.4? A price can be paid. Over a distance $d$, the slope $g$ earns $g\,d$ and
# costs $\lambda (g - 1)^2$; the best is $g = 1 + d / (2 \lambda)$, here 1.12 for $\lambda = 10$.
#
# ## The ring, and a strong critic
#
# Now all of it together, on the ring of lab 01, under conditions that are hard for lab 04's
# loss: the critic is strong. It makes five steps for each of the generator's and learns four
# times as fast. (The penalty's weight is 1 here: steeper critics are quicker teachers.) Networks, optimisers and number of steps are the same for all three rows. A
# mode counts as found when it has at least a quarter of its fair share of good fakes.
#
# **Predict.** How many of the eight modes does each of them find?


# %%
@functools.cache  # trained at the first call; run this cell again after changes
def race():
    conditions = {"steps": 400, "critic_steps": 5, "lr": (4e-3, 1e-3), "frames": 4}
    players = wasserstein_critic_loss, wasserstein_generator_loss
    penalised = Objective(*players, penalty=gradient_penalty)
    return (
        toy.train_points("ring", penalised, **conditions),
        toy.train_points(
            "ring",
            Objective(*players),
            after_critic=lambda c: clip_weights(c, 0.3),
            **conditions,
        ),
        toy.train_points("ring", "vanilla", **conditions),
    )


# %%
guess_vanilla, guess_clip, guess_penalty = "?", "?", "?"  # your predictions

by_penalty, by_clipping, vanilla = race()
print(f"you said {guess_vanilla}, {guess_clip} and {guess_penalty}")
runs = {
    "real or fake": (vanilla.frames, True),
    "how far, clipped": (by_clipping.frames, False),
    "how far, penalty": (by_penalty.frames, False),
}
show.toy_rows(runs, vanilla.real, toy.centres("ring"))

# %% [markdown]
# **Figure 5 · modes lost and found.** In the first row the critic calls the empty modes
# real, and rightly so: they lie on green ground. But that ground ends in a cliff, and behind it
# there is no slope towards them: whoever sits elsewhere stays there. In the last row the ground rises towards wherever earth is missing, from far
# away; the lines are heights of the score, as on a map. The clipped critic sees in the right
# direction too, but coarsely, and it is late.
#
# Be fair to the loser: with a slower critic, one step each, lab 04's loss finds all eight as
# well (figure 1 of lab 01). The Wasserstein critic does not win every race. It takes away the
# need to keep the two players in balance.
#
# ## A loss you can read
#
# In lab 04 you learnt not to trust a falling loss. Minus your critic's loss is an estimate of a
# distance.
#
# **Predict.** Sketch both curves over the 400 steps: lab 04's critic loss, and minus yours.

# %%
guess_curves = "?"  # your prediction, in words

by_penalty, by_clipping, vanilla = race()
print(f"you said: {guess_curves}")
show.meters(
    {
        "critic_loss, real or fake": vanilla.history["critic_loss"],
        "− your critic's loss, penalty": [
            -loss for loss in by_penalty.history["critic_loss"]
        ],
    }
)

# %% [markdown]
# **Figure 6 · two meters.** From the middle to the ring it is 1.5. The right curve starts
# above that, since with $\lambda = 1$ slopes beyond 1 are cheap, and falls as the fakes arrive.
# The left curve says who is ahead. One caution: the meter belongs to this critic and this
# penalty. Compare a run with itself, not with a run of other settings.

# %% [markdown] written="08_strong" points=2
# **In your words (2 points).** Why may a Wasserstein critic be trained to its best at every
# step, while the critic of lab 04 must not get too far ahead? Use figures 2 and 4. Three to
# five sentences.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for each of the two critics, with its figure.*
#
# - Lab 04: once the crowds can be told apart, its best loss is the same however far apart
#   they are (figure 2, flat part), its scores only drift apart with training (figure 4), and
#   its slope no longer says where to go or how far it is; the minimax gradient vanishes.
# - Wasserstein: with slope at most 1 there is a best critic whose score difference is the
#   distance (figure 4: about 2.7 after 150 and after 600 steps). Nearer to the best means a better estimate
#   and a slope of about 1 at the fakes, however far away they are.
# <!-- END SOLUTION -->

# %% [markdown] written="08_batchnorm" points=2
# **In your words (2 points).** Gulrajani et al. say: no BatchNorm in a critic with gradient
# penalty. Your `gradient_penalty` takes the gradient of the *sum* of scores (hint 2). What goes
# wrong there if BatchNorm mixes the images of a batch? And which of your four functions would
# run all the same, without any error?
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the first, 1 point for the second.*
#
# - With BatchNorm a score depends on all images of the batch. The gradient of the sum with
#   respect to one image then contains its influence on the other images' scores: it is not
#   the slope of one score any more, and the penalty is about a function of whole batches.
# - All four run: nothing in torch complains. The result is a wrong number.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Do you agree?
#
# <details><summary>"The critic's loss is negative, so there is a bug."</summary>
#
# A negative loss is the normal case: real images score higher than fakes. Below zero was
# impossible for the cross-entropies of lab 04; here it is minus a distance.
#
# </details>
# <details><summary>"A Wasserstein GAN cannot lose modes."</summary>
#
# It can: with a critic too weak or too slow to measure. Run figure 5's last row with
# `critic_steps=1, lr=1e-3`.
#
# </details>
# <details><summary>"The gradient penalty makes the slope 1 everywhere."</summary>
#
# Between the crowds, and on average. Nobody looks elsewhere, and the penalty is a price, not a
# wall.
#
# </details>
#
# ## What to try next
#
# - Clip at 0.02 and at 1 in figure 5. Which one fails how?
# - Take `penalty=ten_penalties` in figure 5, the paper's weight for images. What becomes of
#   the third row, and of figure 6?
# - Punish only slopes above 1 (Petzka et al. 2018). Does figure 4 change?
# - All of it on pictures: `labkit train digits --loss wgan-gp` in a terminal, beside
#   `--loss vanilla`.
#
# ## Read on
#
# - Arjovsky, Chintala and Bottou 2017, *Wasserstein GAN*, arXiv 1701.07875: example 1,
#   algorithm 1, figure 2.
# - Gulrajani et al. 2017, *Improved Training of Wasserstein GANs*, arXiv 1704.00028: section 3
#   on what clipping does, equation 3, Proposition 1.
# - Peyré and Cuturi 2019, *Computational Optimal Transport*, arXiv 1803.00567: chapter 2, and
#   section 2.6 for the line.
# - Lucic et al. 2018, *Are GANs Created Equal?*, arXiv 1711.10337: with enough tuning, many
#   losses end up close to each other.
#
# **Next: lab 09.** You have counted modes by eye and by distance. How is that done for images?
