# %% [markdown]
# # 06 · Diagnosis: the bug clinic
#
# A classifier with a bug tells you: its accuracy is bad. A GAN with a bug goes on playing.
# Its losses are smooth, its numbers look like numbers, and now and then even the pictures
# are fine. In this hour you learn to read what a run shows of itself. Then six patients
# are waiting: six real runs, each with one bug, known only by their charts.
#
# **After this lab you can**
#
# - read D(x), D(G(z)), both losses and the film of a fixed z, and say what each rules out;
# - name eight common bugs of GANs by their symptoms;
# - examine a sick run in a fixed order, with the cheapest test first.
#
# > **Time card** · about 55 minutes · you write about 6 lines · trains about 10 seconds

# %%
import math

import torch

import labkit
from labkit import clinic, presets, show
from labkit.checks import check

healthy = clinic.load("healthy")
show.chart(healthy.history, healthy.film, healthy.frame_steps, "healthy")

# %% [markdown]
# **Figure 1 · a healthy run.** 300 iterations of the small pair of lab 05, half as wide, on
# the digits, with batches of 64. *Above:* the same 36 $z$, drawn at five moments. *Below
# left:* both losses; the dotted line is $\ln 2 = 0.69$, where a critic lands that guesses.
# *Below right:* what the critic says, as probabilities: D(x) of real images, D(G(z)) of
# fakes. Every iteration is drawn faintly; the strong lines are means over 20.
#
# Keep three things in mind, for they are what you will compare with. The curves part within
# ten steps: the critic finds a difference at once. Then they stay apart and **do not run
# away**: the critic is ahead, by a little, all the time. And the film moves from noise to
# blots to strokes, with 36 *different* pictures at every stage.
#
# ## Two landmarks
#
# Both losses are means of $-\ln$ of a probability:
#
# $$L_C = -\tfrac12\big(\ln D(x) + \ln(1 - D(G(z)))\big), \qquad L_G = -\ln D(G(z)) .$$
#
# So a pair of opinions gives a pair of losses, and you can read one off the other.
#
# **Predict.** What are the two losses of a critic that is right and sure, with D(x) = 0.99
# and D(G(z)) = 0.01? And of one that has everything upside down, 0.01 and 0.99?

# %%
guess_sure, guess_upside_down = "?", "?"  # your predictions: two losses each

opinions = {"guessing": (0.5, 0.5), "sure and right": (0.99, 0.01)}
opinions |= {"upside down": (0.01, 0.99), "ahead by a little": (0.63, 0.37)}
print(f"you said {guess_sure} and {guess_upside_down}\n")
print("                   D(x)  D(G(z))   critic's loss  generator's loss")
for name, (real, fake) in opinions.items():
    critic_loss = -(math.log(real) + math.log(1 - fake)) / 2
    generator_loss = -math.log(fake)
    print(f"{name:18}{real:5.2f}{fake:9.2f}{critic_loss:16.2f}{generator_loss:18.2f}")

# %% [markdown]
# The last row has the opinions of figure 1, at its end. The critic's loss there is a little
# higher, 0.52: a mean of logarithms is not the logarithm of a mean, and the few
# images that it gets badly wrong cost most.
#
# ## Is a falling loss a good sign?
#
# **Predict.** Look at the film in figure 1. At which of its five moments is the
# *generator's* loss lowest? And the critic's?

# %%
guess_generator, guess_critic = "?", "?"  # your predictions: 0, 20, 60, 150 or 300

named = {}
for step, frame in zip(healthy.frame_steps, healthy.film):
    near = slice(max(0, step - 10), step + 10)  # up to 20 iterations around the frame
    losses = [healthy.history[f"{who}_loss"][near] for who in ("critic", "generator")]
    critic_loss, generator_loss = (sum(loss) / len(loss) for loss in losses)
    named[f"step {step}: C {critic_loss:.2f}  G {generator_loss:.2f}"] = frame[:8]
print(f"you said: generator {guess_generator}, critic {guess_critic}")
show.rows(named)

