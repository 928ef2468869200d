# %% [markdown]
# # 04 · Losses: what a mistake costs
#
# A critic gives every image a score, the logit. This lab puts a price on the score: what
# the critic pays when it is wrong, and what the generator pays when it is caught. The
# formulas are short. Which one you choose, and how you compute it, decides whether a GAN
# learns anything at all.
#
# **After this lab you can**
#
# - derive both players' losses from the one game they play, and say what guessing costs;
# - compute them on logits, where the textbook formula gives `inf`;
# - explain why the generator does not minimise what the first paper wrote down, and what
#   smoothed labels do to the critic.
#
# > **Time card** · about 45 minutes · you write about 7 lines · trains nothing: every cell
# > answers within seconds

# %%
import math

import torch
from torch.nn import functional as F

from labkit import show
from labkit.checks import check

# %%
logits = torch.linspace(-6, 6, 121)
D = torch.sigmoid(logits)  # from any number to a probability
show.price_list(logits, real=-torch.log(D), fake=-torch.log(1 - D))

# %% [markdown]
# **Figure 1 · the price list.** The critic's logit $x$ is any number; the sigmoid
# $D = \sigma(x) = 1/(1 + e^{-x})$ turns it into the probability, in the critic's opinion,
# that the image is real. A real image costs the critic $-\log D$, a fake $-\log(1 - D)$.
# Being right and sure is free. Being wrong costs about as much as the critic was sure.
#
# ## Where the prices come from
#
# Goodfellow et al. (2014, equation 1) write the whole game as one number, the value
#
# $$\min_G \max_D\; V(D, G) = \mathbb{E}_{x}\big[\log D(x)\big]
#   + \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big] .$$
#
# The critic wants it large. Its best is $V = 0$: probability 1 for every real image $x$,
# 0 for every fake $G(z)$. Optimisers minimise, so turn the sign, and take the mean of the
# two halves:
#
# $$L_\text{critic} = \tfrac12 \Big( \mathbb{E}_{x}\big[-\log D(x)\big]
#   + \mathbb{E}_{z}\big[-\log\big(1 - D(G(z))\big)\big] \Big) .$$
#
# You have met this as *binary cross-entropy*: label 1 for real images, label 0 for fakes.
#
# **Predict.** A critic has no idea and gives everything the logit 0. What is its
# loss? Put your number in place of the question mark, then run the cell.

# %%
guess_loss = "?"  # your prediction

D = torch.sigmoid(torch.zeros(8))  # eight images, logit 0 for each
loss = (-torch.log(D).mean() - torch.log(1 - D).mean()) / 2
print(f"you said {guess_loss}, it pays {loss:.4f}; ln 2 is {math.log(2):.4f}")

# %% [markdown]
# Keep **0.693** in mind: it is the dotted line in every loss curve of this course. A
# critic below it knows something; a critic above it is worse than one that shrugs.
#
# ## Where the logarithm breaks
#
# A critic that finds its fakes easy pushes the scores further and further out. In float32
# $\sigma(-200)$ is exactly 0, and its logarithm is $-\infty$. The way out is algebra:
#
# $$-\log \sigma(x) = \log(1 + e^{-x}) = \max(-x, 0) + \log\big(1 + e^{-|x|}\big) .$$
#
# On the right nothing can overflow, because $e^{-|x|}$ is never above 1. The function
# $\log(1 + e^{x})$ is called *softplus*. Torch has this algebra inside every function that
# takes **logits** instead of probabilities.
#
# **Predict.** The naive formulas break at some logit: the price of a real image on
# the left side, that of a fake on the right side. Which one breaks nearer to 0?

# %%
guess_first = "?"  # your prediction: "real" or "fake"


def price(x):  # log(1 + e^x), as torch does it
    return x.clamp(min=0) + torch.log1p(torch.exp(-x.abs()))


x = torch.linspace(-200, 200, 401)
D = torch.sigmoid(x)
print(f"you said: {guess_first}")
show.overflow(x, real=(-torch.log(D), price(-x)), fake=(-torch.log(1 - D), price(x)))

# %% [markdown]
# **Figure 2 · where the naive prices end.** A probability near 0 can be tiny, $10^{-38}$
# and less: the left curve lasts long. A probability near 1 cannot be told from 1 once the
# difference is below $6 \cdot 10^{-8}$: there $1 - D$ is exactly 0, from a logit of only 17
# on. A critic that is winning gets there.
#
# The value is not the worst of it. Look at the gradient:

# %%
x = torch.tensor(-200.0, requires_grad=True)  # one real image, badly misjudged
bill = -torch.log(torch.sigmoid(x))
bill.backward()
print(f"price {bill.item()}, gradient {x.grad.item()}")

