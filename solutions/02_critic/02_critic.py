# %% [markdown]
# # 02 · The critic: a network with an opinion
#
# The generator never sees a real picture. All it ever learns, it learns from the critic:
# a network that looks at a picture and answers with one number, the higher the more
# *real*. So the critic comes first. You build one, teach it to tell real digits from
# three kinds of forgery, and then find out what it really looked at. It may not be what
# you think.
#
# **After this lab you can**
#
# - work out how large a picture is after any convolution, and say why 28 is awkward;
# - build a critic of strided convolutions, and say what each part of it is for;
# - explain why it returns logits, and read from its gradient where it looks.
#
# > **Time card** · about 55 minutes · you write about 15 lines · trains about 15 seconds

# %%
import functools

import torch
from torch import nn
from torch.nn import functional as F

import labkit
from labkit import show
from labkit.checks import check

digits = labkit.load("digits")
maps = labkit.data.normalise(digits.images[7:8])
stages = {"a digit\n1 × 28 × 28": maps[0]}
for block in labkit.Critic((1, 28, 28)).eval().blocks:
    maps = block(maps)
    stages["block\n" + " × ".join(map(str, maps.shape[1:]))] = maps[0]
show.stages(stages)

# %% [markdown]
# This is where you are going: a digit on its way through a critic, drawn to scale. From
# block to block the picture gets smaller and the number of *maps* grows. Each map
# answers one question ("is there a stroke like this, and where?"), first about small
# details, later about large ones. At the end one linear layer turns all of it into one
# number, the **score**. (Five maps of each block are drawn. This critic is not trained.)
#
# ## How large is a picture after a convolution?
#
# A convolution slides a small window, the **kernel**, over the picture. It does not have
# to stop at every pixel: with **stride** 2 it moves two pixels at a time. And **padding**
# puts zeros around the picture, so that the window can hang over its edge.
#
# Here is one row of 7 pixels, with padding 1.
#
# **Predict.** How many places does a kernel of 3 find, with stride 2? And a kernel of 4?
# Count in your head, or on paper.

# %%
guess_3, guess_4 = "?", "?"  # your predictions

print(f"you said: {guess_3} places for a kernel of 3, {guess_4} for a kernel of 4")
show.kernel_walk(7, kernels=[3, 4], stride=2, padding=1)

# %% [markdown]
# Every place gives one pixel of the result, so the first row shrinks from 7 to 4, the
# second from 7 to 3. A place counts only if the whole kernel fits on the padded row;
# pixels that are left over at the end are dropped.
#
# ### Exercise 1 · `conv_size`
#
# *difficulty ●○○○ · about 5 minutes · about 1 line*
#
# Turn that counting into a formula, for any size $n$, kernel $k$, stride $s$ and
# padding $p$.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Count the *steps* of the kernel, not its places. How do the two numbers differ?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# With its padding the row is $n + 2p$ wide. The kernel stands at the left edge: how much
# room is left on its right? How many strides fit into that?
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# $\lfloor (n + 2p - k) / s \rfloor + 1$. The half brackets mean: rounded down. Python has
# a division that does so, and gives an `int`.
#
# </details>


# %% exercise="conv_size"
def conv_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Work out how many pixels are left of `size` after a convolution.

    Args:
        size: pixels in a row (or a column) of the picture, from 1 upwards.
        kernel, stride, padding: as in `nn.Conv2d`.

    Returns:
        The number of places where the whole kernel fits on the padded row.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


# %% check="conv_size"
check("conv_size", conv_size)

# %% [markdown]
# Now three convolutions in a row, as in the critic.
#
# **Predict.** With kernel 3, 28 pixels become 14, then 7, then 4. Where does a kernel of
# 4 end, from 28 pixels? And from 32?

# %%
guess_28, guess_32 = "?", "?"  # your predictions

walks = {}
for size, kernel in ((28, 3), (28, 4), (32, 4)):
    sizes = [size]
    for _ in range(3):
        sizes.append(conv_size(sizes[-1], kernel, stride=2, padding=1))
    walks[f"{size} pixels, kernel {kernel}"] = sizes