# %% [markdown]
# **Figure 2 · losses beside pictures.** C is the critic's loss, G the generator's. The
# generator pays least at the very beginning, for noise. Then its loss *rises*, while the
# pictures get better; later it falls a bit, and they get better still. The critic pays
# least at step 20, when its opponent is weakest. A loss is the distance to an opponent who
# moves, too: it says who is ahead, and nothing about how good both are.
#
# ## Must D end at one half?
#
# In theory the game ends where fakes and real images cannot be told apart: D = 0.5
# everywhere (Goodfellow et al. 2014, section 4.1). People take that for a sign of success.
#
# **Predict.** In a healthy run, where are D(x) and D(G(z)) closest to 0.5: in the first
# iteration, in the middle, or in the last?

# %%
guess_when = "?"  # your prediction: "first", "middle" or "last"

print(f"you said: {guess_when}\n")
for name, part in {"first": slice(0, 1), "last 50": slice(-50, None)}.items():
    real, fake, after = (
        torch.tensor(healthy.history[key][part]).mean()
        for key in ("d_real", "d_fake", "d_fake_after")
    )
    print(f"{name:8} D(x) {real:.2f}   D(G(z)) {fake:.2f}, after its step {after:.2f}")

# %% [markdown]
# In the first iteration: a critic that knows nothing says 0.5 to everything, and both
# losses stand at $\ln 2$. D = 0.5 means that this critic sees no difference. It can be
# blind, or the fakes can be perfect, and the curve alone cannot say which. A real run ends
# with a critic that is a little ahead.
#
# The third number is D(G(z)) for the same fakes *after* the critic's step, the dotted line
# in figure 1. The critic pushes it down; the generator's step pushes it up again; and so
# on. As long as both push, there is a gap between the dashed line and the dotted one.
#
# ## Break one yourself
#
# Here is the `critic_step` of lab 05 with **one line disabled**. Everything else is in
# order.
#
# **Predict.** What do D(x) and D(G(z)) do? Which loss falls? What will the film show?

# %%
guess_D, guess_loss, guess_film = "?", "?", "?"  # your predictions


def critic_step(critic, generator, opt_critic, real, z):
    fake = generator(z).detach()
    loss = labkit.critic_loss(critic(real), critic(fake))
    opt_critic.zero_grad()
    loss.backward()
    # opt_critic.step()  # the line that is disabled
    return loss.detach()


steps = critic_step, labkit.generator_step
run = labkit.train(images=100 * 64, base_channels=32, ema=0.0, steps=steps)
print(f"you said: {guess_D}; {guess_loss}; {guess_film}")
show.chart(run.history, run.film)

# %% [markdown]
# **Figure 3 · a referee who is asleep.** The generator's loss falls, smoothly, for ever: the
# most beautiful curve of this lab. It has found a texture that a random network happens to
# like, and every fake becomes that texture. The signs: D(x) is *flat*, because the critic
# never changes its mind about real images; and the dotted line lies on the dashed one,
# because its step changes nothing.
#
# Mend the line, and break another. Each takes ten seconds. Write down what you expect.
#
# | break | ask |
# |---|---|
# | `critic_loss(critic(fake), critic(real))` | who is fooled, and who is pleased? |
# | `.sigmoid()` around both of the critic's answers | how low can the loss get? |
# | no `zero_grad` | how soon does it show? |
# | `real` replaced by `3 * real` | which one number gives a fake away? |
#
# ## The patients
#
# Six runs like figure 1: the same data, the same pair of networks, 300 iterations. In each
# of them **one** thing was done wrong, a different one each time. Bugs like these have been
# found in published code and in students' work. Here is the list you choose from. It is
# longer than six: not every name will be needed.
#
# | name | what was done |
# |---|---|
# | nothing is wrong | as in figure 1 |
# | labels swapped | the critic's loss calls real images 0 and fakes 1 |
# | real images out of range | real images have mean 0 and deviation 1: they lie in [−0.42, 2.82]; the generator ends in tanh |
# | generator never stepped | the generator's step has `generator(z).detach()` in it |
# | critic never stepped | figure 3 |
# | batchnorm weights around 0 | drawn from N(0, 0.02), where DCGAN's code has N(1, 0.02), in both networks |
# | critic too strong | a wider critic without BatchNorm; both learn at twice the rate, with β₁ = 0.9 |
# | gradients mixed | both steps call `zero_grad()` after `step()`, and not before `backward()` |
# | sigmoid twice | the critic ends in a sigmoid, and the loss applies another |
#
# Read each chart in the same order, and write a note before you scroll on:
#
# 1. **First frame.** Noise, or something else?
# 2. **Does the film move?** And are the 36 pictures different from each other?
# 3. **D(x).** Does this critic know what is real?
# 4. **D(G(z)).** Who wins? Is there a gap to the dotted line?
# 5. **Losses**, last of all: on which side of $\ln 2$?