# %% [markdown]
# One `nan` reaches every weight of the critic in a single update, and nothing ever makes
# it a number again. So: **the critic returns logits, and the loss takes logits.**
#
# ## Exercise 1 · `critic_loss`
#
# *difficulty ●●○○ · about 8 minutes · about 5 lines*
#
# Write the critic's loss: the mean of the two mean cross-entropies, computed on logits.
# `smoothing` lowers the label of the real images to `1 - smoothing`; why anyone would do
# that is the last part of this lab. With `smoothing=0.0` the labels are 1 and 0.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Two crowds of images, two labels, two means. Handle the crowds one after the other: there
# may be more of one than of the other.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Torch's functional module has a binary cross-entropy whose name ends in `_with_logits`.
# It wants a label for every logit, of the same shape and dtype.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `torch.full_like(a, value)` makes a tensor shaped like `a`, filled with `value`. You need
# one for the real labels and one for the fake labels; then two losses, each a mean
# already; then half of their sum.
#
# </details>


# %% exercise="critic_loss"
def critic_loss(real_logits, fake_logits, smoothing=0.0):
    """Binary cross-entropy of the critic, on logits.

    Args:
        real_logits: scores of real images, (B,) or (B, 1), float.
        fake_logits: scores of fakes, (B',) or (B', 1), float.
        smoothing: real images get the label 1 - smoothing; fakes keep the label 0.

    Returns:
        The mean of the two mean cross-entropies: a scalar tensor, 0.693 for guessing.
    """
    # about 5 lines
    ### BEGIN SOLUTION
    real_labels = torch.full_like(real_logits, 1 - smoothing)
    fake_labels = torch.zeros_like(fake_logits)
    real = F.binary_cross_entropy_with_logits(real_logits, real_labels)
    fake = F.binary_cross_entropy_with_logits(fake_logits, fake_labels)
    return (real + fake) / 2
    ### END SOLUTION


# %% check="critic_loss"
check("critic_loss", critic_loss)

# %% [markdown]
# Now look at what you wrote. The next cell asks **your** function for 2 401 prices: every
# pair of a real image's logit and a fake's.

# %%
x = torch.linspace(-6, 6, 49)
losses = [[critic_loss(real, fake) for real in x.split(1)] for fake in x.split(1)]
show.critic_map(x, torch.tensor(losses))

# %% [markdown]
# **Figure 3 · your loss as a landscape.** Training the critic walks downhill here: real
# images to the right, fakes downwards. The corner at the bottom right is never reached,
# the ground keeps falling a little, so the logits keep growing.
#
# **What would change if…** you swapped the labels? The landscape turns over, and the critic
# learns with great success to call fakes real. And if you added the halves without
# dividing by two? Every number doubles: guessing costs $\ln 4 = 1.386$. Both conventions
# are in use; before you compare two curves, ask which one they follow.
#
# ## The sigmoid, twice
#
# Many critics on the web end in a sigmoid. Suppose yours did, and you gave its
# probabilities to your `critic_loss`, which takes them for logits.
#
# **Predict.** A critic that is always right gets surer and surer. Where does its
# loss go: to 0, to 0.5, to 0.69?

# %%
guess_end = "?"  # your prediction

sure = torch.linspace(0, 12, 61)  # the logit of a real image; a fake gets minus that
right = [critic_loss(s, -s) for s in sure.split(1)]
double = [critic_loss(torch.sigmoid(s), torch.sigmoid(-s)) for s in sure.split(1)]
print(f"you said {guess_end}, with two sigmoids it ends at {double[-1]:.3f}")
show.twice(sure, torch.stack(right), torch.stack(double))

# %% [markdown]
# **Figure 4 · a floor of 0.503.** Probabilities lie between 0 and 1. Taken for logits they
# can say no more than $\sigma(1) = 0.73$ for a real image, price 0.313, and
# $\sigma(0) = 0.5$ for a fake, price 0.693. The mean of these is 0.503 (their sum, 1.006).
#
# Nothing crashes and no warning appears; only the gradient is weak, for it now has to pass
# a sigmoid whose slope is at most 1/4. If a critic's loss refuses to fall below 0.503,
# count your sigmoids.
#
# ## The generator's bill
#
# Only the second half of $V$ depends on the generator, and the generator wants it small:
#
# $$L_\text{minimax} = \mathbb{E}_{z}\big[\log\big(1 - D(G(z))\big)\big] .$$
#
# This is the generator of the two-player game word for word: what one player wins, the
# other loses. It is never positive, and $-\ln 2$ when the critic guesses.
#
# ## Exercise 2 · `minimax_generator_loss`
#
# *difficulty ●○○○ · about 4 minutes · about 1 line*
#
# <details><summary>Hint 1 · a nudge</summary>
#
# $1 - \sigma(x)$ is the sigmoid of another number. Which one?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# $1 - \sigma(x) = \sigma(-x)$. You need the mean of $\log \sigma(-x)$, for logits of $\pm
# 200$ too.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Torch has $\log\sigma$ in one function, and softplus in another. Pick one, mind the sign
# inside and the sign outside, and take the mean.
#
# </details>


