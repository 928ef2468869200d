# %% [markdown]
# # 09 · Evaluation: five painters, six numbers, no judge
#
# A loss tells who is ahead in the game. It does not tell whether the pictures are good,
# whether they are new, or whether anything is missing among them. This lab turns these
# three questions into numbers, and then shows, for each number, how to fool it.
#
# **After this lab you can**
#
# - derive the Fréchet distance, compute it on features, and say what an FID of 3 means
#   and what it hides;
# - find copies by their nearest neighbours, and missing modes by counting classes;
# - read a table of numbers as evidence, not as a verdict.
#
# > **Time card** · about 60 minutes · you write about 9 lines · trains nothing: every
# > cell answers within seconds

# %%
import torch

import labkit
from labkit import metrics, show, widgets
from labkit.checks import check
from labkit.data import normalise

painters = metrics.suspects(500)  # 500 images of each, (500, 1, 28, 28)
show.rows({name: images[:14] for name, images in painters.items()})

# %% [markdown]
# **Figure 1 · the line-up.** Five painters were asked for handwritten digits. **One** is a
# generator that was trained as in lab 05. One hands in images of its training set. One does
# the same and hopes that nobody notices. One can paint three digits and no others. One has
# a soft pencil. Your eye is the first instrument: who is who?
#
# **Predict.** Put the letters A to E in place of the question marks. You get the answer at
# the end of the lab, and not before.

# %%
guess = {"generator": "?", "copies": "?", "copies in disguise": "?"}
guess |= {"three digits": "?", "soft pencil": "?"}
print("your first impression:", guess)

# %% [markdown]
# ## How far is one crowd from another?
#
# Begin with images that are single numbers. Real ones have mean $m$ and standard deviation
# $s$, fakes have $n$ and $t$, both bell-shaped. Think of two heaps of sand. The cheapest
# way to turn one into the other moves every grain to the place of the same rank, and a grain
# moved by a distance $d$ costs $d^2$. For bell curves that is a shift and a stretch,
# $x \mapsto n + \tfrac{t}{s}(x - m)$, and the mean cost is short:
#
# $$\mathbb{E}\Big[\big(n - m + (\tfrac{t}{s} - 1)(x - m)\big)^2\Big]
#   = (m - n)^2 + (s - t)^2 .$$
#
# This is the squared **Fréchet distance** of two normal distributions (the Wasserstein-2
# distance is its other name).
#
# **Predict.** Real numbers have mean 0 and deviation 1, fakes mean 3 and deviation 2.
# What does the move cost?

# %%
guess_cost = "?"  # your prediction

rng = torch.Generator().manual_seed(0)
real, fake = torch.randn(2, 100_000, generator=rng)
fake = 3 + 2 * fake
cost = (real.sort().values - fake.sort().values).square().mean()
print(f"you said {guess_cost}, 100 000 grains cost {cost:.2f}")
show.transport(real=(0, 1), fake=(3, 2))

# %% [markdown]
# **Figure 2 · moving sand.** $3^2 + (2 - 1)^2 = 10$. The means and the spreads pay
# separately, and two equal heaps are at distance 0.
#
# ## From numbers to features
#
# An image is described by many features at once, say $D$ of them. The mean becomes a
# vector, and the variance a matrix: the covariance $C$, whose diagonal holds the variances
# and whose other entries say which features rise together. The formula keeps its shape
# (Dowson and Landau 1982). With $s^2 + t^2 - 2st$ in mind, read
#
# $$d^2 = \lVert m - n\rVert^2
#   + \operatorname{tr}\!\big(A + B - 2\,(AB)^{1/2}\big) ,$$
#
# where $A$ and $B$ are the two covariances and $\operatorname{tr}$ adds up a diagonal.
#
# The root of a matrix is the matrix $R$ with $RR = C$: not the root of each entry. For a
# symmetric $C$ you get it from its eigenvalues $\lambda_i$ and eigenvectors $V$, as
# $V\,\mathrm{diag}(\sqrt{\lambda_i})\,V^\top$. But $AB$ is **not** symmetric. Two ways out:
#
# - only the trace of the root is asked for, and a trace is the sum of the eigenvalues:
#   $\sum_i \sqrt{\lambda_i(AB)}$;
# - $A^{1/2} B A^{1/2}$ *is* symmetric, and has the same eigenvalues as $AB$.
#
# ## Exercise 1 · `frechet_distance`
#
# *difficulty ●●●○ · about 12 minutes · about 6 lines*
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Two parts, added: one for the means, one for the spreads. In the second part two traces
# are easy. Which part is left?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# `torch.linalg.eigh` takes a symmetric matrix and returns eigenvalues and eigenvectors.
# Build $A^{1/2}$ with it, then look at the eigenvalues of $A^{1/2} B A^{1/2}$.
# (`scipy.linalg.sqrtm(A @ B)` is another road; keep the real part of what it returns.)
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# With fewer images than features some eigenvalues are 0, and rounding makes them
# $-10^{-17}$: clamp before you take roots. Scaling the columns of $V$ is
# `vectors * roots`. `torch.linalg.eigvalsh` gives eigenvalues alone: sum their roots, and
# take that twice from the two traces.
#
# </details>


