# %% [markdown]
# # 01 · The game: two players and a plane
#
# A GAN learns to paint by playing. One player draws fakes, the other tells them from real
# ones, and each gets better because the other does. Here you watch the whole game: the
# "images" have two numbers each, so every one of them is a point, and everything that
# either player knows fits into one picture.
#
# **After this lab you can**
#
# - say what the best possible critic answers, and prove it in three lines;
# - read a density ratio off a trained critic, and the generator's next move off its slope;
# - run Goodfellow's algorithm, and explain why two good players may circle for ever.
#
# > **Time card** · about 60 minutes · you write about 5 lines · trains about 20 seconds

# %%
import math

import torch

import labkit
from labkit import show, toy, widgets
from labkit.checks import check

# %%
run = toy.train_points("ring", steps=800)
show.toy_film(run.frames, run.real)

# %% [markdown]
# **Figure 1 · a game, from left to right.** Green dots are real, purple crosses are fakes.
# The ground is the critic's opinion: green where it expects real points, purple where it
# expects fakes, nearly white where it cannot tell; the thin lines are its borders. In the
# end the crosses lie on the dots, and the ground is white there: the critic cannot tell.
#
# ## Images with two numbers
#
# A digit of 28 × 28 pixels is a list of 784 numbers: a point in a space with 784 axes. All
# digits together are a cloud in that space, and nearly all of the space is noise. To paint
# is to land in the cloud. Nobody can look at 784 axes, so take two. What happens here
# happens there.

# %%
show.point_sets({name: toy.points(name) for name in ("ring", "grid", "moons", "line")})

# %% [markdown]
# **Figure 2 · four clouds to learn.** The ring has eight crowds (*modes*), the grid has 25;
# moons and line have one idea each. Between the crowds there is nothing.
#
# ## Two players
#
# The **generator** $G$ turns random numbers $z$ into a point. Its $z$ has two numbers too,
# each drawn from $\mathcal N(0, 1)$. The **critic** $D$ takes a point and returns a score,
# the *logit*; the sigmoid turns it into $D(x)$, the probability that the point is real.
# Both are small networks, 64 numbers wide, with two hidden layers.
#
# **Predict.** Neither has learnt anything yet. Where are the fakes, and what does the
# critic say of the real points?

# %%
guess_where, guess_D = "?", "?"  # your predictions: words, and a number

torch.manual_seed(0)
critic, generator = toy.ToyCritic(), toy.ToyGenerator()
fakes, real = generator(torch.randn(300, 2)), toy.points("ring")
scores = critic(toy.places()).reshape(toy.GRID, toy.GRID)
D = critic(real).sigmoid().mean()
print(f"you said {guess_where}; and D {guess_D}, it is {D:.2f}")
show.crowds(real, fakes, scores)

# %% [markdown]
# **Figure 3 · before the first step.** The generator folds its $z$ into a small heap near
# the middle; the critic shrugs, about 0.5 everywhere.
#
# ## What would the best critic say?
#
# Stop the generator and let the critic think for as long as it likes. Two crowds come to
# it: real points with density $p_\text{real}$ and fakes with density $p_\text{fake}$, equally
# often. It earns (Goodfellow et al. 2014, equation 1)
#
# $$V = \int p_\text{real}(x) \log D(x) + p_\text{fake}(x) \log\big(1 - D(x)\big)\, dx .$$
#
# The places do not talk to each other: at every $x$ the critic may choose one number
# $D(x)$. So take one place, and call its densities $a$ and $b$. The slope of
# $a \log D + b \log(1 - D)$ is $a / D - b / (1 - D)$, and it is zero at one $D$ only. That
# one is the best critic $D^*$ of this place (Proposition 1 of the paper).
#
# ## Exercise 1 · `optimal_critic`
#
# *difficulty ●●○○ · about 8 minutes · about 4 lines*
#
# Solve $a / D = b / (1 - D)$ for $D$ on paper first. Then write it for tensors of densities.
# Where no real point and no fake ever lands there is nothing to know: let the critic
# say 0.5 there.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# At some place there are 3 real points for every fake. You are shown one of them. What is
# the chance that it is real?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# The real share of all that lands there. Only where both densities are 0 this becomes
# 0 / 0, and torch answers `nan`. Find those places, and treat them on their own.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `torch.where(condition, a, b)` takes `a` where the condition holds and `b` elsewhere, place
# by place. Is there a threshold in your condition? Densities may be as small as $10^{-20}$
# and still have a ratio.
#
# </details>