print(f"kernel 4: you said {guess_28} from 28 pixels and {guess_32} from 32")
show.size_walks(walks)

# %% [markdown]
# As long as sizes are even, both kernels halve them. The odd 7 parts their ways: 4 or 3.
# That matters at the end, where a linear layer needs to know how many numbers come in:
# 96 maps of 4 × 4 are 1536, of 3 × 3 only 864. Most crashes of a first critic come from
# this one pixel. And it works in the other direction too: from 4 pixels you can double
# to 8, 16, 32, but never to 28. Remember that in lab 03.
#
# **What would change if…** the padding were 0? Change it in the cell above. What becomes
# of 28 then?
#
# ## Does the critic see every pixel?
#
# Older networks shrank pictures by *pooling*: convolve everywhere, then keep every
# second value. Strides do both at once, and let the network learn how to shrink
# (Springenberg et al. 2015; Radford et al. 2016 made it a rule for GANs). But striding
# past pixels has a price. Into how many windows does each pixel of an 8 × 8 picture fall?
#
# **Predict.** With kernel 1 and stride 2: what share of the pixels is seen at all?

# %%
guess = "?"  # your prediction, in percent

seen = {}
for kernel, padding in ((1, 0), (3, 1), (4, 1)):
    pixels = torch.ones(1, 1, 8, 8, requires_grad=True)
    window = torch.ones(1, 1, kernel, kernel)
    F.conv2d(pixels, window, stride=2, padding=padding).sum().backward()
    seen[f"kernel {kernel}, stride 2"] = pixels.grad[0, 0]
share = (seen["kernel 1, stride 2"] > 0).float().mean()
print(f"kernel 1: you said {guess} %, it sees {share:.0%}")
show.count_tables(seen)

# %% [markdown]
# A neat trick did the counting: all weights are 1, all results are added, so the
# *gradient* at a pixel is the number of windows it falls into. Kernel 1 looks at a
# quarter of the picture; in the rest a forger can do what they like. Kernel 3 sees all
# of it, but some pixels four times and some once. Kernel 4 is fair, away from the edge.
# This grid will come back twice: at the end of this lab, and in lab 03.
#
# ## LeakyReLU, and units that never wake up
#
# After each convolution comes a bend; without it, three convolutions would amount to
# one. The usual bend is $\text{ReLU}(x) = \max(0, x)$. The critic's is a bit different:
#
# $$\text{LeakyReLU}(x) = \begin{cases} x & x > 0 \\ 0.2\,x & x \le 0 \end{cases}$$

# %%
show.activations({"ReLU": nn.ReLU(), "LeakyReLU(0.2)": nn.LeakyReLU(0.2)})

# %% [markdown]
# Look at the right half. On its way back from the score to the pixels, the gradient is
# multiplied by this slope at every layer. Where a ReLU is off, nothing passes: the unit
# does not learn, and the generator hears nothing through it.
#
# Being off for *some* pictures is fine. The trouble starts with a unit that is off for
# all of them. Here is one: its bias has been pushed to −3, and its inputs are between −1
# and 1. It is asked to output 1, and learns for 200 steps.
#
# **Predict.** Where does the bias end, with ReLU and with LeakyReLU?

# %%
guess_relu, guess_leaky = "?", "?"  # your predictions

for name, activation, guess in (
    ("ReLU", nn.ReLU(), guess_relu),
    ("LeakyReLU", nn.LeakyReLU(0.2), guess_leaky),
):
    bias, inputs = torch.tensor(-3.0, requires_grad=True), torch.linspace(-1, 1, 50)
    for _ in range(200):
        (activation(inputs + bias) - 1).pow(2).mean().backward()
        bias.data -= 0.1 * bias.grad
        bias.grad = None
    print(f"{name}: you said {guess}, the bias is now {bias.item():.2f}")

