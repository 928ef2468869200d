# %% [markdown]
# # 07 · Latent space: what lies between two pictures
#
# A trained generator is a machine with a row of dials on its front. Nobody has told you
# what the dials do. In this lab you turn them: you walk from one picture to another, draw
# a map of everything a generator knows, add and subtract pictures, and find the dials'
# setting for a digit that a human hand wrote.
#
# **After this lab you can**
#
# - say where in latent space a generator has learnt anything, and keep your walks there;
# - read samples, paths, maps and averages, and say what they prove and what they do not;
# - turn a real image back into a $z$, and look whether a sample is a copy.
#
# > **Time card** · about 60 minutes · you write about 23 lines · trains nothing: the
# > generators are trained already

# %%
import torch
from torch.nn import functional as F

import labkit
from labkit import latent, metrics, show, widgets, zoo
from labkit.checks import check

two_dials = zoo.load("digits-2d")
show.manifold(latent.manifold(two_dials, size=20))

# %% [markdown]
# **Figure 1 · a whole generator on one page.** This one was trained with a $z$ of only
# **two** numbers, and here is all that it can draw. The values of $z$ at the sides are the
# normal distribution's quantiles: each picture stands for the same share, 1/400, of the
# samples you would get.
#
# Take your time. Which digits are neighbours, and why? Where is the border between 0 and 1,
# and what does the generator draw *on* a border? It has to draw something: $G$ is
# continuous, so between a 0 and a 1 there is always something that is neither.
#
# ## Sixty-four dials
#
# Two numbers are for looking. The generator of the rest of this lab has 64, drawn from
# $\mathcal N(0, 1)$ one by one, and no page is large enough for its map. How far apart are
# things in there? The length of $z$ is $\|z\| = \sqrt{z_1^2 + \dots + z_d^2}$. Each square is
# 1 on average, so
#
# $$\mathbb{E}\,\|z\|^2 = d , \qquad \|z\| \approx \sqrt d .$$
#
# **Predict.** With $d = 64$ the typical length is 8. How many of 10 000 $z$ are shorter
# than 5?

# %%
guess_short = "?"  # your prediction

torch.manual_seed(0)
norms = {d: torch.randn(10_000, d).norm(dim=1) for d in (2, 64, 512)}
print(f"you said {guess_short}, it is {(norms[64] < 5).sum()} of 10000")
show.lengths(norms)

# %% [markdown]
# **Figure 2 · the shell.** The lengths spread by 0.7 whatever $d$ is, while their middle
# moves out with $\sqrt d$. In 64 dimensions all $z$ lie in a thin shell around 0, and the
# inside is empty, although 0 is the most likely *point*: there is hardly any room near it.
#
# During training the generator was given points of the shell, and nothing else.
#
# **Predict.** Take one $z$ and shorten it, step by step, from 8 to 0. When do you stop
# recognising the digit? What does the generator draw for $z = 0$?

# %%
guess_length, guess_zero = "?", "?"  # your predictions

digits = zoo.load("digits")
z = latent.draw(digits.latent_dim, 64)  # 64 z, N(0, 1), always the same
lengths = [12, 10, 8, 7, 6, 5, 4, 3, 2, 1, 0]
rows = {}
for k in (3, 25, 30):
    ray = F.normalize(z[k], dim=0)  # its direction, of length 1
    rows[f"z[{k}]"] = latent.images(digits, torch.stack([n * ray for n in lengths]))
print(f"you said: gone at {guess_length}; for z = 0: {guess_zero}")
show.strips(rows, labels=[str(n) for n in lengths], below="length of z")

# %% [markdown]
# **Figure 3 · fog.** From 12 down to 5 the digit stays. At 3 it frays, and from 2 on there
# is fog. A critic was never shown these pictures, so nobody ever told the generator that
# they are wrong. **The middle of latent space is not the average picture. It
# is a place where nobody has been.**
#
# Keep this figure in mind: it says how long a $z$ has to be on every way you are going to
# walk.
#
# ## Exercise 1 · `lerp`
#
# *difficulty ●○○○ · about 3 minutes · about 1 line*
#
# The straight line from $z_0$ to $z_1$, *linear interpolation*. `t` runs from 0 to 1.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# At $t = 0$ there is nothing of $z_1$ in the result, at $t = 1$ nothing of $z_0$.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Two shares that add up to 1, each times its end.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# The share of $z_1$ is $t$. What is left for $z_0$?
#
# </details>