# %% exercise="optimal_critic"
def optimal_critic(p_real, p_fake):
    """The best critic's probability of "real", from the two densities.

    Args:
        p_real: density of real points at some places, >= 0, float, any shape.
        p_fake: density of fakes at the same places, of the same shape.

    Returns:
        D* at each place, in [0, 1], of that shape; 0.5 where both densities are 0.
    """
    # about 4 lines
    ### BEGIN SOLUTION
    total = p_real + p_fake
    nowhere = total == 0
    share = p_real / torch.where(nowhere, 1, total)
    return torch.where(nowhere, 0.5, share)
    ### END SOLUTION


# %% check="optimal_critic"
check("optimal_critic", optimal_critic)

# %% [markdown]
# Try it on a line. Real points are $\mathcal N(1, 1)$, fakes are $\mathcal N(-1, 1)$.
#
# **Predict.** Where does your critic say 0.5? And what does it say at 6, where next to
# nothing of either kind ever lands?

# %%
guess_even, guess_far = "?", "?"  # your predictions

x = torch.linspace(-6, 6, 241)
p_real = torch.exp(-((x - 1) ** 2) / 2) / math.sqrt(2 * math.pi)
p_fake = torch.exp(-((x + 1) ** 2) / 2) / math.sqrt(2 * math.pi)
D = optimal_critic(p_real, p_fake)
print(f"you said {guess_even} and {guess_far}; at 6 it says {D[-1]:.5f}")
show.best_critic(x, p_real, p_fake, D)

# %% [markdown]
# **Figure 4 · the best critic of two crowds.** 0.5 is where the curves cross. Far out both
# densities are tiny, but one is far tinier: the critic is surest where there is hardly
# anything to see.
#
# **What would change if…** the fakes moved onto the real points? Set both means to 1 and run
# the cell again. $D^*$ is 0.5 everywhere: that is where the game ends, and the critic then
# pays $\ln 2 = 0.693$ for each point, the price of guessing. You will meet this number in
# every lab.
#
# ## Does a network find it?
#
# The formula needs densities, and for pictures nobody has them. A network sees nothing but
# samples. Give it two crowds whose densities you do know, and compare.


# %%
def draw(centres, spread, count):  # equally many around each centre
    chosen = centres[torch.randint(len(centres), (count,))]
    return chosen + spread * torch.randn(count, 2)


def density(places, centres, spread):  # of the crowd above
    squares = torch.cdist(places, centres).square()
    bumps = torch.exp(-squares / (2 * spread**2)) / (2 * math.pi * spread**2)
    return bumps.mean(1)


REAL = torch.tensor([[-1.0, 0.6], [1.0, 0.6]]), 0.45
FAKE = torch.tensor([[0.0, -0.5]]), 0.6
show.crowds(draw(*REAL, 300), draw(*FAKE, 300))

# %% [markdown]
# **Figure 5 · two crowds with known densities.** The critic now gets 256 of each, again and
# again, and learns to tell them apart with the loss of lab 04. Nobody tells it a density.
#
# **Predict.** After 500 steps, where will it agree with your formula, and where not?

# %%
torch.manual_seed(0)
judge = toy.ToyCritic()
optimizer = torch.optim.Adam(judge.parameters(), lr=2e-3)
for step in range(500):
    loss = labkit.critic_loss(judge(draw(*REAL, 256)), judge(draw(*FAKE, 256)))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"its loss is {loss.item():.3f}; guessing costs {math.log(2):.3f}")

# %%
guess = "?"  # your prediction: where do the two agree?

places = toy.places()
best = optimal_critic(density(places, *REAL), density(places, *FAKE))
maps = {
    "the network, from samples": judge(places).sigmoid().reshape(toy.GRID, -1),
    "your formula, from densities": best.reshape(toy.GRID, -1),
}
print(f"you said: {guess}")
show.opinion_maps(maps, draw(*REAL, 300), draw(*FAKE, 300))

# %% [markdown]
# **Figure 6 · learnt and computed.** Where points land, the borders agree. At the
# top, between the green crowds, they do not: nobody is ever there, and the network extends
# its lines as it likes.
#
# ## The ratio, read off the critic
#
# Put $D^* = p_\text{real} / (p_\text{real} + p_\text{fake})$ into the logit
# $\log \frac{D}{1 - D}$ and most of it cancels:
#
# $$\text{logit}(x) = \log\frac{p_\text{real}(x)}{p_\text{fake}(x)} , \qquad
#   \frac{p_\text{real}(x)}{p_\text{fake}(x)} = e^{\text{logit}(x)} .$$
#
# A critic that was asked nothing but "real or fake?" has learnt how many times more likely
# each place is under one density than under the other. Neither density was ever computed.
# This *density ratio trick* is used far beyond GANs.
#
# **Predict.** Below, each dot is a place: true log ratio to the right, the critic's logit
# upwards. A perfect critic gives which line? And do the dots near 0 or those far from 0 lie
# closer to it?