# %% [markdown]
# The ReLU unit is dead: no gradient, and no way back on its own. The leaky one has
# climbed out. The idea is from Maas, Hannun and Ng 2013; the slope 0.2 is what Radford et al. 2016
# gave all their critics.
#
# ## Dropout, and a network with two modes
#
# Nine thousand digits are few; a critic could learn them by heart and call everything
# else fake. **Dropout** makes that hard. While training, it sets each value to 0 with
# probability $p$, and enlarges the others so that the average stays:
#
# $$\tilde h = \frac{m}{1-p}\,h, \qquad m = 1 \text{ with probability } 1-p, \text{ else } 0$$
#
# (Srivastava et al. 2014). `nn.Dropout2d` drops whole maps at once, which suits pictures
# better, for neighbouring pixels know each other's value anyway (Tompson et al. 2015).
# So a network with dropout has two modes. After `critic.train()` it drops, as it learns;
# after `critic.eval()` all of it is there, as it judges. The layers look up the mode by
# themselves.
#
# ### Exercise 2 · `critic_block`
#
# *difficulty ●●○○ · about 10 minutes · about 5 lines*
#
# Build one block: a convolution that halves height and width (odd sizes rounded up, so
# 7 becomes 4), a LeakyReLU of slope 0.2, and dropout.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# There is a container in `nn` that runs one layer after the other. Which kernel and
# padding took 7 to 4?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Three layers in an `nn.Sequential`: `nn.Conv2d`, `nn.LeakyReLU`, `nn.Dropout2d`. The
# first needs both numbers of channels, a kernel, a stride and a padding; the last one
# the probability.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `nn.Conv2d(from, to, 3, …)` with stride 2; ask your `conv_size` which padding makes 7
# into 4. The functional forms work as well, but `F.dropout` has to be told the mode;
# layers are told by `train()` and `eval()`.
#
# </details>


# %% exercise="critic_block"
def critic_block(
    in_channels: int, out_channels: int, dropout: float = 0.3
) -> nn.Module:
    """Halve height and width, bend, and drop while training.

    Args:
        in_channels, out_channels: number of maps before and after.
        dropout: share of what is dropped while training, in [0, 1).

    Returns:
        A module (B, in_channels, H, W) → (B, out_channels, ⌈H/2⌉, ⌈W/2⌉).
    """
    # about 5 lines
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, stride=2, padding=1),
        nn.LeakyReLU(0.2),
        nn.Dropout2d(dropout),
    )
    ### END SOLUTION


# %% check="critic_block"
check("critic_block", critic_block)

# %% [markdown]
# Here are eight maps of one and the same digit, from your block. It is run four times:
# twice in train mode, twice in eval mode. Grey is 0.
#
# **Predict.** Which of the four rows are equal?

# %%
guess = "?"  # your prediction, in words

torch.manual_seed(0)
block, digit = critic_block(1, 8), labkit.data.normalise(digits.images[7:8])
runs = {"train, 1st": True, "train, 2nd": True, "eval, 1st": False, "eval, 2nd": False}
drawn = {name: block.train(mode)(digit)[0].detach() for name, mode in runs.items()}
most = max(float(maps.abs().max()) for maps in drawn.values())
print(f"you said: {guess}")
show.rows({name: maps[:, None] / most for name, maps in drawn.items()})

# %% [markdown]
# In train mode chance decides what is missing, and what is left is a little stronger. In
# eval mode nothing is left to chance. A frequent mistake is to judge in the wrong mode:
# the same picture then gets a different score each time you ask.
#
# Then look at the maps themselves. Without any training, some respond to edges that run
# one way, some to edges that run another, some to the ink as a whole.
#
# ## A score, not a probability
#
# The critic's last layer gives any number $s$, from minus to plus infinity: a **logit**.
# What it means as a probability of being real is
#
# $$D(x) = \sigma(s) = \frac{1}{1 + e^{-s}}$$
#
# So why not put the sigmoid into the critic, and return $D$? Training needs logarithms
# of these probabilities. If the critic is sure that a *fake* is real, the bill is
# $-\log(1 - D)$, which should be about $s$.
#
# **Predict.** Floats have some seven decimal places. From which logit on does a computer
# say that $D$ is *exactly* 1?

