# %% [markdown]
# # 05 · Training: two players take turns
#
# You have a critic, a generator, and a price for every mistake. What is missing is the
# game: who moves when, who learns from what, and who must hold still. Two functions of
# five or six lines decide all of that. At the end of this hour they train a GAN, and you
# watch digits appear out of noise.
#
# **After this lab you can**
#
# - write one iteration of a GAN, and say for every line which gradients it touches;
# - read the curves of a run: both losses, D(x) and D(G(z)), and what they do not tell;
# - stop a run, go on with it, and find everything it left behind.
#
# > **Time card** · about 60 minutes · you write about 20 lines · trains about 40 seconds
# > (a minute or two on an older processor)

# %%
import copy
import time

import torch
from torch import nn

import labkit
from labkit import presets, show, widgets
from labkit.checks import check

digits = labkit.load("digits")
real = labkit.data.normalise(digits.images[:1])
fake = labkit.Generator(digits.image_shape)(torch.randn(8, 100))[:1]  # knows nothing
show.iteration(real, fake)

# %% [markdown]
# **Figure 1 · one iteration.** Grey arrows are computed forward. Pink arrows are gradients
# on their way back. Only the filled box changes its weights.
#
# This is Algorithm 1 of Goodfellow et al. (2014). It repeats: first $k$ steps for the
# critic, each with fresh real images $x$ and fresh $z$; then one step for the generator,
# with $z$ alone. The paper takes $k = 1$, and so do we: one batch of real images, one
# `critic_step`, one `generator_step`, next batch.
#
# Look at the lower row again before you go on. Where does the generator learn what a digit
# looks like? No real image is in sight. All it ever gets is the pink arrow that has come
# through the critic.
#
# ## Exercise 1 · `GAN`
#
# *difficulty ●●○○ · about 8 minutes · about 7 lines*
#
# Put both players into one module. Called with images, it scores those; called with a
# `batch_size`, it draws that many fakes from fresh $z$ and scores them. Either way it
# returns two things: the logits and the images they belong to.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Both cases end with the same line. They differ in where the images come from.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# A module finds the weights of whatever you store as an attribute of `self`, if that is a
# module itself. In `forward`, ask first whether `images` is `None`; if so, make some: $z$
# comes from `torch.randn`, and the generator tells you how long it is.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `torch.randn(batch_size, ...)` with the generator's `latent_dim`, through the generator,
# and call the result `images`. After the `if` you have images in both cases: return what
# the critic says of them, then a comma, then the images. (To be ready for a GPU, give
# `randn` the `device` of the generator's first weight.)
#
# </details>


# %% exercise="GAN"
class GAN(nn.Module):
    """Both players in one module.

    Args:
        critic: (B, C, H, W) -> logits.
        generator: (B, latent_dim) -> images (B, C, H, W); carries `latent_dim`.
    """

    def __init__(self, critic, generator):
        super().__init__()
        # about 2 lines
        ### BEGIN SOLUTION
        self.critic = critic
        self.generator = generator
        ### END SOLUTION

    def forward(self, images=None, batch_size=None):
        """Score the images given, or `batch_size` fakes drawn from fresh z of N(0, 1).

        Returns:
            (logits, images): the scores, and the images that were scored.
        """
        # about 5 lines
        ### BEGIN SOLUTION
        if images is None:
            device = next(self.generator.parameters()).device
            z = torch.randn(batch_size, self.generator.latent_dim, device=device)
            images = self.generator(z)
        return self.critic(images), images
        ### END SOLUTION


# %% check="GAN"
check("GAN", GAN)

# %% [markdown]
# **Predict.** Neither player has learnt anything yet. What does your critic say of eight
# real digits, and of eight fakes? Give two probabilities.

# %%
guess_real, guess_fake = "?", "?"  # your predictions

gan = GAN(*presets.build("fast", digits.image_shape))
real_logits, real = gan(labkit.data.normalise(digits.images[:8]))
fake_logits, fake = gan(batch_size=8)
print(f"you said D = {guess_real} for real images, {guess_fake} for fakes")
show.judged(torch.cat([real, fake]), torch.cat([real_logits, fake_logits]))