# %% exercise="frechet_distance"
def frechet_distance(mean_a, cov_a, mean_b, cov_b):
    """Squared Fréchet distance between two normal distributions.

    Args:
        mean_a, mean_b: means, (D,), float64.
        cov_a, cov_b: covariances, (D, D), symmetric; eigenvalues may be 0.

    Returns:
        One number, a float or a tensor of shape (): 0 for equal distributions.
    """
    # about 6 lines
    ### BEGIN SOLUTION
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    mixed = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    means = (mean_a - mean_b).square().sum()
    return means + cov_a.trace() + cov_b.trace() - 2 * mixed
    ### END SOLUTION


# %% check="frechet_distance"
check("frechet_distance", frechet_distance)

# %% [markdown]
# Let your function look at clouds of two features. An ellipse shows where a cloud is.
#
# **Predict.** Order the four pairs of the next picture from near to far: **moved** by one
# deviation; **wider**, twice as wide in both directions; **turned**, a long cloud (variances
# 4 and ¼) lying and standing; **tilted**, the same long cloud turned by 30°.

# %%
guess_order = "?"  # your prediction, from near to far


def long(degrees):  # the covariance of a long cloud, turned
    turn = torch.deg2rad(torch.tensor(degrees).double())
    along = torch.stack([turn.cos(), turn.sin()])
    return 0.25 * torch.eye(2).double() + 3.75 * torch.outer(along, along)


o, one = torch.zeros(2).double(), torch.eye(2).double()
pairs = {"moved": ((o, one), (o + torch.tensor([1, 0]), one))}
pairs |= {"wider": ((o, one), (o, 4 * one)), "turned": ((o, long(0)), (o, long(90)))}
pairs |= {"tilted": ((o, long(0)), (o, long(30)))}
print(f"you said: {guess_order}")
show.ellipses(pairs, [frechet_distance(*a, *b) for a, b in pairs.values()])

# %% [markdown]
# **Figure 3 · four pairs, measured by you.** *Wider* is $(2-1)^2$ twice, *turned* is
# $(2 - \tfrac12)^2$ twice. For the tilted pair there is no such sum: its axes do not agree,
# and that is what the matrix root is for.
#
# **What would change if…** you compared the diagonals only? A long cloud tilted to the left
# and one tilted to the right have the same diagonals: you would get 0 where 4.50 is right.
#
# ## Which features?
#
# Pixels are poor features: moved by one pixel, a digit is far from itself. The usual way is
# a network that was trained to *recognise* things; its last hidden layer keeps what matters
# for that and drops the rest. With the Inception network the distance is called **FID**
# (Heusel et al. 2017). This lab has a small classifier of digits with 64 features, and we
# write **FID_c**, so that nobody compares the two.
#
# A number needs a scale. Against the 1000 test images, 500 real training images get 0.7 to
# 0.8, test images blurred by a 3×3 box get 14.5, and noise gets about 350.
#
# **Predict.** Look at figure 1 again. Which painter gets the best FID_c?