# %%
guess = "?"  # your prediction

print(f"you said {guess}\nlogit   D          -log(1 - D)   from the logit itself")
for logit in (2.0, 8.0, 16.0, 16.5, 17.0, 100.0):
    score = torch.tensor(logit)
    d = torch.sigmoid(score)
    print(f"{logit:5}   {d:.8f} {-torch.log(1 - d):12.4f} {F.softplus(score):14.4f}")

# %% [markdown]
# From 17 on the sigmoid has lost everything, and the bill is infinite; a few digits are
# gone even at 8. Computed from the logit itself, by $\log(1 + e^{s})$, nothing is lost
# at 100 or at 1000. Critics do reach such scores: yours will, in a minute. So our
# critics return logits, and the losses of lab 04 take logits.
#
# ## Flatten, and a batch of one
#
# The last layer gives the shape $(B, 1)$, one score for each picture. We want $(B,)$.
# Many write `.squeeze()` for that.
#
# **Predict.** Which shape does squeeze leave of a batch of 64? Of a batch of one?

# %%
guess_64, guess_1 = "?", "?"  # your predictions

for batch, guess in ((64, guess_64), (1, guess_1)):
    scores = torch.zeros(batch, 1)
    left = tuple(scores.squeeze().shape)
    print(f"{batch} pictures: you said {guess}, squeeze leaves {left}")

# %% [markdown]
# A batch of one lost its batch axis. It works all epoch, until the last batch happens to
# hold a single picture; then some line far away breaks. `flatten` says from which axis on
# to merge, and keeps its word: `x.flatten(1)` makes $(B, C, H, W)$ into $(B, C\,H\,W)$,
# and `scores.flatten()` makes $(B, 1)$ into $(B,)$.
#
# ### Exercise 3 · `Critic`
#
# *difficulty ●●●○ · about 15 minutes · about 9 lines*
#
# Put it together: three of your blocks, then one linear layer. The blocks have
# `base_channels`, then twice, then three times as many maps. It should work for pictures
# of any size from 8 pixels, and for any batch, one included.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Everything with weights is made in `__init__` and kept on `self`; `forward` uses it.
# How many numbers come out of the third block? You have written a function for that.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Chain the three blocks in an `nn.Sequential`; the first takes the picture's own
# channels. Send the height through `conv_size` three times, the width as well. In
# `forward`: blocks, flatten all but the batch, linear layer, flatten.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# The linear layer takes `3 * base_channels * height * width` numbers, with the height
# and width that are left after the third block, and gives 1. Layers in a plain Python
# list stay unknown to the optimiser; `nn.Sequential` and `nn.ModuleList` register them.
#
# </details>


# %% exercise="Critic"
class Critic(nn.Module):
    """Scores pictures: three halving blocks, then one linear layer.

    Args:
        image_shape: (C, H, W) of the pictures; H and W from 8 upwards.
        base_channels: maps of the first block; the next have 2 and 3 times as many.
        dropout: handed to the blocks.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        base_channels: int = 32,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        channels, height, width = image_shape
        # about 7 lines
        ### BEGIN SOLUTION
        self.blocks = nn.Sequential(
            critic_block(channels, base_channels, dropout),
            critic_block(base_channels, 2 * base_channels, dropout),
            critic_block(2 * base_channels, 3 * base_channels, dropout),
        )
        for _ in range(3):
            height, width = conv_size(height, 3, 2, 1), conv_size(width, 3, 2, 1)
        self.score = nn.Linear(3 * base_channels * height * width, 1)
        ### END SOLUTION

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Score images (B, C, H, W) in [-1, 1]; returns logits (B,)."""
        # about 2 lines
        ### BEGIN SOLUTION
        features = self.blocks(images)  # (B, 3 · base_channels, H / 8, W / 8)
        return self.score(features.flatten(1)).flatten()
        ### END SOLUTION


# %% check="Critic"
check("Critic", Critic)