# %% exercise="minimax_generator_loss"
def minimax_generator_loss(fake_logits):
    """The generator's half of the value function: the mean of log(1 - D(G(z))).

    Args:
        fake_logits: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar tensor, at most 0; -0.693 when the critic is guessing.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return F.logsigmoid(-fake_logits).mean()
    ### END SOLUTION


# %% check="minimax_generator_loss"
check("minimax_generator_loss", minimax_generator_loss)

# %% [markdown]
# ## Exercise 3 · `generator_loss`
#
# *difficulty ●○○○ · about 4 minutes · about 1 line*
#
# A few paragraphs after equation 1 the paper changes its mind: instead of making
# $\log(1 - D)$ small, let the generator make $\log D$ large (Goodfellow et al. 2014,
# section 3):
#
# $$L_\text{generator} = \mathbb{E}_{z}\big[-\log D(G(z))\big] .$$
#
# Read it off figure 1: the generator pays for its fakes what the critic would pay if they
# were **real images**. It wants the label 1 for them.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# It is one of the two halves of your `critic_loss`, with other logits in it.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# $-\log\sigma(x)$ is the green curve of figure 1. The formula with softplus stands above
# figure 2.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Cross-entropy on logits with a label of ones, or softplus with the right sign inside. One
# function, one mean, nothing else.
#
# </details>


# %% exercise="generator_loss"
def generator_loss(fake_logits):
    """The non-saturating loss of the generator: the mean of -log D(G(z)).

    Args:
        fake_logits: scores of fakes, (B,) or (B, 1), float.

    Returns:
        A scalar tensor, at least 0; 0.693 when the critic is guessing.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return F.softplus(-fake_logits).mean()
    ### END SOLUTION


# %% check="generator_loss"
check("generator_loss", generator_loss)

# %% [markdown]
# ## Two losses, one direction
#
# Both losses fall when the fakes' logits rise: they agree on where to go. What they do not
# agree on is how loudly they say it. The gradient is what travels back through the critic
# into the generator, and it begins here:
#
# $$\frac{d}{dx}\log\big(1 - \sigma(x)\big) = -\sigma(x) , \qquad
#   \frac{d}{dx}\big(-\log \sigma(x)\big) = -\big(1 - \sigma(x)\big) .$$
#
# **Predict.** The critic is winning, and the fakes get the logit −10. How large is
# each gradient there, without its sign?

# %%
guess_minimax, guess_non_saturating = "?", "?"  # your predictions

x = torch.linspace(-12, 12, 97, requires_grad=True)


def trace(loss):  # value and slope at every logit, one fake at a time
    values = torch.stack([loss(one) for one in x.split(1)])
    (slopes,) = torch.autograd.grad(values.sum(), x)
    return values.detach(), slopes


print(f"you said {guess_minimax} and {guess_non_saturating}")
show.saturation(x, trace(minimax_generator_loss), trace(generator_loss))

# %% [markdown]
# **Figure 5 · the same direction, 22 000 times louder.** The right panel has a log scale.
# At logit −10, where a losing generator lives, your non-saturating loss speaks with 1.0 and
# the minimax loss with 0.000045. The minimax loss *saturates*: it is flat where the
# generator is bad, and steep where it has already won. The other one is loud when the
# generator needs help, and falls silent when it is good.
#
# ## Far away
#
# Does a whisper matter? Play a game so small that you can see all of it. Images are single
# numbers. Real ones are $\mathcal N(0, 1)$. The generator adds noise to its only weight,
# its *place*, and it starts at −8. The critic is fixed; it is the best one for this start,
# whose logit is the log of the ratio of the two densities (Goodfellow et al. 2014,
# Proposition 1):
#
# $$\log\frac{p_\text{real}(x)}{p_\text{fake}(x)} = \frac{(x+8)^2 - x^2}{2} = 8x + 32 .$$


# %%
def critic(x):
    return 8 * x + 32  # sure on both sides, undecided at -4