# %%
guess_best = "?"  # your prediction: a letter

classifier = metrics.load_classifier("digits")
test_set = labkit.load("digits", split="test")
train = metrics.features(labkit.load("digits").images[:3000], classifier)
test = metrics.features(test_set.images, classifier)  # (1000, 64)
seen = {name: metrics.features(x, classifier) for name, x in painters.items()}
print("features of each painter:", tuple(seen["A"].shape), "you said:", guess_best)

# %%
whole = metrics.moments(test)
others = metrics.moments(train[1000:1500])
fid = {n: float(frechet_distance(*metrics.moments(f), *whole)) for n, f in seen.items()}
real = float(frechet_distance(*others, *whole))
show.yardstick(fid, {"real": real, "blurred": 14.5, "noise": 357})

# %% [markdown]
# **Figure 4 · FID_c of the five, with your function.** Two are far off. Three are near, and
# two of these nearly as near as real images are. So far the number agrees with a careful
# eye: it sees blur, and it sees that something is missing. Remember who won.
#
# ## Lie 1 · few images
#
# A mean and a covariance from few images are rough, and roughness makes clouds look
# different that are not. So FID has a **bias**: on average it comes out too large.
#
# **Predict.** The same generator is measured with 50 images and with 1000. Which FID_c is
# larger, and how many times?

# %%
guess_factor = "?"  # your prediction

fakes = labkit.sample(labkit.zoo.load("digits"), 1000, seed=2)
sources = {"generator": metrics.features(fakes, classifier), "real images": train}
counts, whole = (50, 100, 200, 500, 1000), metrics.moments(test)
fids, kids = {}, {}
for name, f in sources.items():
    parts = [f[:count] for count in counts]
    fids[name] = [float(frechet_distance(*metrics.moments(p), *whole)) for p in parts]
    kids[name] = [metrics.kernel_distance(p, test, 20, len(p))[0] for p in parts]
ratio = fids["generator"][0] / fids["generator"][-1]
print(f"you said {guess_factor}, it is {ratio:.1f}")
show.sample_sizes(counts, {"FID_c": fids, "KID_c": kids}, blurred=(14.5, 1.5))

# %% [markdown]
# **Figure 5 · the same images, fewer of them.** On the left even *real* images seem bad when
# there are 50 of them. Two FIDs can be compared only if both were taken with the same
# number of images, the same network and the same real images. Papers use 50 000.
#
# On the right is a distance that has no such bias, the **kernel distance** (KID, Bińkowski
# et al. 2018). It compares pairs: how alike are two fakes, two real images, a fake and a
# real one? With the likeness $k(x, y) = (x \cdot y / D + 1)^3$ it is
#
# $$\mathbb{E}\,k(x, x') + \mathbb{E}\,k(y, y') - 2\,\mathbb{E}\,k(x, y) ,$$
#
# where $x, x'$ are two *different* fakes and $y, y'$ two different real images. Around 0 it
# says "no difference seen", and may well come out a little below 0. With few images it is not
# too large; it jitters.
#
# ## Lie 2 · clouds that are no ellipses
#
# Both distances sum a cloud up: FID by mean and covariance, KID by whatever a cubic shows.
# Take 8 clusters on a ring, and one round blob of the same mean and covariance.
#
# **Predict.** What is the Fréchet distance between them?

# %%
guess_ring = "?"  # your prediction

rng = torch.Generator().manual_seed(3)
angle = torch.arange(400).double() * 2 * torch.pi / 8
ring = torch.stack([angle.cos(), angle.sin()], 1)
ring += 0.05 * torch.randn(400, 2, generator=rng).double()
blob = 0.71 * torch.randn(400, 2, generator=rng).double()
d = frechet_distance(*metrics.moments(ring), *metrics.moments(blob))
k = metrics.kernel_distance(ring, blob)[0]
shares = metrics.precision_recall(blob, ring)
words = f"Fréchet {d:.2f}, kernel {abs(k):.2f}\nprecision {shares['precision']:.2f}"
print(f"you said {guess_ring}")
show.balls({words: (ring, blob)}, [metrics.radii(ring, 5)])