# %%
def patient(letter):
    record = clinic.load(letter)
    return show.chart(record.history, record.film, record.frame_steps, f"run {letter}")


note_A = "?"  # what strikes you first?
patient("A")

# %% [markdown]
# **Run A.** Both losses go to 0: both players are content. With a classifier you would open
# a bottle. What does this critic say of real images?

# %%
note_B = "?"
patient("B")

# %% [markdown]
# **Run B.** The end of this run could pass for figure 1. Compare the beginnings: the first
# two frames, and the first twenty steps of the curves.

# %%
note_C = "?"
patient("C")

# %% [markdown]
# **Run C.** The critic wins, completely. Before you blame the critic: what does the other
# player do about it?

# %%
note_D = "?"
patient("D")

# %% [markdown]
# **Run D.** Here the critic wins, too, but it takes a hundred steps. The generator does
# learn something. What are its strokes drawn on?

# %%
note_E = "?"
patient("E")

# %% [markdown]
# **Run E.** No loss explodes, nothing collapses, the pictures are as good as in figure 1.
# Look at the axis of the losses, and at where $\ln 2$ is.

# %%
note_F = "?"
patient("F")

# %% [markdown]
# **Run F.** The critic wins a third time. Compare the 36 pictures of one frame with each
# other, then with the frame before.
#
# ## Exercise · `diagnosis`
#
# *difficulty ●●●○ · about 15 minutes · about 6 lines*
#
# Name the bug of each run. The check takes one run at a time: if a name does not fit, it
# tells you what that bug would do, and what this run does instead. Each run that you name
# is worth a point.
#
# You may also test a suspicion, as a doctor in a laboratory does. This makes a run like the
# six with a bug of your choice, in five seconds for 60 steps:
#
# ```python
# record = clinic.record("sigmoid twice", steps=60)
# show.chart(record.history, record.film, record.frame_steps)
# ```
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Begin with what is impossible. A critic that calls real images fake has been taught so; a
# generator whose pictures change has been stepped. Which names does that rule out, for
# which runs?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Sort the runs by who wins. Where nobody wins, look at the two ends: at the first frame, and
# at the side of ln 2 on which the critic ends. Where the critic wins, the curves look
# alike, and the film has to tell: does it move; is its ground black; are its pictures
# different?
#
# </details>
# <details><summary>Hint 3 · almost the answer</summary>
#
# For each name, work out one thing that *must* be seen. For instance: a tanh reaches -1 at
# the least, and the ground of the standardised digits lies at -0.42. A γ of 0 multiplies
# everything that comes in by nothing. A leftover gradient of the generator's loss asks the
# critic for a *higher* D(G(z)). Then go and look for it.
#
# </details>


# %% exercise="diagnosis"
def diagnosis():
    """Name the bug of each run.

    Returns:
        A dict from "A" to "F", each with a name of the list, "nothing is wrong" say.
    """
    named = dict.fromkeys("ABCDEF", "?")
    # about 6 lines, one a run: named["A"] = …
    ### BEGIN SOLUTION
    named["A"] = "labels swapped"
    named["B"] = "batchnorm weights around 0"
    named["C"] = "generator never stepped"
    named["D"] = "real images out of range"
    named["E"] = "gradients mixed"
    named["F"] = "critic too strong"
    ### END SOLUTION
    return named


# %% check="diagnosis"
check("diagnosis", diagnosis)

# %%
films = {letter: clinic.load(letter).film for letter in "ABCDEF"}
named = diagnosis()
show.rows({f"{named[letter]}\n({letter})": films[letter][-1][:8] for letter in films})

# %% [markdown]
# **Figure 4 · your six diagnoses**, with the last pictures of each run. Read from top to
# bottom, the pictures do not get worse in the order of how bad the bug is. The film alone
# is a poor doctor.