# %% [markdown]
# **Figure 2 · an honest shrug.** The number below each image is D. Everything lies
# around 0.5: the loss is near $\ln 2$, and whatever separates the rows is luck.
#
# ## What lies in `.grad`
#
# `backward()` has one habit on which every GAN bug of the next half hour is built: it
# walks back to **every** weight that took part, and **adds** to what already lies in
# `.grad`. Both losses go through both networks. So:
#
# **Predict.** You call `backward()` on the critic's loss, then on the generator's, and
# clear nothing in between. Compared with a clean one, is the gradient that now lies in the
# *generator* longer, shorter, or the same?

# %%
guess_length = "?"  # your prediction: "longer", "shorter" or "the same"


def lengths(*networks):  # of the gradient that lies in each network
    weights = [list(network.parameters()) for network in networks]
    norms = [nn.utils.get_total_norm([w.grad for w in ws]) for ws in weights]
    return [round(float(norm), 2) for norm in norms]


critic, generator = players = presets.build("fast", digits.image_shape)
batch, z = next(digits.batches(64)), torch.randn(64, generator.latent_dim)
labkit.critic_loss(critic(batch), critic(generator(z))).backward()
moments = {"the critic's loss,\nbackward()": lengths(*players)}
labkit.generator_loss(critic(generator(z))).backward()
moments["then the generator's,\nbackward()"] = lengths(*players)
print("lengths of .grad, (critic, generator):", *moments.values(), sep="\n")

# %%
for player in players:
    player.zero_grad()
labkit.generator_loss(critic(generator(z))).backward()
moments["the generator's alone,\nall cleared before"] = lengths(*players)
print(f"you said: {guess_length}")
show.gradient_sizes(moments)

# %% [markdown]
# **Figure 3 · leftovers.** Three things to see.
#
# - *First pair:* the critic's loss has left a gradient in the generator. Nobody asked for
#   it, and computing it cost a walk back through the whole generator. `.detach()` on the
#   fakes cuts the path: same images, no history.
# - *Second pair against third:* with that leftover inside, the generator's gradient is
#   about **half** of what it should be. The critic wants its logits of fakes down, the
#   generator wants them up, and here the two wishes have been added.
# - *Third pair:* the generator's loss fills the critic's `.grad` too. It has to pass
#   through the critic, so there is no cutting here. Clear it before the critic's next turn.
#
# That last line is the trap. For a classifier it does not matter whether you call
# `zero_grad()` before `backward()` or after `step()`. In a GAN the other player's
# `backward()` comes in between. **Clear your gradients in your own step, right before
# `backward()`.**
#
# ## Two optimisers
#
# Each player gets an Adam (Kingma and Ba 2015) over its own weights and no others: a
# `step()` moves every weight the optimiser was given. Adam does not follow the gradient
# $g$ itself, it follows a running mean of it,
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g ,$$
#
# divided by the gradient's usual size. With the usual $\beta_1 = 0.9$ it remembers about
# ten steps. But your opponent learns too, and what was right ten steps ago may be wrong
# now. Radford et al. (2016, section 4) saw training oscillate with 0.9 and took **0.5**.
#
# ## Exercise 2 · `make_optimizers`
#
# *difficulty ●○○○ · about 4 minutes · about 3 lines*
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Which weights may the critic's optimiser touch? Which must it never touch?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# An optimiser is told at birth which weights are its own: a network lists them with
# `parameters()`.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `torch.optim.Adam` takes the weights, then `lr` and `betas`. Make two, hand on both
# arguments to each, and return them in the order of the docstring.
#
# </details>


# %% exercise="make_optimizers"
def make_optimizers(critic, generator, lr=2e-4, betas=(0.5, 0.999)):
    """Give each player an Adam optimiser of its own (Radford et al. 2016, section 4).

    Args:
        critic, generator: the two networks.
        lr: learning rate of both.
        betas: how much of the past Adam remembers, (of gradients, of their squares).

    Returns:
        (opt_critic, opt_generator)
    """
    # about 3 lines
    ### BEGIN SOLUTION
    opt_critic = torch.optim.Adam(critic.parameters(), lr=lr, betas=betas)
    opt_generator = torch.optim.Adam(generator.parameters(), lr=lr, betas=betas)
    return opt_critic, opt_generator
    ### END SOLUTION


# %% check="make_optimizers"
check("make_optimizers", make_optimizers)

# %% [markdown]
# Here is one weight, driven by **your** optimiser. For 20 steps the gradient is +1, then
# it turns to −1, as it does when the opponent has changed its mind.
#
# **Predict.** How many steps too far does the weight run with $\beta_1 = 0.9$? With 0.5?