# %% [markdown]
# **Figure 6 · distance 0, and nearly every fake is wrong.** Most fakes lie where no real
# point is. No distance between means and covariances can see it, and the cubic likeness of
# the kernel distance sees little more: it compares moments up to the third, and those agree
# too.
#
# The balls can. Each real point gets a ball that reaches to its fifth neighbour; together
# the balls draw a map of where real things are (Kynkäänniemi et al. 2019). The share of
# fakes inside is the **precision**: how good. Turn the roles around, and the share of real
# points inside some fake's ball is the **recall**: how complete. One number for quality, one
# for variety; a single distance mixes both.
#
# ## Lie 3 · one stray point
#
# **Predict.** Real points form a cloud, the fakes another one far away: precision 0. Now
# *one* real point strays to the other side of the fakes. What is the precision now?

# %%
guess_stray = "?"  # your prediction

rng = torch.Generator().manual_seed(4)
cloud, away = torch.randn(2, 150, 2, generator=rng).double()
away = 0.5 * away + 5
stray = torch.cat([cloud, torch.tensor([[7.0, 7.0]]).double()])
scenes, around = {}, []
for points in (cloud, stray):
    m = metrics.precision_recall(away, points)
    words = f"precision {m['precision']:.2f}, density {m['density']:.2f}"
    scenes[f"{words}\ncoverage {m['coverage']:.2f}"] = (points, away)
    around.append(metrics.radii(points, 5))
print(f"you said {guess_stray}")
show.balls(scenes, around)

# %% [markdown]
# **Figure 7 · an outlier votes for everybody.** The stray point's neighbours are far, its
# ball is huge, and all fakes are inside. Naeem et al. (2020) count better: **density** asks
# in how many balls a fake lies, **coverage** how many real balls hold a fake at all. One
# ball of 151 no longer decides.
#
# ## Is it copying?
#
# All numbers so far ask how *alike* fakes and real images are. Nothing is more like the real
# images than the real images. So ask a witness: for each fake, which image of the training
# set lies nearest?
#
# ## Exercise 2 · `nearest_neighbours`
#
# *difficulty ●●○○ · about 6 minutes · about 2 lines*
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Think of a table with a row for each fake and a column for each real image. What stands in
# its cells, and what do you look for in each row?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Torch can fill the table in one call; its name is short for *c-distance*. Then you need the
# place of the smallest entry, not the entry.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# The table is (N, M). `argmin` along an axis removes that axis: N indices must be left. By
# hand: `fake_features[:, None] - real_features` has shape (N, M, D), and 1000 fakes with
# 3000 real images of 64 features fill 1.5 GB in float64. `cdist` does not build it.
#
# </details>


# %% exercise="nearest_neighbours"
def nearest_neighbours(fake_features, real_features):
    """For each fake, the real image whose features are nearest (Euclidean distance).

    Args:
        fake_features: (N, D), float.
        real_features: (M, D), float; M need not be N.

    Returns:
        Indices into the real images: int64 tensor (N,), each in 0 … M - 1.
    """
    # about 2 lines
    ### BEGIN SOLUTION
    table = torch.cdist(fake_features, real_features)
    return table.argmin(dim=1)
    ### END SOLUTION


# %% check="nearest_neighbours"
check("nearest_neighbours", nearest_neighbours)

# %% [markdown]
# Put the witness beside the suspect: in each pair of rows, a painter's images above, and
# below each the training image that **your** function finds in the features.
#
# **Predict.** In which rows will the two images be the same?

# %%
guess_same = "?"  # your prediction: letters

known = labkit.load("digits").images[:3000]  # the training images
pairs = {}
for name in "ACD":
    some = painters[name][:12]
    witnesses = nearest_neighbours(seen[name][:12], train)
    pairs |= {f"{name} paints": some, f"{name}, nearest": normalise(known[witnesses])}
print(f"you said {guess_same}")
show.rows(pairs)