# %% [markdown]
# ## Can it tell?
#
# Three kinds of forgery: pure **noise**; **blurred** digits; and **halves**, the upper
# half of one digit on the lower half of another. Each gets a critic of its own, taught by
# the loop in the second cell below. You will write such a loop yourself in lab 05, and
# its loss in lab 04: it is small when real pictures get high scores and fakes low ones.


# %%
def noise(real):
    return 2 * torch.rand_like(real) - 1


def blurred(real):
    return F.avg_pool2d(real, 3, stride=1, padding=1, count_include_pad=False)


def halves(real):
    return torch.cat([real[:, :, :14], real.roll(1, 0)[:, :, 14:]], dim=2)


test = next(labkit.load("digits", split="test").batches(1000))
show.rows({f.__name__: f(test[:10]) for f in (noise, blurred, halves)})


# %%
@functools.cache  # each kind of fake is trained once, then remembered
def trained(critic_class, fakes_of, steps):
    torch.manual_seed(0)
    critic = critic_class((1, 28, 28))
    opt_critic = torch.optim.Adam(critic.parameters(), lr=1e-3)
    for _, real in zip(range(steps), digits.batches(64)):
        loss = labkit.critic_loss(critic(real), critic(fakes_of(real)))
        opt_critic.zero_grad()
        loss.backward()
        opt_critic.step()
    return critic.eval()


# %% [markdown]
# **Predict.** Noise gets 30 steps of 64 pictures, blurred digits 60, halves 140. Then
# your critic is asked about pictures it has never seen. Which share does it get right,
# for each kind? (Tossing a coin gives 50 %.)

# %%
guess_noise, guess_blurred, guess_halves = "?", "?", "?"  # your predictions

opinions = {}
for fakes_of, steps in ((noise, 30), (blurred, 60), (halves, 140)):
    critic = trained(Critic, fakes_of, steps)
    with torch.no_grad():
        opinions[fakes_of.__name__] = critic(test), critic(fakes_of(test))
print(f"you said: {guess_noise}, {guess_blurred} and {guess_halves} % right")
show.opinions(opinions)

# %% [markdown]
# Read the numbers below the plots too: they are logits, and some are large. A logit of
# 10 means odds of $e^{10}$, about 22 thousand to one.
#
# Noise takes a second. Blur takes longer, though your eye sees it at once. The halves
# are hardest, and yet the critic is right nine times out of ten. Has it understood what
# a digit is?
#
# ## Where does it look?
#
# Ask it. For a picture $x$ with score $s(x)$, the gradient
#
# $$\frac{\partial s}{\partial x}$$
#
# says for every pixel how much the score would change if that pixel changed a little.
# Pixels that the critic does not look at have gradient 0.
#
# **Predict.** Where does the critic of the *halves* look: at the strokes, at the whole
# picture, somewhere else?

# %%
guess = "?"  # your prediction, in words

looks = {}
for fakes_of, steps in ((blurred, 60), (halves, 140)):
    fakes = fakes_of(test[:10]).requires_grad_()
    scores = trained(Critic, fakes_of, steps)(fakes)
    (gradient,) = torch.autograd.grad(scores.sum(), fakes)
    looks[fakes_of.__name__] = fakes
    looks[f"gradient, {fakes_of.__name__}"] = show.pink(gradient)
print(f"you said: {guess}")
show.rows(looks)

# %% [markdown]
# It looks at the **seam**. It does not compare the halves, it does not know digits; it
# checks whether strokes go on smoothly between rows 14 and 15. That is the cheapest
# evidence there is, and a network takes the cheapest evidence it can find. Remember
# this whenever a critic is "92 % right": right about *what*?
#
# The critic of the blurred digits looks in and around the strokes, where blur shows. Look
# closely: its gradient is speckled with a fine grid. That is your table of counts from
# above, kernel 3 with stride 2, one pixel met four times and its neighbour once.
#
# ## Follow the gradient
#
# The gradient also says how to *please* the critic: change every pixel a little in its
# direction, and the score rises. Do that forty times. This is no game: it is exactly
# what a generator will do, with its weights instead of the pixels.
#
# **Predict.** What becomes of the blurred digits? And what will the critic say of them?