# %%
guess_09, guess_05 = "?", "?"  # your predictions


def ride(beta):
    player = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(player.weight)
    optimizer, _ = make_optimizers(player, nn.Linear(1, 1), lr=0.1, betas=(beta, 0.999))
    path = []
    for step in range(40):
        player.weight.grad = torch.full((1, 1), 1.0 if step < 20 else -1.0)
        optimizer.step()
        path.append(player.weight.item())
    return path


print(f"you said {guess_09} steps for 0.9 and {guess_05} for 0.5")
show.turnaround({"β₁ = 0.5": ride(0.5), "β₁ = 0.9": ride(0.9)}, turn=20)

# %% [markdown]
# **Figure 4 · how long Adam looks back.** Overshooting is harmless on the way to a fixed
# goal. In a game the other player answers the overshoot, and overshoots in turn.
#
# ## Exercise 3 · `critic_step`
#
# *difficulty ●●●○ · about 12 minutes · about 6 lines*
#
# The upper row of figure 1, on one batch. Use `labkit.critic_loss`, which is what you wrote
# in lab 04. Return the loss from *before* the update, so that it can be drawn.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Say it in five verbs: draw, judge, clear, walk back, step. Which of them need the
# generator?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# The fakes are input here, like the real images: cut them off from the generator before
# the critic sees them. Then three calls, in the only order that survives figure 3.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Fakes: the generator on `z`, then `.detach()`. Loss: `labkit.critic_loss` of the critic on
# `real` and the critic on the fakes. Then, on the right objects: `zero_grad`, `backward`,
# `step`. For the return value `.detach()` once more, so that nobody keeps the graph alive.
#
# </details>


# %% exercise="critic_step"
def critic_step(critic, generator, opt_critic, real, z):
    """Teach the critic, on one batch, to tell real images from fakes.

    Args:
        critic, generator: the players; the generator is left as it is.
        opt_critic: optimiser over the critic's weights.
        real: real images (B, C, H, W) in [-1, 1].
        z: latent vectors (B, latent_dim) from N(0, 1).

    Returns:
        The critic's loss from before the update, a single number.
    """
    # about 6 lines
    ### BEGIN SOLUTION
    fake = generator(z).detach()
    loss = labkit.critic_loss(critic(real), critic(fake))
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss.detach()
    ### END SOLUTION


# %% check="critic_step"
check("critic_step", critic_step)

# %% [markdown]
# Now let the critic move alone: 20 of **your** steps against a generator that holds still.
#
# **Predict.** What share of all images does it get right afterwards?

# %%
guess_share = "?"  # your prediction

critic, generator = presets.build("fast", digits.image_shape)
opt_critic, _ = labkit.make_optimizers(critic, generator, lr=1e-3)
real, z = next(digits.batches(64, seed=1)), torch.randn(64, generator.latent_dim)
said = {"before": (critic(real), critic(generator(z)))}
for _, batch in zip(range(20), digits.batches(64)):
    critic_step(critic, generator, opt_critic, batch, torch.randn_like(z))
said["after 20 critic steps"] = critic(real), critic(generator(z))
print(f"you said {guess_share}")
show.opinions(said)

# %% [markdown]
# **Figure 5 · an easy win.** Noise against digits is not a hard question. After 20 steps the
# two crowds have parted, and D is certain on both sides. A generator that faces such a
# critic had better not use the saturating loss.
#
# ## Exercise 4 · `generator_step`
#
# *difficulty ●●○○ · about 8 minutes · about 5 lines*
#
# The lower row of figure 1. Use `labkit.generator_loss`. The critic lends its gradient and
# stays as it is.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# The same five verbs, for the other player. One thing from `critic_step` must *not* be
# here. Which?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Follow the pink arrows: loss, critic, fake, generator. If anything cuts that chain, the
# generator learns nothing. And whose weights does `opt_generator` move?
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Loss: `labkit.generator_loss` of the critic on the generator on `z`, with no cut in
# between. Then `zero_grad`, `backward`, `step`, and return the loss without its graph.
#
# </details>