# %% [markdown]
# **Figure 8 · suspects and witnesses.** One painter is caught. Another one's pairs are the
# same strokes too; look at where they stand. The third has pairs that are merely alike: the
# same digit in a similar hand.
#
# A picture convinces, a number can be put into a table. Take the distance of each fake to
# its nearest training image, and divide the median by that of *test* images, which nobody
# copied: 0 is a copy, 1 is as new as a new image.
#
# **Predict.** What ratio does the disguised copy get, if the distance is taken on pixels?
# And on features?

# %%
guess_pixels, guess_features = "?", "?"  # your predictions

flat = {name: x.flatten(1) for name, x in painters.items()}
pixels, unseen = (normalise(x).flatten(1) for x in (known, test_set.images))


def near(images, real):
    return (images - real[nearest_neighbours(images, real)]).norm(dim=1)


scenes = {}
for name in "AC":
    scenes[f"{name}, pixels"] = near(unseen, pixels), near(flat[name], pixels)
    scenes[f"{name}, features"] = near(test, train), near(seen[name], train)
print(f"you said {guess_pixels} and {guess_features}")
show.how_near(scenes)

# %% [markdown]
# **Figure 9 · a pixel to the right, and it is new.** On pixels the thief looks as original
# as a test image. Features forgive a small shift, and the ratio falls, but not to 0. No
# number finds every disguise; the pairs of figure 8 did, and they needed your eye.
#
# **What would change if…** a painter handed in noise? It would be wonderfully original,
# with a ratio above 5. This number means something only for images that are good.

# %% [markdown] written="09_perfect_score" points=2
# **In your words (2 points).** A classmate's generator has FID_c 0.4 against the test
# images; real training images get 0.8. "Better than real!" Name two different ways in which
# such a number can come about, and for each say what you would look at or compute to find
# out. Three to five sentences.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for each way with its test, at most 2.*
#
# - It copies: training (or, worse, test) images come out again. Look at nearest neighbours
#   beside the fakes; memorisation ratio near 0.
# - Another number of images: more fakes than in the comparison, a smaller bias. Measure both
#   with the same count, or take KID.
# - Other features, another real set, or the training set used in place of the test set:
#   compare under one protocol.
# - Mean and covariance agree but the clouds do not (figure 6): precision, recall, looking.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Does it cover?
#
# A generator that paints one perfect 7 a thousand times has found a **mode**, and lost all
# others: *mode collapse*. Where classes are known, counting them is the plainest measure.
#
# ## Exercise 3 · `mode_coverage`
#
# *difficulty ●○○○ · about 4 minutes · about 1 line*
#
# <details><summary>Hint 1 · a nudge</summary>
#
# A class counts once, however many images it has. What is left of a list when repetitions
# are crossed out?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Tensors have a method for that. `set` works too, on plain ints: two tensors are never the
# same object.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# The number of different labels (`unique`, then `len`), divided by the number of classes
# that there could be, which is not the largest label.
#
# </details>