# %%
guess_line, guess_close = "?", "?"  # your predictions

places = toy.places()
p_real, p_fake = density(places, *REAL), density(places, *FAKE)
print(f"you said {guess_line}, and {guess_close}")
show.ratio(torch.log(p_real / p_fake), judge(places), p_real + p_fake)

# %% [markdown]
# **Figure 7 · ratios without densities.** The blue places, where points are, lie along the
# diagonal. The grey ones are places that hardly anybody visits: there is no evidence, and
# the critic's word is worth little. Remember this when a critic "is sure".
#
# ## The critic's advice
#
# How does the generator use all this? It asks the critic, for each of its fakes: *which way
# should it move for your score to rise?* That is the gradient of the score with respect to
# the point. For images it says, for every pixel, brighter or darker.
#
# **Predict.** In which direction do the arrows of fakes near the middle, at (0, −0.5),
# point: to the left crowd, to the right one, or between the two?

# %%
guess_arrows = "?"  # your prediction

torch.manual_seed(1)
fakes = draw(*FAKE, 60).requires_grad_()
(advice,) = torch.autograd.grad(judge(fakes).sum(), fakes)
scores = judge(toy.places()).reshape(toy.GRID, toy.GRID)
print(f"you said: {guess_arrows}")
show.arrows(draw(*REAL, 300), fakes, advice, scores)

# %% [markdown]
# **Figure 8 · one step of advice.** Each arrow goes uphill, across the borders. No arrow
# knows of a goal; it knows the slope under one fake. Fakes in the middle go up, then the
# slope parts them. The generator cannot move its points one by one: it changes its weights,
# so that on average the points follow their arrows.
#
# ## Algorithm 1
#
# The paper's training loop fits on one page. Critic and generator take turns: $k$ steps of
# the critic, so that its opinion is up to date, then one step of the generator.


# %%
def algorithm_1(real, iterations, k):
    critic, generator = toy.ToyCritic(), toy.ToyGenerator()
    adams = labkit.make_optimizers(critic, generator, lr=2e-3, betas=(0.5, 0.9))
    for _ in range(iterations):
        for _ in range(k):
            batch = real[torch.randint(len(real), (128,))]
            z = torch.randn(128, 2)
            labkit.critic_step(critic, generator, adams[0], batch, z)
        z = torch.randn(128, 2)
        labkit.generator_step(critic, generator, adams[1], z)
    return generator


torch.manual_seed(0)
moons = toy.points("moons")
show.crowds(moons, algorithm_1(moons, 600, k=1)(torch.randn(300, 2)))

# %% [markdown]
# **Figure 9 · two moons after 600 iterations.** The two steps are labkit's; in lab 05 you
# write them yourself. `toy.train_points` is the same loop, and keeps moments for pictures.
#
# ## How many critic steps?
#
# The paper takes $k = 1$, because it is the cheapest. Make it hard: let the critic learn
# at a tenth of its usual pace, so that it lags behind.
#
# **Predict.** The slow critic with $k = 1$, and with $k = 5$: how many of the ring's eight
# modes do the fakes find in 500 iterations?

# %%
guess_1, guess_5 = "?", "?"  # your predictions

rows = {
    f"k = {k}": toy.train_points("ring", steps=500, critic_steps=k, lr=(2e-4, 1e-3))
    for k in (1, 5)
}
print(f"you said {guess_1} and {guess_5}")
frames = {name: (run.frames, True) for name, run in rows.items()}
show.toy_rows(frames, toy.points("ring"), toy.centres("ring"))

# %% [markdown]
# **Figure 10 · a slow critic, alone and with help.** With $k = 1$ the fakes run in a heap to
# wherever the critic *was* green, out of the picture even; by the time it objects they are
# all there, and they run on, all together. This is called *mode collapse*. With $k = 5$ the opinion is fresh and the
# heap spreads.
#
# ## The whole game in your hands
#
# The next cell has all of this lab in one picture, and you hold the clock. It is a ring after
# 400 iterations of two networks of width 16. You will play three things in it.
#
# **Predict.** (1) One iteration of algorithm 1 with $k = 1$ has eight sub-steps. After which
# one has the critic's ground changed, after which one have the fakes moved? (2) Let the
# generator make 60 steps while the critic stands still. Where will the fakes be, and how
# many modes do they cover? (3) Give the generator a $z$ of one number instead of two. Can
# it still reach eight modes?