# %% exercise="lerp"
def lerp(z0, z1, t):
    """Go along the straight line from z0 (t = 0) to z1 (t = 1).

    Args:
        z0, z1: (D,) or (B, D).
        t: how far, a float from 0 to 1.

    Returns:
        The z on the way, of the shape of its ends.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return (1 - t) * z0 + t * z1
    ### END SOLUTION


# %% check="lerp"
check("lerp", lerp)

# %% [markdown]
# ## The line leaves the shell
#
# In many dimensions two random $z$ are nearly at a right angle: their dot product is a sum
# of 64 numbers with random signs. So the point half way between them has the length
# $\sqrt{8^2 + 8^2}/2 = 8/\sqrt2 = 5.7$. Fewer than one $z$ in a thousand is that short.
#
# There is another way from end to end, the one a plane takes: around, at constant height.
# With the angle $\Omega$ between $z_0$ and $z_1$, Shoemake (1985) goes along the arc by
#
# $$\text{slerp}(z_0, z_1, t) =
#   \frac{\sin\big((1-t)\,\Omega\big)}{\sin\Omega}\, z_0 +
#   \frac{\sin(t\,\Omega)}{\sin\Omega}\, z_1 ,
#   \qquad \cos\Omega = \frac{z_0 \cdot z_1}{\|z_0\|\,\|z_1\|} .$$
#
# ## Exercise 2 · `slerp`
#
# *difficulty ●●●○ · about 12 minutes · about 6 lines*
#
# In a batch every row has an angle of its own. Two things to look out for: rounding can
# push the cosine a little beyond 1, and where both ends are the same (or opposite)
# $\sin\Omega$ is 0. There a line will do.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Everything happens along the last axis, and with `keepdim=True` it works for one $z$ and
# for a batch alike.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# First the cosine: a sum of products, divided by both lengths. Then `torch.acos`, of
# something that you have clamped. Then the formula, and `torch.where` to choose, row by
# row, between the arc and the line.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `cosine`: `F.cosine_similarity` with `dim=-1`, then `unsqueeze(-1)`. The arc divides by
# $\sin\Omega$ without caring; `torch.where(sine < 1e-4, ..., ...)` takes your `lerp` in
# rows where that went wrong.
#
# </details>


# %% exercise="slerp"
def slerp(z0, z1, t):
    """Go along the arc from z0 (t = 0) to z1 (t = 1), at constant angular speed.

    Args:
        z0, z1: (D,) or (B, D); each row has its own angle.
        t: how far, a float from 0 to 1.

    Returns:
        The z on the way, of the shape of its ends; finite for equal and opposite ends.
    """
    # about 6 lines
    ### BEGIN SOLUTION
    cosine = F.cosine_similarity(z0, z1, dim=-1).unsqueeze(-1)
    omega = torch.acos(cosine.clamp(-1, 1))
    sine = torch.sin(omega)
    arc = torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1
    return torch.where(sine < 1e-4, lerp(z0, z1, t), arc / sine)
    ### END SOLUTION


# %% check="slerp"
check("slerp", slerp)

# %% [markdown]
# Now measure **your** two paths, between 32 pairs of random $z$.
#
# **Predict.** Both start and end at about 8. How long is $z$ half way, on the line and on
# the arc?

# %%
guess_line, guess_arc = "?", "?"  # your predictions

torch.manual_seed(1)
starts, ends = torch.randn(2, 32, 64)
t = torch.linspace(0, 1, 33)
paths = {
    path.__name__: torch.stack(
        [path(starts, ends, s).norm(dim=1) for s in t.tolist()], 1
    )
    for path in (lerp, slerp)
}
print(f"you said {guess_line} for the line and {guess_arc} for the arc")
show.norm_curves(t, paths, typical=8)

# %% [markdown]
# **Figure 4 · the corner that lerp cuts.** Every thin line is one pair. The line dips more
# than three standard deviations out of the shell; the arc stays.
#
# **What would change if…** $z$ had two numbers, as in figure 1? The shell is no shell then
# (figure 2, left), and cutting a corner there costs nothing: the middle is full.
#
# ## Exercise 3 · `interpolate`
#
# *difficulty ●●○○ · about 8 minutes · about 7 lines*
#
# From numbers to pictures: `steps` images on the way, the two ends among them. A generator
# draws in eval mode (in training mode BatchNorm makes every image depend on its
# neighbours), and whoever lent it to you wants it back as it was.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# With 5 images there are 4 gaps. Which `t` has image number `k`?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Collect the `z`, stack them, let the generator draw them in one batch. Before: note
# `generator.training`, switch to `eval()`. After: `train(...)` with what you noted. Around
# the drawing: `torch.no_grad()`.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `torch.linspace(0, 1, steps).tolist()` gives the `t`; a list of your `slerp` at each of
# them, `torch.stack`, and the generator. Keep the images in a variable until the mode is
# restored.
#
# </details>


# %% exercise="interpolate"
def interpolate(generator, z0, z1, steps):
    """Draw the images on the way from z0 to z1, evenly spaced, both ends included.

    Args:
        generator: (B, D) -> images (B, C, H, W); its mode is as before afterwards.
        z0, z1: (D,).
        steps: how many images, at least 2.

    Returns:
        (steps, C, H, W), drawn in eval mode, without gradient.
    """
    # about 7 lines
    ### BEGIN SOLUTION
    on_the_way = [slerp(z0, z1, t) for t in torch.linspace(0, 1, steps).tolist()]
    was_training = generator.training
    generator.eval()
    with torch.no_grad():
        images = generator(torch.stack(on_the_way))
    generator.train(was_training)
    return images
    ### END SOLUTION


# %% check="interpolate"
check("interpolate", interpolate)

# %% [markdown]
# Here is **your** way from one digit to another, and below it the way of labkit's
# `interpolate` along the straight line.
#
# **Predict.** You have seen figures 3 and 4. Which row looks better, and how much?

# %%
guess_better = "?"  # your prediction

rows = {}
for start, end in ((25, 30), (9, 21)):
    rows[f"yours {start} → {end}"] = interpolate(digits, z[start], z[end], 11)
    line = labkit.interpolate(digits, z[start], z[end], 11, path=latent.lerp)
    rows[f"line {start} → {end}"] = line
print(f"you said: {guess_better}")
show.strips(rows, labels=[f"{k / 10:.1f}" for k in range(11)], below="t")

# %% [markdown]
# **Figure 5 · can you tell?** Perhaps a little, in the middle. Eyes want to see what they
# have been promised, so count instead: draw 1000 pictures half way between random $z$, and
# measure how far their crowd is from real digits with the Fréchet distance of lab 09 (0 is
# best; a blur of 3×3 pixels costs 14.5).

# %%
starts, ends = latent.draw(64, 2000, seed=1).view(2, 1000, 64)
halves = {
    "half way on the arc": latent.slerp(starts, ends, 0.5),
    "half way on the line": latent.lerp(starts, ends, 0.5),
}
halves["shortened to 3.5"] = 3.5 * F.normalize(starts + ends, dim=1)
judge = metrics.load_classifier("digits")
real = labkit.load("digits", split="test").images
for name, points in halves.items():
    away = metrics.distance(latent.images(digits, points), real, judge)
    print(f"{name:20} length {points.norm(dim=1).mean():.1f}, distance {away:.2f}")

# %% [markdown] written="07_better" points=2
# **In your words (2 points).** A blog post says: "Never interpolate with a straight line,
# it leaves the shell and the pictures break." What is right about that, and what do the
# numbers above say of *this* generator? When would you expect the line to fail? Three to
# five sentences, with two numbers.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for what is right, with a number; 1 point for what was measured
# and when the line would fail.*
#
# - Right: half way the line has length 5.7 (8/√2), more than three standard deviations
#   inside the shell, where the generator was never trained; the arc stays at 8.
# - Measured: here that costs little (the distance of the line's middle is hardly above the
#   arc's). The fog of figure 3 begins further in, and at length 3.5 the distance is several
#   times as large.
# - The line fails when it gets nearer to 0: for ends at more than a right angle (opposite
#   ones pass through 0), for averages of many z, for generators that react more strongly to
#   the length of z.
# <!-- END SOLUTION -->

# %% [markdown]
# ## A walk, and a film of it
#
# Five stops, an arc to the next, and back to the first: a loop that can run for ever.
# `show.save_film` writes the same frames to a file for a web page, as `.gif` or `.webp`; in
# a terminal it is `labkit interpolate zoo:digits 1 5 9 --loop --out walk.gif`.

# %%
stops = [latent.draw(64, 5, seed=seed) for seed in range(8)]  # eight walks at once
walks = [latent.walk(digits, five, steps=8) for five in stops]  # each (40, 1, 28, 28)
frames = torch.stack(walks, 1)
alt = "Film: eight digits that turn into other digits, and come back"
show.film(frames, alt, frame_ms=90, last_ms=90)

# %% [markdown]
# **Figure 6 · eight walks.** No jump anywhere: small steps in $z$ are small steps in the
# picture. Radford et al. (2016, section 6.1) look at such walks for a sign of copying: a
# generator that has stored its training images would jump from one to the next.
#
# ## By hand
#
# Now walk for yourself. A *seed* starts the random numbers of one $z$: seed 3 is
# `latent.draw(64, 1, seed=3)`, today and tomorrow and on your neighbour's computer. The cell
# below lists the seeds of clear pictures, then opens an explorer: type two seeds, and move
# $t$ from one end to the other.
#
# **Predict.** Both ends are an 8, and seven steps lie between. Are all seven an 8?

# %%
guess_eights = "?"  # your prediction

of_seed = torch.cat([latent.draw(64, 1, seed) for seed in range(100)])
seen = judge(latent.images(digits, of_seed)).softmax(1)
for k in range(10):
    clear = (seen[:, k] >= 0.9).nonzero()[:, 0]  # the classifier is 90 % sure
    print(f"clearly {k}: seeds", *clear.tolist())
print(f"you said: {guess_eights}")
widgets.Explorer("digits", seeds=[3, 30])

# %% [markdown]
# **Figure 7 · a way with a handle.** The picture at $t$, on the arc and on the line, the
# nearest real one, and the length of $z$ along both ways. These two 8s are joined by 8s. Is
# that so for every two, and for every digit? A critic only asks whether a picture could be
# real. It never asked for all 8s to lie together.
#
# ## Exercise 4 · `seed_pair`
#
# *difficulty ●●○○ · about 8 minutes · about 1 line*
#
# Find two seeds of **the same** digit with **another** digit between them: clear pictures at
# both ends, and at your $t$ a clear picture of something else. What is clear, the classifier
# says: 90 % or more. Then copy the text of the explorer's field *Share* and return it, in
# quotes. The text is your answer. What you choose with the mouse is not saved with a
# notebook.
#
# Trying blindly takes long: half way between two clear seeds of one digit, 26 pairs in 1000
# show another one.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# In figure 1 some digits lie in one place, others in two that are far apart. Which?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# A 0 and a 1 are alike however they are written. Other digits are written in several ways.
# Take two ends that have nothing in common but their name, and look at what is on the way.
#
# </details>
# <details><summary>Hint 3 · almost the answer</summary>
#
# Among 3, 4, 5, 8 and 9 there are such pairs, among the others next to none. Of two clear
# 8s more than one pair in four does it somewhere. Move $t$ slowly: the other digit need not
# lie half way.
#
# </details>


# %% exercise="seed_pair"
def seed_pair():
    """Two seeds of one digit, and a place between them that shows another digit.

    Returns:
        The text of the explorer's field "Share": generator digits, view path, two
        seeds, t, path.
    """
    # about 1 line: return "explorer?…"
    ### BEGIN SOLUTION
    return "explorer?generator=digits&view=path&seeds=[6,99]&t=0.5&path=slerp"
    ### END SOLUTION


# %% check="seed_pair"
check("seed_pair", seed_pair)

# %% [markdown]
# So a kind of picture need not be one region of latent space. It can have several pieces,
# with another kind between them. Do your eyes agree with the classifier at both ends?
# `widgets.Explorer.shared(seed_pair())` shows your way again; send the text to a neighbour.
#
# ## Averages
#
# Give every sample a name, by the classifier of lab 09 and not by eye, then average the $z$
# of all that were called 7.
#
# **Predict.** The average of about 200 $z$ of sevens: is it 8 long, or much shorter? And
# what does the generator draw for it?

# %%
guess_length, guess_picture = "?", "?"  # your predictions

many = latent.draw(64, 2000, seed=3)
names = metrics.classify(latent.images(digits, many), judge)
groups = [many[names == k] for k in range(10)]
means = torch.stack([group.mean(0) for group in groups])
outside = torch.stack([latent.average(group) for group in groups])
print(f"you said: {guess_length} long, and it draws {guess_picture}")
print("lengths:", *(f"{length:.1f}" for length in means.norm(dim=1)))
points = {"mean": means, "mean, length 8": outside}
show.strips({name: latent.images(digits, p) for name, p in points.items()})

# %% [markdown]
# **Figure 8 · the typical seven.** The mean of $n$ random $z$ has the length
# $\sqrt{d/n}$, about 0.6 here: noise cancels. What is left beyond that is what sevens have
# in *common*: a direction. But at a length of 1.5 there is fog. Put back on the shell
# (`latent.average` does it), the direction shows what it means.
#
# ## Arithmetic
#
# If "seven" is a direction, what is the difference of two such directions? Radford et al.
# (2016, section 6.3.2) averaged three $z$ of each kind and computed "smiling woman − neutral
# woman + neutral man". Here is a generator of clothes, and the averages of its boots, its
# sneakers and its sandals, picked by a classifier.
#
# **Predict.** What do you get for boot − sneaker + sandal?

# %%
guess_sum = "?"  # your prediction

clothes = zoo.load("fashion")
wardrobe = latent.draw(clothes.latent_dim, 2000, seed=3)
expert = metrics.load_classifier("fashion")
kinds = metrics.classify(latent.images(clothes, wardrobe), expert)
boot, sneaker, sandal = (wardrobe[kinds == k].mean(0) for k in (9, 7, 5))
points = torch.stack([boot, sneaker, sandal, boot - sneaker + sandal])
a, b, c, result = latent.images(clothes, 8 * F.normalize(points, dim=1))
print(f"you said: {guess_sum}")
show.equation([a, "−", b, "+", c, "=", result], ["boot", "sneaker", "sandal", "?"])

# %% [markdown]
# **Figure 9 · a sum of shoes.** Boot minus sneaker leaves *height*; a sandal with height
# stands on a heel. Nobody told the generator what a heel is, or that shoes can be compared.
#
# ## What does a direction mean?
#
# Back to the digits, with a ruler in place of names: the direction from the average of the
# 200 samples with the least ink to that of the 200 with the most.
#
# **Predict.** Follow it from the $z$ of a 3, and from that of a 4. Does the 3 become a bold
# 3?

# %%
guess_three = "?"  # your prediction

ink = latent.images(digits, many).mean((1, 2, 3))  # -1 for a black picture


def direction(group, n):  # from the n thinnest of a group to its n boldest
    order = group[ink[group].argsort()]
    return many[order[-n:]].mean(0) - many[order[:n]].mean(0)


among_all = direction(torch.arange(2000), 200)
within = torch.stack([direction((names == k).nonzero()[:, 0], 40) for k in range(10)])
print(f"you said: {guess_three}")
amounts, rows = [-3, -1.5, 0, 1.5, 3], {}
for k in (25, 26):
    for how, bold in {"all": among_all, "within": within.mean(0)}.items():
        points = torch.stack([z[k] + a * F.normalize(bold, dim=0) for a in amounts])
        points = 8 * F.normalize(points, dim=1)  # back onto the shell
        rows[f"z[{k}], {how}"] = latent.images(digits, points)
show.strips(rows, labels=[f"{a:+g}" for a in amounts], below="how far towards “bold”")

# %% [markdown]
# **Figure 10 · what did the ruler measure?** In the rows called "all", thin means 1 and bold
# means 0: the thinnest samples *are* ones, the boldest *are* zeros, and the direction has
# learnt that instead of boldness. In the rows called "within", thin and bold were compared
# among digits of one kind, and the ten directions averaged: the 3 stays a 3 for longer.
#
# A direction means whatever sets the two groups apart, whether you had it in mind or not.
# With faces instead of digits this is how "glasses" becomes "older man": ask who is in the
# groups.
#
# ## The way back
#
# So far every picture began with a $z$. Now somebody brings a picture $x$, a real one. Which
# $z$ would have made it? $G$ has no inverse that could be written down, but it has
# gradients, and this time nobody moves a weight: $z$ itself is what is learnt,
#
# $$z^* = \arg\min_z\; \tfrac1P\,\big\|G(z) - x\big\|^2 + \lambda\,\tfrac1d\,\|z\|^2 ,$$
#
# with $P$ pixels, $d$ numbers in $z$, and a little $\lambda$, 0.01 say, that keeps $z$ from
# running out of the shell for the sake of one pixel (Zhu et al. 2016).
#
# ## Exercise 5 · `invert`
#
# *difficulty ●●●○ · about 12 minutes · about 8 lines*
#
# The image comes with or without its batch axis. The generator must be as before when you
# are done: same weights, same mode.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# A training loop like those of lab 05: draw, compare, clear, walk back, step. Only: what
# does the optimiser hold?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# $z$ starts at random, (1, latent_dim), with `requires_grad=True`. An Adam over `[z]` moves
# nothing else, whatever else gets a gradient. A learning rate of 0.1 is not too much here:
# there is no second player to answer.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Before the loop: $z$, and `torch.optim.Adam([z], lr=0.1)`. In the loop: the image of $z$,
# minus the given one, squared, its mean; plus 0.01 times the mean of $z$ squared; then the
# three calls you know. At the end `z.detach()`. If the image has three axes,
# `image.unsqueeze(0)` gives it a fourth.
#
# </details>


# %% exercise="invert"
def invert(generator, image, steps):
    """Find a z whose image comes close to a given one.

    Args:
        generator: (B, latent_dim) -> (B, C, H, W), in eval mode; carries `latent_dim`.
            Its weights and its mode stay as they are.
        image: (C, H, W) or (1, C, H, W), in [-1, 1].
        steps: of the optimiser.

    Returns:
        z, (latent_dim,) or (1, latent_dim).
    """
    # about 8 lines
    ### BEGIN SOLUTION
    image = image.unsqueeze(0) if image.dim() == 3 else image
    z = torch.randn(1, generator.latent_dim, requires_grad=True)
    optimizer = torch.optim.Adam([z], lr=0.1)
    for _ in range(steps):
        error = (generator(z) - image).square().mean()
        loss = error + 0.01 * z.square().mean()
        (z.grad,) = torch.autograd.grad(loss, [z])  # the weights get none
        optimizer.step()
    return z.detach()
    ### END SOLUTION


# %% check="invert"
check("invert", invert)

# %% [markdown]
# Six images that the generator was never trained on: five digits of the test split, and a
# pullover. Yours starts once, at random. labkit's `invert` looks at 256 $z$ and starts from
# the best four.
#
# **Predict.** Which of the six will be found? What will stand in place of the pullover?

# %%
guess_found, guess_pullover = "?", "?"  # your predictions

test, shop = (labkit.load(name, split="test") for name in ("digits", "fashion"))
targets = [test.images[(test.labels == k).nonzero()[0]] for k in (2, 4, 5, 7, 8)]
targets += [shop.images[(shop.labels == 2).nonzero()[1]]]
targets = labkit.data.normalise(torch.cat(targets))
torch.manual_seed(4)
mine = torch.cat([invert(digits, image, 100).view(1, -1) for image in targets])
best = torch.stack([labkit.invert(digits, image, 60) for image in targets])
rows = {"yours": latent.images(digits, mine), "labkit's": latent.images(digits, best)}
for name, images in rows.items():
    errors = (images - targets).square().mean((1, 2, 3))
    print(f"{name:9} pixel errors", *(f"{error:.3f}" for error in errors))
print(f"you said: found are {guess_found}; the pullover is {guess_pullover}")
show.strips({"real": targets} | rows)

# %% [markdown]
# **Figure 11 · reconstructions.** The digits come back with their slant and their loops,
# from 64 numbers, although no one trained for this. Where a start ends in the wrong valley,
# another start may not: that is why several are worth their price. And the pullover? What
# this generator has to say, it says in digits.
#
# What *cannot* be reconstructed is as telling: it is missing from what the generator knows.
# In lab 09 you count how much is missing.
#
# ## Is it a copy?
#
# One doubt is left. Perhaps the generator has stored the training images, and hands them
# out? Look for the nearest real one under each sample: by the mean square of pixel
# differences, and by the classifier's 64 features.
#
# **Predict.** Of eight samples, how many have a twin among the real images?

# %%
guess_twins = "?"  # your prediction

train = labkit.data.normalise(labkit.load("digits").images)
fakes = latent.images(digits, z[24:32])
inside = [metrics.features(images, judge) for images in (fakes, train)]
nearest = {
    "pixels": metrics.nearest_neighbours(fakes.flatten(1), train.flatten(1)),
    "features": metrics.nearest_neighbours(*inside),
}
print(f"you said {guess_twins}")
rows = {f"nearest, {name}": train[index] for name, index in nearest.items()}
show.strips({"sample": fakes} | rows)

# %% [markdown]
# **Figure 12 · neighbours.** Near relatives, no twins: strokes differ in slant, weight and
# closure. The two rulers disagree: pixels want ink at the same place, features want the same
# kind of digit.
#
# ## Yours
#
# Any generator can be explored: that of your run of lab 05, say. **Figure 13** shows the
# clothes until you put the folder of a run in. Look at the nearest real image while you walk,
# and open the other views: a sheet between corners, sums of averages, samples.

# %%
mine = "fashion"  # or the folder of your own run, "runs/..."

widgets.Explorer(mine)

# %% [markdown] written="07_copy" points=2
# **In your words (2 points).** A classmate shows the film of figure 6 and says: "It changes
# smoothly from picture to picture, so nothing has been memorised." Is that a proof? What do
# figures 11 and 12 add, and which test would convince you? Three to five sentences.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for the first, 1 point for the rest.*
#
# - No proof: a generator could store images and blend smoothly between them; the stops of
#   the walk may still be copies. A jumpy walk would be a sign of copying, a smooth one rules
#   little out.
# - Neighbours: no sample has a twin in the training set, in pixels or features; eight
#   samples only. Reconstruction: images it never saw come back, so it can draw more than
#   what it saw.
# - Convincing: many samples, and their distances to the training set compared with those of
#   test images to the training set (lab 09).
# <!-- END SOLUTION -->

# %% [markdown]
# ## Do you agree?
#
# Decide for each sentence before you open the answer.
#
# <details><summary>"z = 0 is the most likely z, so it gives the most typical picture."</summary>
#
# It is where the density is highest, and it is never drawn: there is no room near it. Figure
# 3, last column, is what the generator makes of it.
#
# </details>
# <details><summary>"Each number of z controls one thing: slant, width, boldness."</summary>
#
# Nothing in the game asks for that. Turn the axes of latent space and $\mathcal N(0, 1)$ is
# the same, so one number is no better than any other direction. Directions have to be found,
# and figure 10 shows how one finds the wrong one.
#
# </details>
# <details><summary>"With truncated z the pictures are better."</summary>
#
# Brock et al. (2019) draw each number of $z$ again until it lies inside ±t: less variety for
# more typical pictures, in *their* generators. Try `labkit.sample(digits, 64,
# truncation=0.5)`: how long are such $z$? Figure 3 tells you the rest.
#
# </details>
#
# ## What to try next
#
# - The map of figure 1 shows $z$ up to ±1.96. Draw with the two-dial generator at $(6, 6)$.
# - A sheet between four $z$: `show.grid(latent.plane(digits, z[:4], size=8))`.
# - `show.row(interpolate(digits, best[0], best[3], 11))` walks between two real handwritings.
# - Pullover − T-shirt + trousers (classes 2, 0 and 1). Has anybody ever worn that?
# - `slerp` between a $z$ and its opposite. Which way round should it go? Does it matter?
# - Start `invert` from the $z$ of another digit. Does a 4 become a 9 more easily than a 1?
#
# ## Read on
#
# - Radford, Metz and Chintala 2016, *Unsupervised Representation Learning with Deep
#   Convolutional GANs*, arXiv 1511.06434: section 6, walks and arithmetic.
# - White 2016, *Sampling Generative Networks*, arXiv 1609.04468: section 2, why slerp.
# - Shoemake 1985, *Animating Rotation with Quaternion Curves*, SIGGRAPH: where the formula
#   comes from.
# - Zhu et al. 2016, *Generative Visual Manipulation on the Natural Image Manifold*, arXiv
#   1609.03552: section 3, finding $z$ for a photograph.
# - Brock, Donahue and Simonyan 2019, *Large Scale GAN Training*, arXiv 1809.11096: section
#   3.1, truncation.
#
# **Next: lab 08.** What if the critic's score meant a distance?