# %% [markdown] written="06_evidence" points=2
# **In your words (2 points).** In three of the six runs the critic wins, and their curves
# look alike. Which observation tells the three apart? Name the runs, and one observation
# for each that fits none of the other two.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the right three runs, 1 point for an observation that
# separates them; half a point if only two of three are separated.*
#
# - C, D and F: D(x) ends near 1, D(G(z)) near 0.
# - C (generator never stepped): the film does not move at all, every frame is the first
#   one. The generator's loss rises without a single setback.
# - D (real images out of range): the film moves and the pictures stay different, with
#   strokes on a ground that is grey or striped and never black.
# - F (critic too strong): the film moves in jumps, and within a frame the pictures become
#   alike (collapse); the ground is black, so the range is right.
# <!-- END SOLUTION -->

# %% [markdown] written="06_silent" points=2
# **In your words (2 points).** One run draws good pictures although its training loop is
# wrong. Say what its curves show, why this bug does that, and one reason to mend it all the
# same. Three to five sentences, with two numbers from its chart.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for curves and mechanism, with numbers; 1 point for a reason.
# Run B may pass as the answer with half of the points: it recovers, but its loop is right.*
#
# - Run E: D(x) about 0.80 **and** D(G(z)) about 0.74 at the end, the critic's loss about
#   0.79 and so above ln 2: worse than guessing, for 300 steps.
# - The generator's backward() leaves a gradient in the critic that asks for a higher
#   D(G(z)). It is cleared only after the critic's next step, so each critic step adds the
#   generator's wish to its own. The two pulls balance near D(G(z)) = 2/3 or more.
# - Reasons: the critic's loss no longer measures what it says; the game that is played is
#   another one, without a guarantee; with other data, rates or batch sizes the leftover may
#   outweigh the critic's own gradient; a comparison with other runs is void.
# <!-- END SOLUTION -->

# %% [markdown]
# ## First questions to a run
#
# Most of these illnesses can be found *before* training, or after one step. Here are the
# questions to ask, cheapest first. Put in your own networks and batches when something
# looks odd.

# %%
digits = labkit.load("digits")
critic, generator = presets.build("fast", digits.image_shape)
real, z = next(digits.batches(64)), torch.randn(64, generator.latent_dim)
fake = generator(z).detach()
print(f"real images from {real.min():.2f} to {real.max():.2f}")
print(f"fakes       from {fake.min():.2f} to {fake.max():.2f}")
print(f"fakes of different z differ by {fake.std(0).mean():.3f} a pixel")
print(f"scores of fakes from {critic(fake).min():.2f} to {critic(fake).max():.2f}")
opt_critic, opt_generator = labkit.make_optimizers(critic, generator, lr=1e-3)

# %% [markdown]
# The ranges belong together; the fakes differ with $z$; some scores are below 0. Three
# names of the list are out before the first step. Now one step of each player.
#
# **Predict.** Whose weights move in which step, and by how much, with Adam and a learning
# rate of 0.001?

# %%
guess_move = "?"  # your prediction, for one weight


def weights(network):
    return torch.cat([weight.detach().flatten() for weight in network.parameters()])


for who in "critic", "generator":
    before = weights(critic), weights(generator)
    if who == "critic":
        labkit.critic_step(critic, generator, opt_critic, real, z)
    else:
        labkit.generator_step(critic, generator, opt_generator, z)
    moved = [
        (weights(player) - old).abs().median()
        for player, old in zip((critic, generator), before)
    ]
    print(f"{who}'s step: critic {moved[0]:.4f}, generator {moved[1]:.4f}")
print(f"you said {guess_move}")