def journey(loss, steps=60):
    torch.manual_seed(0)
    place = torch.tensor(-8.0, requires_grad=True)  # all that this generator learns
    optimizer = torch.optim.SGD([place], lr=0.05)
    path = [place.item()]
    for _ in range(steps):
        optimizer.zero_grad()
        loss(critic(place + torch.randn(256))).backward()
        optimizer.step()
        path.append(place.item())
    return path


# %% [markdown]
# **Predict.** Where are the fakes after 60 steps, with each loss? The real numbers
# are at 0.

# %%
guess_minimax, guess_non_saturating = "?", "?"  # your predictions

paths = {
    "log(1 − D)": journey(minimax_generator_loss),
    "−log D": journey(generator_loss),
}
ends = [f"{path[-1]:.2f}" for path in paths.values()]
print(f"you said {guess_minimax} and {guess_non_saturating}, it is", *ends)
x = torch.linspace(-11, 3, 281)
show.chase(-8, critic(x), x, paths)

# %% [markdown]
# **Figure 6 · one learns, one does not.** Same start, same critic, same noise. The grey
# line has not moved in the second decimal. The purple one runs, then slows down near −2:
# this critic never saw fakes there, calls them real, and has nothing more to teach. In a
# GAN the critic now takes its turn. That is lab 05.
#
# **What would change if…** you took Adam instead of SGD? Try `torch.optim.Adam([place],
# lr=0.2)` in `journey`, for both losses, and give it 60 steps.
#
# <details><summary>What you see, and why</summary>
#
# Both move: Adam divides by the size of recent gradients, so a whisper becomes a full
# step. Then look at where the grey line ends. With the critic fixed, log(1 − D) has no
# lowest value, and it is loudest where the generator has won: the fakes run through the
# real numbers and out on the other side. And in a batch of images Adam scales their sum:
# the few fakes that already pass are loud, and drown all others.
#
# </details>

# %% [markdown] written="04_why_not_minimax" points=2
# **In your words (2 points).** A classmate says: "Both losses of the generator fall
# when D(G(z)) rises. They point the same way, so it cannot matter which one I take." What
# is right about that, what is wrong, and when during training would you notice? Use a
# number from figure 5. Three to five sentences.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the first two together, 1 point for the third with a
# number.*
#
# - Right: the sign of both gradients is the same at every logit; on a single image they
#   differ by a positive factor only.
# - Wrong: the size differs, and with it how fast the generator learns and which images of
#   a batch set the direction.
# - When: at the start (or whenever the critic wins), where D(G(z)) is near 0. At logit −10
#   the minimax gradient is 0.000045 against 1.0; the generator hardly moves.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Labels that are not quite 1
#
# Back to the critic. The green curve of figure 1 never stops falling: however sure the
# critic is, being surer still pays. Salimans et al. (2016, section 3.4) give the real
# images a label $\alpha$ a little below 1, *one-sided label smoothing*:
#
# $$-\alpha \log \sigma(x) - (1 - \alpha) \log\big(1 - \sigma(x)\big) .$$
#
# Its derivative with respect to $x$ is $\sigma(x) - \alpha$ (work it out: it takes two
# lines). So now there is a best logit, and being surer than that costs.
#
# **Predict.** For $\alpha = 0.9$, at which logit is the price lowest? And what
# happens with $\alpha = 1.1$, which no rule of Python forbids?

# %%
guess_logit = "?"  # your prediction

x = torch.linspace(-4, 8, 241)
free = torch.tensor([-200.0])  # a fake spotted so well that it costs nothing
prices = {
    label: torch.stack([2 * critic_loss(one, free, 1 - label) for one in x.split(1)])
    for label in (1, 0.9, 0.7, 1.1)
}
print(f"for label 0.9 you said {guess_logit}, it is {x[prices[0.9].argmin()]:.2f}")
show.smoothing(x, prices)

# %% [markdown]
# **Figure 7 · your loss with smoothed labels.** With label 0.9 the best opinion is
# $D = 0.9$, the logit $\ln(0.9/0.1) = 2.2$. The critic keeps its temper: however well it
# knows the real images, their logits have a reason to stop growing.
#
# Three curves stay above 0. The dotted one does not: 1.1 is no probability. Its price
# sinks below zero and never ends, and torch does not warn you.
#
# ## Why never the fakes?
#
# If a little modesty is good, why not give the fakes 0.1 instead of 0? At each point $x$
# the critic pays a mix of two cross-entropies, and the best answer to a mix is the mean of
# its labels, weighted by how many images of each kind lie there. With label $\alpha$ for
# real and $\beta$ for fake:
#
# $$D^*(x) = \frac{\alpha\, p_\text{real}(x) + \beta\, p_\text{fake}(x)}
#                 {p_\text{real}(x) + p_\text{fake}(x)} .$$
#
# **Predict.** Numbers again; the fakes are at −6. Does $\beta = 0.1$ pull the
# generator towards the real numbers more strongly, less strongly, or the same?