# %%
guess = "?"  # your prediction, in words

critic, fakes = trained(Critic, blurred, 60), blurred(test[:10])
path = {f"real, score {critic(test[:10]).mean():.1f}": test[:10]}
for step in range(41):
    fakes = fakes.detach().requires_grad_()
    scores = critic(fakes)
    if step in (0, 10, 40):
        path[f"step {step}, score {scores.mean():.1f}"] = fakes
    (gradient,) = torch.autograd.grad(scores.sum(), fakes)
    length = gradient.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
    fakes = (fakes + 0.25 * gradient / length).clamp(-1, 1)
print(f"you said: {guess}")
show.rows(path)

# %% [markdown]
# At first the critic's advice is good: sharper edges, more contrast. Then the score goes
# on rising, far beyond that of any real digit, and the pictures become worse: speckles,
# on the grid of the kernel. They please *this* critic and nobody else. A critic that
# stands still can always be fooled.
#
# So the critic must not stand still. It has to see the speckles, learn that they are
# fake, and send the next gradient. Which is the whole idea of a GAN.

# %% [markdown] written="02_seam" points=2
# **In your words (1).** Your critic of the halves is right on nine of ten pictures and
# looks at the seam only. A generator learns from it, and nothing else. What will its
# pictures look like? And how would you make the fakes for a critic that has to look at
# the whole digit? Three or four sentences.
#
# <!-- BEGIN SOLUTION -->
# - (1) The generator learns only what the critic looks at: no visible seam in the middle
#   row. The rest of the picture is not corrected and need not look like a digit.
# - (1) Any fakes where the cheap evidence is gone: halves joined where strokes meet or
#   with the seam smoothed or moved at random, pieces joined in other places. Best: fakes
#   that change as soon as the critic has found the trick, that is, a generator.
# <!-- END SOLUTION -->

# %% [markdown] written="02_logits" points=2
# **In your words (2).** A friend's critic ends in a sigmoid, and the loss applies another
# one. "It still trains," they say. What can their critic no longer say, whatever its
# weights? And what goes wrong in numbers even with one sigmoid, when the critic is very
# sure? Two or three sentences.
#
# <!-- BEGIN SOLUTION -->
# - (1) Its output lies in (0, 1), and the loss reads that as a logit: the probability
#   after the second sigmoid stays between 0.5 and 0.73. It can never say *fake*, nor be
#   sure of *real*.
# - (1) From logits around 17 a float32 sigmoid is exactly 1, so that log(1 − D) is minus
#   infinity, or a clamped value without gradient. Computed from the logit, it is exact.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What to try next
#
# - Give `trained` a critic without dropout: `functools.partial(Critic, dropout=0.0)`. Is
#   it better or worse on the test digits? And on the training digits?
# - Forge better: `halves` with a random row for the seam, or digits that are mirrored.
#   Which of your forgeries survives 140 steps?
# - Replace kernel 3 by kernel 4 in your block (for 32 × 32 pictures, `image_size=32` in
#   `labkit.load`). Is the grid gone from the gradient?
#
# ## Read on
#
# - Dumoulin and Visin 2016, *A guide to convolution arithmetic for deep learning*:
#   chapter 2, relationship 6 is your `conv_size`, with beautiful drawings.
# - Radford, Metz and Chintala 2016, *Unsupervised representation learning with deep
#   convolutional GANs*: section 3, five rules for the architecture; how many did you
#   keep?
# - Springenberg et al. 2015, *Striving for simplicity: the all convolutional net*:
#   section 2, strides in place of pooling.
# - Maas, Hannun and Ng 2013, *Rectifier nonlinearities improve neural network acoustic
#   models*: section 2, the leak.
# - Srivastava et al. 2014, *Dropout*: figures 1 and 2; Tompson et al. 2015, *Efficient
#   object localization using convolutional networks*: section 3.2, whole maps.
# - Salimans et al. 2016, *Improved techniques for training GANs*: section 3, what else a
#   critic can be made to look at.