# %%
guess_sub_steps, guess_alone, guess_one = "?", "?", "?"  # your predictions

print(f"you said: {guess_sub_steps}; {guess_alone}; {guess_one}")
playground = widgets.Playground(seed=2, steps=400)
playground

# %% [markdown]
# **Figure 11 · the playground.** Green, purple and pink are as in figure 8; the circles are the
# modes, solid once they are covered. All of it is computed in the page: it also works where
# no kernel runs.
#
# **Try.**
#
# 1. Choose *slow motion*, press *Next sub-step* eight times, and read what is marked.
# 2. Choose *fast*, press *Generator only × 10* six times, and watch $D$ for fakes. Then press
#    *Critic only × 10* once. Then *Play*.
# 3. Set $z$ to one number, show the *net of z*, and *Play* for about 1000 iterations. Do the
#    same with two numbers.
# 4. Anything you like: other losses, noise, *draw your own* points, while it plays. The line
#    under *Share* brings your run back, in any playground.
#
# **Explain.** (1) The ground changes after sub-step 4 alone, the fakes after sub-step 8 alone.
# (2) They ran together onto one hill of a critic that did not answer, 400 fakes on one idea,
# and $D$ rose to 0.65; ten steps of the critic took it down to 0.24. *Both* have to learn,
# in turns. (3) One number is a thread: it can be laid through several modes, and the way from
# one to the next is covered with fakes as well. With two numbers the net is folded so that
# little of it lies between.
#
# ## Exercise 2 · `all_modes`
#
# *difficulty ●●○○ · about 8 minutes · about 1 line*
#
# A handicap: the critic learns at 0.002, a fifth of the playground's first choice. Take the
# ring, a new start, *Critic's learning rate* 0.002, and leave it there. Then change what you
# like until the fakes cover **all 8** modes; pause, copy the text of the field *Share*, and
# return it, in quotes, with the number of modes. The text is your answer: the run is made
# again from it. It may have 6000 steps of both players together, so 3000 iterations with
# $k = 1$.
#
# Luck does not help. With nothing else changed, twelve seeds were tried for 3000 iterations:
# ten never covered more than 2 modes, and none more than 6.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Figure 10 has a slow critic, too. What was different in the row that found more?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# The critic's opinion has to be fresh when the generator asks for it. It can get more steps,
# or the generator can wait for it. And its map of the plane has to have room for eight
# places: how wide is the network that draws it? Change one thing at a time, and watch the
# number of modes.
#
# </details>
# <details><summary>Hint 3 · almost the answer</summary>
#
# With $k = 3$ four seeds of six came to 8 modes within 850 iterations; with networks of
# width 32 as well, three of three within 450. The number rises and falls: pause where it is 8.
#
# </details>


# %% exercise="all_modes"
def all_modes():
    """A run of the playground with a slow critic that covers all 8 modes of the ring.

    Returns:
        (text, modes): the text of the playground's field "Share", and how many modes
        the fakes cover at the end of that run.
    """
    # about 1 line: return "playground?…", 8
    ### BEGIN SOLUTION
    return "playground?k=3&lr_critic=0.002&hidden=32&seed=1&steps=425", 8
    ### END SOLUTION


# %% check="all_modes"
check("all_modes", all_modes)

# %% [markdown]
# What did it: more critic steps, a generator that waits, or more room? You changed the
# *teacher*, never the data. Send the text to a neighbour: `widgets.Playground.shared("…")`
# shows your run again, and goes on from there.
#
# ## Your own points
#
# Type your initials, a house, a smiley: at least ten points between −2 and 2, more for
# curves. Each is repeated with a little noise.

# %%
mine = [(-1.5, -1), (-1.5, 0), (-1.5, 1), (-1, -1), (-0.5, -1), (0.5, -1), (0.5, 0)]
mine += [(0.5, 1), (1, 1), (1.5, 1), (1, 0)]  # L F: put yours in place of these

typed = toy.own_points(mine)
cloud = typed.repeat(100, 1) + 0.05 * torch.randn(100 * len(typed), 2)
run = toy.train_points(cloud, steps=1000)
show.toy_film(run.frames, cloud, modes=typed)