# %% [markdown]
# Each player moves in its own step and stays put in the other's. (Adam divides the
# gradient by its own size, so in the first step nearly every weight moves by the learning
# rate.) A 0 where a number should be, or a number where a 0 should be, ends the search.
#
# ## From symptom to suspect
#
# | you see | suspects | the cheapest test |
# |---|---|---|
# | D(x) → 0, D(G(z)) → 1, both losses → 0 | labels swapped | the loss of a critic that is right: `critic_loss(+4, -4)` must be near 0 |
# | D(x) → 1, D(G(z)) → 0, film frozen | generator never stepped: a `detach`, the wrong optimiser | weights before and after its step |
# | D(x) → 1, D(G(z)) → 0, film moves, odd ground or contrast | ranges differ | `min` and `max` of a real batch and of fakes |
# | D(x) → 1, D(G(z)) → 0, pictures become alike | collapse: critic too strong, rates too high, β₁ = 0.9 | halve the learning rate; give the critic smoothing, noise or dropout |
# | D(x) flat, D(G(z)) → 1, generator's loss falls for ever | critic never stepped | weights before and after its step |
# | D(x) *and* D(G(z)) above 0.5, critic's loss above ln 2 | gradients mixed: `zero_grad` missing or late | length of `.grad` right before `backward()` |
# | D never leaves [0.50, 0.73], critic's loss never below 0.50 | sigmoid twice | are there scores below 0? |
# | first frame flat, losses rest at ln 2 for a while | initialisation: γ around 0, weights too small | spread of the fakes over z, before training |
# | a loss becomes NaN | a logarithm of 0, a rate far too high | losses on logits; a tenth of the rate |
#
# And the order in which to try things, once the bugs are out: **one change at a time**, the
# same seed, and a film of the same z. First the learning rate (halve it, double it), then
# what weakens or strengthens the critic (smoothing, noise, its width), then the networks.
# More epochs come last: they cure impatience, and none of the rows above.

# %% [markdown] written="06_transfer" points=2
# **In your words (2 points).** A friend writes: "My critic's loss stays at 0.503 since step
# 50 and will not fall. D(x) is 0.73, D(G(z)) is 0.50, the pictures are blots. Should I train
# longer?" What do you answer, which two numbers told you, and which one line would you ask
# to see?
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the bug with the reason for the numbers, 1 point for the line
# or test.*
#
# - No. 0.73 is the sigmoid of 1 and 0.50 the sigmoid of 0: the critic's scores lie in
#   [0, 1], so it ends in a sigmoid and the loss applies a second one. The loss cannot fall
#   below (0.313 + 0.693) / 2 = 0.503, and the critic is already as sure as it can be.
# - The last layer of the critic, or its smallest score: if no score is ever below 0, the
#   sigmoid is there. Return the raw logits.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Do you agree?
#
# Decide for each sentence before you open the answer.
#
# <details><summary>"When the critic's loss goes to 0, the GAN has converged."</summary>
#
# It went to 0 in four of the charts of this lab, and none of them was well. A critic that wins
# every time has nothing left to teach.
#
# </details>
# <details><summary>"If the pictures are good, the loop is right."</summary>
#
# Run E. Good pictures are evidence for good pictures.
#
# </details>
# <details><summary>"Mode collapse goes away if you train longer."</summary>
#
# Sometimes the one mode wanders: the critic learns it, the generator jumps to the next.
# Then every frame of the film has a mode of its own. Lab 08 changes the loss instead.
#
# </details>
# <details><summary>"A fixed z is as good as fresh ones for the film."</summary>
#
# It is better for this: only with the same $z$ can you see whether a picture moves, and
# whether two pictures become one.
#
# </details>
#
# ## What to try next
#
# | try | ask |
# |---|---|
# | `clinic.record("labels swapped", seed=5)` | which signs stay with another seed, which were chance? |
# | `clinic.record("critic too strong", seed=2)` | does it collapse again, and to the same? |
# | `clinic.record("batchnorm weights around 0", steps=100)` | how long does it take to wake up? |
# | write a bug of your own into figure 3, and give the chart to your neighbour | could they name it? |
#
# ## Read on
#
# - Goodfellow et al. 2014, *Generative Adversarial Nets*, arXiv 1406.2661: section 4.1, why
#   D = 1/2 is the end of the game, in theory.
# - Salimans et al. 2016, *Improved Techniques for Training GANs*, arXiv 1606.03498: section
#   3, collapse and what can be done against it.
# - Radford, Metz and Chintala 2016, arXiv 1511.06434: section 4, weights from N(0, 0.02) and
#   β₁ = 0.5. (That γ is drawn around 1 is said in the authors' code only.)
# - Arjovsky and Bottou 2017, *Towards Principled Methods for Training GANs*, arXiv
#   1701.04862: section 2, what a perfect critic does to the generator's gradient.
#
# **Next: lab 07.** Nothing to train: you get a generator that has learnt its digits, and
# look around in its latent space.