# %%
guess_pull = "?"  # your prediction: "more", "less" or "the same"

x = torch.linspace(-8, 3, 221)
real_share = torch.sigmoid(6 * x + 18)  # p_real / (p_real + p_fake)
kept = 0.9 * real_share
smoothed = 0.9 * real_share + 0.1 * (1 - real_share)
bills = {
    "real 0.9, fakes 0": -torch.log(kept),
    "real 0.9, fakes 0.1": -torch.log(smoothed),
}
print(f"you said: {guess_pull}")
show.smoothed_fakes(-6, x, bills)

# %% [markdown]
# **Figure 8 · a floor under bad fakes.** The lines are the generator's price $-\log D^*$.
# With $\beta = 0$ smoothing multiplies $D^*$ by 0.9 everywhere: the line moves up by 0.1
# and its slope stays. With $\beta = 0.1$ every fake is worth at least 0.1, wherever it is:
# the line is flat under the fakes, and a flat line pulls nobody. Smooth one side only.

# %% [markdown] written="04_below_zero" points=2
# **In your words (2 points).** A forum post: "My critic's loss went down to −0.25 and
# still falls. Great run?" What do you know about this person's labels, how do you know it,
# and what will the critic's logits do if the run goes on?
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the labels with a reason, 1 point for the logits.*
#
# - A label lies outside [0, 1] (above 1 for real images, say 1.1 from smoothing with the
#   wrong sign or random labels in 0.7…1.2; or below 0 for fakes). For labels in [0, 1]
#   every term is a positive number times −log of a probability, hence at least 0.
# - With such a label the loss has no lowest point (figure 7, dotted): logits grow without
#   bound, the critic gets as sure as it can, and training diverges sooner or later.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Do you agree?
#
# Decide for each sentence before you open the answer.
#
# <details><summary>"The critic's loss fell to 0.01, so training goes well."</summary>
#
# It goes well for the critic. At such a loss the fakes' logits are far to the left; figure
# 5 says what the generator hears there, with either loss. The critic of figure 6 had a
# loss of 0.00 at the start, and one of the two generators learnt nothing from it.
#
# </details>
# <details><summary>"A lower generator loss means better pictures."</summary>
#
# The loss is measured by a critic that changes all the time. The same pictures cost more
# once the critic has learnt something. Losses tell who is ahead, not how good both are.
#
# </details>
# <details><summary>"In the end the critic's loss must be 0.693."</summary>
#
# In theory, at the end of the game, when fakes and real images have the same distribution
# (Goodfellow et al. 2014, Theorem 1). Real runs stop long before: good pictures are made
# with the critic clearly ahead. You will see that in lab 05.
#
# </details>

# %% [markdown]
# ## What to try next
#
# - Let the critic of the number game answer: replace `critic(...)` in `journey` by the
#   best critic for the *present* place $m$, with logit $m^2/2 - m x$ (take
#   `m = place.item()`). How near do the fakes get to 0 now?
# - Start the generator at −2, against the best critic for that start, `2 * x + 2`. Does
#   the minimax loss still fail?
# - Draw figure 4 for the generator: with two sigmoids, what is the lowest value that your
#   `generator_loss` can reach?
# - Other prices for the same scores: least squares, $(x - 1)^2$ and $x^2$ (Mao et al.
#   2017), or the hinge, $\max(0, 1 - x)$ and $\max(0, 1 + x)$ (Lim and Ye 2017). Which of
#   them saturate for the critic? And for the generator?
#
# ## Read on
#
# - Goodfellow et al. 2014, *Generative Adversarial Nets*, arXiv 1406.2661: equation 1, the
#   last paragraph of section 3 (the generator's second loss), Proposition 1, Theorem 1.
# - Salimans et al. 2016, *Improved Techniques for Training GANs*, arXiv 1606.03498:
#   section 3.4, one-sided label smoothing, half a page.
# - Goodfellow 2016, *NIPS Tutorial: Generative Adversarial Networks*, arXiv 1701.00160:
#   section 3.2 on the cost functions, section 4.2 on smoothing.
# - Mao et al. 2017, *Least Squares GAN*, arXiv 1611.04076, and Lim and Ye 2017, *Geometric
#   GAN*, arXiv 1705.02894: figure 1 of the first, section 3 of the second.
#
# **Next: lab 05.** Your losses meet two networks, and the game begins.