# %% [markdown] written="01_half" points=2
# **In your words (2 points).** At the end of a run the critic says 0.5 for real points and
# for fakes alike. One explanation is that the generator has won. Give another, and say what
# you would draw or measure to tell which of the two it is. Two to four sentences.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the other explanation, 1 point for a way to tell.*
#
# - 0.5 for all also comes from a critic that has learnt nothing or cannot learn: too small,
#   not trained, learning rate 0 or far too large, its steps left out. (Figure 3 has one.)
# - Ways to tell: look at the fakes themselves (do they cover the real ones?); train a fresh
#   critic on the same fakes, generator fixed: does its loss fall below 0.693? Or show the
#   critic something absurd, far-off noise: a critic that knows something rejects it.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Why the players may circle for ever
#
# Two players, one number each. The first owns $x$ and wants $f(x, y) = x y$ small; the second
# owns $y$ and wants it large. Nobody can gain at $(0, 0)$: that is the solution, as 0.5 is
# in the big game. The slopes are $\partial f / \partial x = y$ and
# $\partial f / \partial y = x$, so a step of size $s$ is
#
# $$x \leftarrow x - s\, y , \qquad y \leftarrow y + s\, x .$$
#
# *At once:* both read the old values, then both move. *In turns:* $x$ moves first, and $y$
# reads the new $x$.
#
# **Predict.** Start at (1, 1) with $s = 1$. Write down three steps of each by hand. Which of
# them comes nearer to (0, 0)?

# %%
guess_at_once, guess_in_turns = "?", "?"  # your (x, y) after three steps


def journey(steps, s, in_turns, x=1.0, y=1.0):
    path = [(x, y)]
    for _ in range(steps):
        old = x
        x = x - s * y
        y = y + s * (x if in_turns else old)
        path.append((x, y))
    return path


by_hand = [journey(3, 1, in_turns)[-1] for in_turns in (False, True)]
print(f"you said {guess_at_once} and {guess_in_turns}, it is", *by_hand)

# %%
steps = {f"at once, s = 0.2, {60} steps": journey(60, 0.2, in_turns=False)}
steps |= {f"in turns, s = 0.2, {60} steps": journey(60, 0.2, in_turns=True)}
show.spirals(steps)

# %% [markdown]
# **Figure 12 · nobody arrives.** At once, each step multiplies the distance by
# $\sqrt{1 + s^2}$: a spiral outwards, however small $s$ is. In turns, the players come round
# to nearly the same place again and again. Each step is a good one for the player who makes
# it, and together they go nowhere.
#
# So gradient steps of two players need not settle, even where one player's alone would. Real
# GANs are kinder than $x y$ and also stop at no resting place: that is why you look at
# samples, not at the loss, to decide when to stop.

# %% [markdown] written="01_circle" points=1
# **In your words (1 point).** A classmate says: "Both players got better in every step, so
# the result must get better." Use figure 12 to say what is wrong with that.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the target that moves.*
#
# - "Better" is measured against the other player as he stood at that moment. Then he moves
#   and the measure changes; gains of one are losses of the other. In figure 12 every step
#   improves its player's f and the distance to (0, 0) does not fall.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Do you agree?
#
# <details><summary>"The generator looks at the real points and copies them."</summary>
#
# It never sees one. Look at `generator_step` in `algorithm_1`: no `batch` goes in. All it
# gets are the arrows of figure 8.
#
# </details>
# <details><summary>"A perfect critic is the best teacher."</summary>
#
# It knows the ratio everywhere. But where the crowds do not overlap it is so sure that its
# probability is flat, and a flat opinion has short arrows. Labs 04 and 08 are about that.
#
# </details>
# <details><summary>"Mode collapse goes away if you train for longer."</summary>
#
# Run figure 10's first row with `steps=2000`. Does it?
#
# </details>
#
# ## What to try next
#
# - Figure 1 with `"grid"`, and with 1600 steps: how many of 25 modes are found?
# - Start `journey` with $s$ that shrinks, or let each player step with the mean of its last
#   two slopes. Does it arrive?
# - In `draw(*REAL, …)`, show the critic four times as many real points as fakes. What happens
#   to figure 7, and why?
#
# ## Read on
#
# - Goodfellow et al. 2014, *Generative Adversarial Nets*, arXiv 1406.2661: figure 1,
#   algorithm 1, Proposition 1. You have now done all three.
# - Kahng et al. 2018, *GAN Lab*, arXiv 1809.01587: this lab's plane as a playground in the
#   browser.
# - Sugiyama, Suzuki and Kanamori 2012, *Density Ratio Estimation in Machine Learning*:
#   chapter 4, ratios by telling samples apart.
# - Mescheder, Geiger and Nowozin 2018, *Which Training Methods for GANs do actually
#   Converge?*, arXiv 1801.04406: section 2, the circle of figure 12, and its cures.
#
# **Next: lab 02.** From points to pictures: a critic that looks.