# %% exercise="generator_step"
def generator_step(critic, generator, opt_generator, z):
    """Teach the generator, on one batch, to be taken for real.

    Args:
        critic, generator: the players; the critic is left as it is.
        opt_generator: optimiser over the generator's weights.
        z: latent vectors (B, latent_dim) from N(0, 1).

    Returns:
        The generator's loss from before the update, a single number.
    """
    # about 5 lines
    ### BEGIN SOLUTION
    loss = labkit.generator_loss(critic(generator(z)))
    opt_generator.zero_grad()
    loss.backward()
    opt_generator.step()
    return loss.detach()
    ### END SOLUTION


# %% check="generator_step"
check("generator_step", generator_step)

# %% [markdown]
# And now the opposite: a critic that has had 20 steps is frozen, and **your** generator
# moves alone, 20 times.
#
# **Predict.** How high does D(G(z)) get? And what will the fakes look like?

# %%
guess_D, guess_look = "?", "?"  # your predictions

critic, generator = presets.build("fast", digits.image_shape)
opt_critic, opt_generator = labkit.make_optimizers(critic, generator, lr=1e-3)
z = torch.randn(64, generator.latent_dim)
for _, batch in zip(range(20), digits.batches(64)):
    labkit.critic_step(critic, generator, opt_critic, batch, torch.randn_like(z))
before = generator(z)
for _ in range(20):
    generator_step(critic, generator, opt_generator, torch.randn_like(z))
after = generator(z)
print(f"you said D(G(z)) = {guess_D}, and: {guess_look}")
pairs = torch.cat([before[:8], after[:8]])
show.judged(pairs, torch.cat([critic(before)[:8], critic(after)[:8]]))

# %% [markdown]
# **Figure 6 · taken for real.** Above before, below after. Twenty steps, and the critic is
# nearly certain that this grey cloth is a handwritten digit. A loss close to 0,
# and nothing learnt about digits: a fixed critic has holes, and a generator finds a hole
# sooner than it finds a digit. The critic must have its turn again, and again. That is why
# the two move in small steps, one after the other.
#
# ## Around your steps
#
# `labkit.train` calls your two functions, batch after batch. What it does around them:
#
# | what | why |
# |---|---|
# | gives both steps the same $z$ and draws its fakes once | a third of the work is saved; losses and gradients are the same |
# | computes in bfloat16, on images in `channels_last` order, where that is fast | several times the speed; the weights stay float32 |
# | keeps the learning rate for half of the run, then lets it fall to 0 | the pictures settle |
# | shows and saves a running *average* of the generator | see figure 11 |
# | draws the same 64 $z$ after every epoch | the film |
# | notes both losses, D(x) and D(G(z)) at every step | the curves |
# | writes a checkpoint after every epoch | you can stop and go on |
#
# A rehearsal first: 20 iterations with labkit's own steps, so that you know the screen.

# %%
critic, generator = presets.build("fast", digits.image_shape)
run = labkit.train(
    "digits",
    images=20 * 64,
    critic=critic,
    generator=generator,
    out=time.strftime("runs/%H%M%S-rehearsal"),
)
show.monitor(run)

# %% [markdown]
# **Figure 7 · after 20 iterations.** On the left the 64 fixed $z$. On the right, above, the
# losses: the dotted line is a critic that guesses. Below, D(x) and D(G(z)). Both pairs of
# curves drift apart at first: the critic learns faster.
#
# ## Your GAN
#
# Now the real thing: four epochs, 560 iterations, with **your** steps, under a monitor.
# The cell returns at once, and the training goes on beside it.
#
# **Predict.** Where will the critic's loss be at the end: near 0, near 0.69, or clearly in
# between? And will the generator's loss at the end be lower than after 100 steps?
#
# (If a check above is still red, `labkit.train` trains all the same, with a wrong step.
# You may want to see that once.)

# %%
guess_critic, guess_generator = "?", "?"  # your predictions

critic, generator = presets.build("fast", digits.image_shape)
monitor = widgets.Monitor(
    "digits",
    epochs=4,
    critic=critic,
    generator=generator,
    steps=(critic_step, generator_step),
    out=time.strftime("runs/%H%M%S-mine"),
)
monitor

# %% [markdown]
# **Figure 8 · your run, while it goes on.** *Pause* holds it after the present iteration,
# *Step* makes one more. With *Critic step* you can give one player an extra turn, and see
# what it does to D(x) and D(G(z)). The slider under the pictures goes back in time. Leave
# the learning rates and $k$ alone in this run: the questions below are about it as it is.
# In the next one, turn them up and watch who wins.
#
# Press *Resume* if you have paused. The next cell waits for the end; `await` lets the
# buttons answer meanwhile.