# %% exercise="mode_coverage"
def mode_coverage(labels, num_classes):
    """The share of the classes that occur at least once.

    Args:
        labels: the class of each image, int64 (N,), each in 0 … num_classes - 1.
        num_classes: how many classes there are.

    Returns:
        A number in [0, 1]: 1 when no class is missing.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return len(labels.unique()) / num_classes
    ### END SOLUTION


# %% check="mode_coverage"
check("mode_coverage", mode_coverage)

# %% [markdown]
# Ten classes are soon covered. The usual test is harder: put three digits into the red, green
# and blue channel of one image, and you have 1000 modes, 000 to 999 (*stacked digits*,
# Metz et al. 2017). A classifier reads each channel, and the three answers make the label.
#
# **Predict.** You draw 2000 **real** stacked images, all 1000 modes equally likely. How many
# of the modes do you get?

# %%
guess_modes = "?"  # your prediction

threes = torch.randint(1000, (2000, 3), generator=rng)
digits = test_set.images[threes, 0]  # (2000, 3, 28, 28)
show.grid(digits[:10], columns=10, alt="ten stacked digits: red, green and blue")


# %%
def stacked(labels):  # three labels in a row -> one of 1000
    return labels[:, 0] * 100 + labels[:, 1] * 10 + labels[:, 2]


real_modes = stacked(test_set.labels[threes])
three = metrics.classify(painters["B"], classifier)
few_modes = stacked(three[torch.randint(500, (2000, 3), generator=rng)])
drawn = labkit.sample(labkit.zoo.load("stacked-digits"), 2000)
gan_modes = metrics.classify(drawn, classifier)
counts = list(range(100, 2001, 100))
every = {"real": real_modes, "generator": gan_modes, "three digits": few_modes}
curves = {
    name: [float(mode_coverage(modes[:count], 1000)) for count in counts]
    for name, modes in every.items()
}
print(f"you said {guess_modes}")
show.covered(counts, curves, 1000)

# %% [markdown]
# **Figure 10 · how many modes, after how many images?** Each new image is more likely to
# repeat what was there: after $n$ images of $K$ equally likely modes a share
# $1 - e^{-n/K}$ is covered (dotted). With 2000 real images 135 modes are missing by chance.
# Papers take 26 000 images, and print the count; always print the real images' count beside.
#
# Three digits per channel give 27 modes and no more, however long you wait. The generator
# was trained on stacked digits (`labkit zoo` has its command): no mode is far from its
# reach, but it prefers some to others, so its curve lies below that of the real images.
#
# **Lie 4.** Coverage asks whether a class occurs, not how often and not how well. A generator
# that paints one poor 8 among a million ones covers the 8. And it believes a classifier,
# which names *every* image, noise too.
#
# ## The oldest judge
#
# Before there were features there were eyes, and people are still asked: real or generated?
# But how do you count their answers? Who says "fake" to everything finds all fakes. So count
# two things: **hits**, the fakes that were called fake, and **false alarms**, the real images
# that were called fake. The distance between the two, on the scale of a bell curve, is
#
# $$d' = \Phi^{-1}(\text{hit rate}) - \Phi^{-1}(\text{false-alarm rate}) ,$$
#
# where $\Phi^{-1}$ says how many deviations from the middle a share lies. Who calls
# everything fake more readily raises both rates, and $d'$ stays (Macmillan and Creelman
# 2005). Guessing gives 0; with 1 you are right in 69 % of the cases, with 2 in 84 %, with 3
# in 93 %.
#
# **Predict.** 20 digits, about half of them from the generator of figure 5. How many will
# you get right?

# %%
guess_right = "?"  # your prediction, of 20

print(f"you said {guess_right} of 20")
game = widgets.SpotTheFake("digits", rounds=20, seed=0, save="results/me.json")
game

# %% [markdown]
# **Figure 11 · spot the fake.** (A click on the image, and the keys R and F are enough. In
# print you see all 20 at once: write an R or an F under each.) You hear the truth after each
# answer, and $d'$ with its interval after the last.
#
# **Try.** Play once. Then look at the fakes that you found: what gave them away? Put `seed=1`
# in the cell and play again, with that in mind. Does $d'$ rise?
#
# With many players, put everybody's file into one folder: the next cell draws all of it.

# %%
if game.score is None:
    print("no result yet: play the 20 rounds of figure 11, or read on")
else:
    display(widgets.class_tally("results"))

# %% [markdown]
# **Figure 12 · you, or your class.** The interval of one player is more than 2 wide: with 14
# of 20 right it still holds the 0 of guessing. So 20 answers of one person say little, and
# the mean of a class says more. And $d'$ belongs to a generator *and* its judges: with
# practice it rises, and the generator is the same.
#
# **Lie 5.** An eye sees one image at a time. Against copies (painter D) its $d'$ is 0, and
# each single image of a painter with three digits (B) may pass. What it measures is close to
# precision; for what is missing or copied you need the other numbers.
#
# ## All numbers, all painters
#
# You have met each number and its blind spot. Here they are side by side, and here is who
# the painters were. A frame marks the value that is nearest to the ideal.

# %%
rows = {}
for name, f in seen.items():
    m = metrics.precision_recall(f, test[:500])
    labels = metrics.classify(painters[name], classifier)
    rows[f"{name}: {metrics.TRADES[name]}"] = {
        "FID_c": float(metrics.frechet_distance(*metrics.moments(f), *whole)),
        "KID_c": metrics.kernel_distance(f, test)[0],
        **{key: m[key] for key in ("precision", "recall")},
        "memory": metrics.memorisation(f, train, test),
        "modes": metrics.mode_coverage(labels, 10),
    }
best = {"FID_c": 0, "KID_c": 0, "precision": 1, "recall": 1, "memory": 1, "modes": 1}
print("your first impression was:", guess)
show.report_card(rows, best)

# %% [markdown]
# **Figure 13 · the report card.** Read it column by column, and no painter wins all. Read it
# row by row, and each cheat is caught somewhere: the copies by their memory, the three
# digits by recall and modes, the blur by recall and FID_c, the disguise a little in many. That is the use of numbers here:
# one accuses, another confirms, and the pictures decide.

# %% [markdown] written="09_fool_it" points=2
# **In your words (2 points).** You are to fool one number of figure 13 as thoroughly as you
# can, without training anything. Choose the number, describe your "generator" in one or two
# sentences, and say which *other* column would give you away and why.
#
# <!-- BEGIN SOLUTION -->
# *For the marker: 1 point for a recipe that works, 1 point for a column that shows it with
# the reason.*
#
# - FID_c, KID_c, precision, recall or modes: hand in training images; memory is 0.
# - Precision: one good image (or a few) again and again; recall and modes fall.
# - Memory: noise, or copies moved by two pixels; precision falls, FID_c rises.
# - Recall: add far-out images, so that the fakes' balls grow; precision falls.
# - Modes: one image of each class, all others alike; recall falls.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Do you agree?
#
# Decide for each sentence before you open the answer.
#
# <details><summary>"FID 8.1 is better than FID 8.4."</summary>
#
# With the same network, the same real images, the same count, and several seeds of the
# generator: perhaps. Figure 5 shows how much the count alone does. Between two papers: no.
#
# </details>
# <details><summary>"Its walks through the latent space are smooth, so it does not
# copy."</summary>
#
# A smooth film shows that the generator also paints something between its images. It can
# still pass through copies on the way. Only the training set can tell.
#
# </details>
# <details><summary>"Recall is 1: nothing is missing."</summary>
#
# Recall asks whether real images lie inside some fake's ball. If the fakes are spread out,
# the balls are large, and everything is inside. Read recall beside coverage, in Naeem's
# sense, which uses the real images' balls.
#
# </details>
#
# ## What to try next
#
# - Your own generator: `metrics.evaluate(generator, "digits")` gives all numbers with their
#   scale; `labkit evaluate` does the same for a run's folder.
# - Truncation: multiply z by 0.5 before you sample. Which of precision and recall rises,
#   which falls, and what does FID_c say?
# - Disguises: turn copies by 5°, thicken them, invert them. Which measure still finds them?
# - Repeat figure 4 with the *training* images in place of the test images. Who gains?
#
# ## Read on
#
# - Heusel et al. 2017, *GANs Trained by a Two Time-Scale Update Rule…*, arXiv 1706.08500:
#   figure 3, what FID sees.
# - Bińkowski et al. 2018, *Demystifying MMD GANs*, arXiv 1801.01401: section 4, the bias of
#   FID, and KID.
# - Kynkäänniemi et al. 2019, *Improved Precision and Recall Metric…*, arXiv 1904.06991:
#   figures 1 and 2. Naeem et al. 2020, *Reliable Fidelity and Diversity Metrics…*, arXiv
#   2002.09797: figures 2 and 3.
# - Macmillan and Creelman 2005, *Detection Theory: A User's Guide*: chapters 1 and 2, $d'$.
#   Hautus 1995, *Corrections for extreme proportions…*: what to do with 10 hits of 10.
# - Metz et al. 2017, *Unrolled GANs*, arXiv 1611.02163, and Srivastava et al. 2017, *VEEGAN*,
#   arXiv 1705.07761: stacked digits.
# - Theis et al. 2016, *A note on the evaluation of generative models*, arXiv 1511.01844:
#   why good scores and good pictures are different things.
#
# **Next: lab 10.** The same questions, in colour.