# %%
run = await monitor
print(f"you said: critic's loss {guess_critic}; generator's loss {guess_generator}")
show.losses(run.history)

# %%
show.film(run.film)

# %% [markdown]
# **Figure 9 · the losses, and the film** of the 64 fixed $z$. You made this: the generator
# began with noise, never saw a digit, and heard of them only through a critic that you
# taught in the same minute. (Still the rehearsal here? Then your training has not run yet.)
#
# Read the curves in this order. The critic's loss stays *below* $\ln 2$: it is ahead the
# whole time, and does not run away. In figure 8, D(x) stays above 0.5 and D(G(z)) below. In
# the second half, while the learning rate falls, the critic draws a little ahead. The faint
# lines jump from batch to batch; only the average of 20 steps says something.
#
# Then watch the film. Between step 100 and the end the pictures turn from blots into
# digits. What do the curves show in the same time?

# %% [markdown] written="05_curves" points=2
# **In your words (2 points).** From step 100 to the end the losses move little, and the
# pictures get much better. How can both be true? And what would it mean if the critic's
# loss did fall to 0? Three to five sentences, with two numbers from your own run.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the first, 1 point for the second; half off without numbers
# of the student's own run.*
#
# - A loss measures one player against the other. Both get better together, so the balance
#   stays (critic about 0.35 to 0.55, generator about 1.3 to 1.6), while the level of the
#   game rises: today's critic would spot the fakes of step 100 easily.
# - A critic's loss near 0 means that it wins every time: D(x) near 1, D(G(z)) near 0. It
#   says nothing good about the pictures; the generator gets hardly any usable gradient
#   (with the saturating loss none), and training has stalled or collapsed.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What does your critic think of them?
#
# Your `GAN`, with the players you have trained, draws 256 fakes and judges them itself.
# Here are the eight it believes most, and the eight it believes least.

# %%
gan = GAN(run.critic, run.generator)
with torch.no_grad():
    logits, fakes = gan(batch_size=256)
order = logits.flatten().argsort(descending=True)
chosen = torch.cat([order[:8], order[-8:]])
show.judged(fakes[chosen], logits.flatten()[chosen])

# %% [markdown]
# **Figure 10 · best and worst, in its opinion.** Do you agree with it? Where you do not,
# you know something about digits that it has not learnt in half a minute.
#
# ## Why an average?
#
# These fakes were not drawn by the generator of the last step, but by a running average of
# all recent ones (decay 0.997). To see why, let both play on for 24 iterations at the full
# learning rate, and watch one $z$: of 64, the one whose picture changes most. The average
# below it goes a tenth of the way to the newest weights at each step.

# %%
average, z = copy.deepcopy(generator), torch.randn(64, generator.latent_dim)
opt_critic, opt_generator = labkit.make_optimizers(critic, generator, lr=1e-3)
newest, smooth = [], []
for _, batch in zip(range(24), digits.batches(64, epoch=9)):
    labkit.critic_step(critic, generator, opt_critic, batch, torch.randn_like(z))
    labkit.generator_step(critic, generator, opt_generator, torch.randn_like(z))
    with torch.no_grad():
        for mine, latest in zip(average.parameters(), generator.parameters()):
            mine.lerp_(latest, 0.1)
        newest, smooth = [*newest, generator(z)], [*smooth, average(z)]
newest, smooth = torch.stack(newest[::2]), torch.stack(smooth[::2])  # (12, 64, 1, H, W)
most = newest.diff(dim=0).abs().sum((0, 2, 3, 4)).argmax()
show.rows({"newest weights": newest[:, most], "averaged": smooth[:, most]})

# %% [markdown]
# **Figure 11 · one z, twelve moments.** Two players who answer each other walk in circles
# around a good place; the mean of a circle is its middle. Averaging the weights changes
# nothing in the game, since the average never plays (Yazıcı et al. 2019).
#
# ## Stop, go on, find it again
#
# *Stop* in the monitor (or Ctrl-C in a terminal, or ■ where `labkit.train` runs) does not
# throw a run away: the loop finishes its step, saves, and gives back the run with
# `run.stopped = True`. ■ at a cell that waits for a monitor ends the waiting only. To go on
# where a run stopped, with the same batches and $z$ as if nothing had happened:
#
# ```python
# run = labkit.resume(run.folder, critic=critic, generator=generator,
#                     steps=(critic_step, generator_step), on_epoch=show.live())
# ```
#
# Without a notebook, in a terminal, with labkit's own steps:
#
# ```
# labkit train                              # digits, less than a minute
# labkit train fashion --seconds 60         # clothes
# labkit train --resume runs/fashion-1      # go on with a run that was stopped
# labkit generate runs/digits-1 --seed 7    # 64 new pictures
# ```
#
# A run given an `out` folder leaves everything there. Look into yours, and draw 16 new
# digits with nothing but the file in it:

# %%
for path in sorted(path for path in run.folder.iterdir() if path.is_file()):
    print(f"{path.name:24}{path.stat().st_size / 1000:8.0f} kB")
found = labkit.load_generator(run.folder)
show.grid(
    labkit.sample(found, 16, seed=7), alt="16 digits drawn by the saved generator"
)

# %% [markdown]
# | file | what for |
# |---|---|
# | `config.json` | every setting of the run |
# | `history.json` | the numbers behind the curves |
# | `samples.png`, `film.gif`, `frames/` | the fixed $z$: now, and over time |
# | `generator.safetensors` | the averaged generator; knows its own sizes |
# | `checkpoint.pt` | both players, both optimisers, all random states: for `resume` |
#
# ## Do you agree?
#
# Decide for each sentence before you open the answer.
#
# <details><summary>"The generator learns from the real images."</summary>
#
# Look for `real` in your `generator_step`. It learns from the critic's gradient only; the
# real images reach it as the critic's taste.
#
# </details>
# <details><summary>"Without detach in critic_step, the generator would be trained the wrong
# way."</summary>
#
# No: only `opt_critic` makes a step there. Without detach the generator's `.grad` fills
# with what figure 3 shows, at the price of a walk back through it; a `generator_step` that
# clears first never notices. Detach saves time, and saves you when someone forgets to
# clear.
#
# </details>
# <details><summary>"To draw samples, generator.eval() is always right."</summary>
#
# It is needed: in training mode BatchNorm makes every image depend on its neighbours in the
# batch. But the statistics that eval mode uses trail behind the weights, and in a run of a
# few hundred steps they can be stale. That is why labkit measures them anew before it
# draws.
#
# </details>
# <details><summary>"A smooth film shows that the generator has not memorised anything."</summary>
#
# It shows that it changes smoothly with time. Whether a fake is a copy is a question to the
# training set: lab 09 looks for the nearest real neighbour of every fake.
#
# </details>
#
# ## What to try next
#
# Change one thing, write down what you expect, train, compare. `labkit.train` takes all of
# these as arguments, and `widgets.Monitor` takes what `labkit.train` takes.
#
# | try | ask |
# |---|---|
# | `"fashion"` instead of `"digits"` | which clothes come first? what stays hard? |
# | `betas=(0.9, 0.999)` | which curve tells you, and how soon? |
# | `lr=1e-2`, then `lr=1e-5` | who wins, and what does the film show? |
# | `critic_steps=5` | is a stronger critic a better teacher? |
# | `preset="classic"` | 2.5 million weights with dropout: better after the same *time*? |
# | your `generator_step` with `labkit.minimax_generator_loss` | lab 04 says it may stall. Does it? |
# | your own `Critic` and `Generator` of labs 02 and 03 | `critic=`, `generator=` |
#
# ```python
# widgets.Monitor("fashion", epochs=4, steps=(critic_step, generator_step))
# ```
#
# ## Read on
#
# - Goodfellow et al. 2014, *Generative Adversarial Nets*, arXiv 1406.2661: Algorithm 1
#   and its caption, which says what $k$ is.
# - Radford, Metz and Chintala 2016, *Unsupervised Representation Learning with Deep
#   Convolutional GANs*, arXiv 1511.06434: section 4, half a page, every setting you met
#   here.
# - Kingma and Ba 2015, *Adam*, arXiv 1412.6980: Algorithm 1 and section 2.1.
# - Yazıcı et al. 2019, *The Unusual Effectiveness of Averaging in GAN Training*, arXiv
#   1806.04498: the abstract, and the samples with and without averaging.
# - Goodfellow 2016, *NIPS Tutorial*, arXiv 1701.00160: section 5.1, what non-convergence
#   looks like.
#
# **Next: lab 06.** Six real runs that went wrong, known only by their curves and films. You
# are the doctor.
