# %% [markdown]
# # 03 · The generator: from noise to picture
#
# The generator is the painter. It is handed 100 random numbers, and paints a picture of
# 784 pixels. It has never seen a picture; it has no eyes at all. You build one that
# *could* paint digits: that grows a picture without leaving a checkerboard in it, that
# reaches black and white and not further, and whose weights start where learning is
# possible. Then you put it to the test.
#
# **After this lab you can**
#
# - double a picture in two ways, and say which one leaves a checkerboard, and why;
# - build a generator for pictures of 28, 32 and 64 pixels, with values in $[-1, 1]$;
# - start its weights well, and test within seconds whether it is able to learn.
#
# > **Time card** · about 60 minutes · you write about 30 lines · trains about 10 seconds

# %%
import copy
import functools

import torch
from torch import nn
from torch.nn import functional as F

import labkit
from labkit import show, widgets
from labkit.checks import check

digits = labkit.load("digits")
chosen = [int((digits.labels == label).nonzero()[0]) for label in range(8)]
eight = labkit.data.normalise(digits.images[chosen])
show.row(eight, alt="Eight handwritten digits, one each from 0 to 7")

# %% [markdown]
# **Figure 1 · eight digits.** Keep these in mind. The next cell teaches a generator to
# paint them, each from random numbers of its own. It is not a GAN, there is no critic in
# it: for each list of numbers we say which picture we want. You will use it several times
# in this lab. (Read it if you like; loops like this one are the subject of lab 05.)


# %%
@functools.cache  # what has been learnt once is remembered
def learn_eight(generator_class, init=labkit.init_weights, steps=100):
    torch.manual_seed(1)
    generator = generator_class((1, 28, 28), 100, 64).apply(init)
    z, losses, film = torch.randn(8, 100), [], {}
    opt_generator = torch.optim.Adam(generator.parameters(), lr=2e-3)
    for step in range(steps):
        images = generator(z)
        loss = F.mse_loss(images, eight)
        opt_generator.zero_grad()
        loss.backward()
        opt_generator.step()
        losses.append(loss.item())
        film[step] = images.detach()
    return generator.eval().requires_grad_(False), z, losses, film


# %%
generator, z, _, _ = learn_eight(labkit.Generator)
maps, images = show.collect(nn.ReLU, generator, z[3:4])
stages = {"z\n100 numbers": z[3]}
for stage in maps:
    stages["maps\n" + " × ".join(map(str, stage.shape[1:]))] = stage[0]
show.stages(stages | {"picture\n1 × 28 × 28": images[0]})

# %% [markdown]
# **Figure 2 · from noise to picture.** From left to right: a list of random numbers $z$,
# drawn from the standard normal distribution, $z \sim \mathcal N(0, I)$, and called the
# **latent vector**. A linear layer lays it out as many tiny maps of 7 × 7. These are
# doubled, and doubled again, while their number shrinks, and a last convolution paints
# the picture. It is the critic turned round. (Five maps of each stage are drawn.)
#
# The same $z$ always gives the same picture, another $z$ another one. What the numbers
# mean is up to the generator: it learns a meaning for them.
#
# ## Two ways to double a picture
#
# **Resize, then convolve.** Write every pixel four times, in a square of 2 × 2, then
# smooth and mix the maps with an ordinary convolution.
#
# **Transposed convolution.** Each input pixel is a stamp: it presses a patch of
# $k \times k$ weights, multiplied by its value, onto the output. The next pixel stamps $s$
# pixels further on. Where stamps overlap, they add up. From $n$ pixels it makes
#
# $$(n - 1)\,s + k - 2p,$$
#
# where the padding $p$ *cuts off* the edge (Dumoulin and Visin 2016). Here are four pixels in a row, with stride 2. The bottom
# line counts how many stamps lie on each output pixel.
#
# **Predict.** For a kernel of 3: which numbers will stand there, away from the ends? And
# for a kernel of 4?

# %%
guess_3, guess_4 = "?", "?"  # your predictions

print(f"you said: {guess_3} for a kernel of 3, {guess_4} for a kernel of 4")
show.stamps(4, kernels=[3, 4], stride=2)

# %% [markdown]
# **Figure 3 · stamps in a row.** A kernel of 3 cannot cover evenly with steps of 2: some
# pixels get two stamps, their neighbours one. In two dimensions it is worse, for the
# counts of rows and columns are multiplied:

# %%
ones = torch.ones(1, 1, 4, 4)
stamped = {}
for kernel in (2, 3, 4):
    stamp = torch.ones(1, 1, kernel, kernel)
    out = F.conv_transpose2d(ones, stamp, stride=2)
    stamped[f"kernel {kernel}, stride 2"] = out[0, 0]
show.count_tables(stamped)

# %% [markdown]
# **Figure 4 · stamps in a square.** You have seen these patterns in lab 02, as the number
# of windows that see a pixel. That is no accident: a transposed convolution is what
# happens to the *gradient* in an ordinary one. The critic's gradient and the generator's
# picture get their grid from the same arithmetic.
#
# Kernels of 2 and 4 cover evenly, since the stride divides them. So, many people say,
# take 4 and there will be no checkerboard. Will there? Take a completely flat input, all
# ones, and send it through transposed convolutions with random weights. A flat input
# should come out flat. The number under each picture, the **ripple**, says how flat:
#
# $$\text{ripple} = \frac{\text{standard deviation of the output}}{\text{mean size of the output}}$$
#
# measured inside, where no edge disturbs. 0 is flat.
#
# **Predict.** Which ripple has kernel 3? And kernel 4: 0, or more?

# %%
guess_3, guess_4 = "?", "?"  # your predictions

torch.manual_seed(0)
flat = torch.ones(1, 64, 8, 8)
transposed = {
    "transposed, kernel 3": nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1)(flat)[0],
    "transposed, kernel 4": nn.ConvTranspose2d(64, 64, 4, stride=2, padding=1)(flat)[0],
}
print(f"you said: {guess_3} for a kernel of 3, {guess_4} for a kernel of 4")
show.ripples(transposed)

# %% [markdown]
# **Figure 5 · two transposed convolutions of a flat input.** Kernel 4 ripples nearly as
# much! Every pixel gets four stamps now, but not the same part of them. A pixel in an
# even row and column is only ever touched by one quarter of the 16 weights, its right
# neighbour by another quarter, and so on. Equal *numbers* of stamps, different *ink*: the
# four sums
#
# $$y_{ab} = \sum_{c} \; \sum_{i \equiv a,\; j \equiv b \; (\mathrm{mod}\ 2)} w_{c,i,j}, \qquad a, b \in \{0, 1\}$$
#
# would have to be equal by luck. A network can learn to make them so, but nothing helps
# it to (Odena, Dumoulin and Olah 2016, with fine pictures of what becomes of it).
#
# ## All settings
#
# The next cell has every kernel, stride and padding, and both ways to double. In its first
# square all weights are 1: you see how many meet. In the second they are random: you see
# the ink.
#
# **Predict.** Which kernels cover evenly with a stride of 3? Is there any transposed
# convolution that stays flat with *random* weights? And does it matter whether you resize
# by copying pixels or by blending them (bilinear)?

# %%
guess_stride_3, guess_flat, guess_blend = "?", "?", "?"  # your predictions

print(f"you said: {guess_stride_3}; {guess_flat}; {guess_blend}")
board = widgets.Checkerboard(kernel=3, stride=2)
board

# %% [markdown]
# **Figure 6 · a board to try.** (Arrow keys move a slider, Escape leaves it.)
#
# **Try.**
#
# 1. Stride 2: go through the kernels from 1 to 8, and watch both ripples. Which one falls to
#    0 now and then, which one never?
# 2. Kernel 1, stride 2: what has happened to most of the pixels?
# 3. Stride 1, then any kernel you like.
# 4. Stride 2, kernel 3, and resize first. Then padding 1: where is the picture uneven now?
#
# **Explain.** The counts are even where the stride divides the kernel. The ink is even only
# where all pixels see *all* the weights: with stride 1, which doubles nothing, or when
# resizing comes first, by copying or by blending. A kernel smaller than the stride leaves
# pixels that nobody stamps. And the zeros that padding adds leave a frame, not a
# checkerboard.
#
# ## BatchNorm, and a second network with two modes
#
# One more part before you build. **BatchNorm** takes each map, subtracts its mean and
# divides by its standard deviation, then gives it a strength $\gamma$ and a shift $\beta$
# of its own, which are learnt:
#
# $$y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# (Ioffe and Szegedy 2015). Deep generators hardly start to learn without it. But where do $\mu$ and
# $\sigma$ come from? In train mode from the batch at hand, all pictures together. In
# eval mode from a running average of the batches seen in training.
#
# **Predict.** Here is the generator that learnt the eight digits. Does it paint the same
# picture from a $z$ that comes alone as from the same $z$ among seven strangers? In train
# mode? In eval mode? And of a generator that has been stopped after 10 steps already:
# which mode paints the better pictures?

# %%
guess_train, guess_eval, guess_short = "?", "?", "?"  # your predictions

strangers, painted = torch.randn(7, 100), {}
for mode in ("train", "eval"):
    generator, z, _, _ = learn_eight(labkit.Generator)
    painter = copy.deepcopy(generator).train(mode == "train")
    groups = [torch.cat([one, strangers]) for one in z.split(1)]
    painted[f"{mode}, alone"] = torch.cat([painter(one) for one in z.split(1)])
    painted[f"{mode}, in company"] = torch.cat([painter(zs)[:1] for zs in groups])
for mode in ("train", "eval"):
    generator, z, _, _ = learn_eight(labkit.Generator, steps=10)
    painter = copy.deepcopy(generator).train(mode == "train")
    painted[f"10 steps only, {mode}"] = painter(z)
print(f"you said: {guess_train}, {guess_eval}; after 10 steps {guess_short} is better")
show.rows(painted)

# %% [markdown]
# **Figure 7 · alone and in company.** Look at how bold the strokes are. In train mode a
# picture depends on who else is in the batch, for their mean is subtracted from it. (With
# `BatchNorm1d`, a batch of one even stops with an error: take the mean of one number away
# from it, and nothing is left.) So: **`eval()` before you paint for people, `train()`
# before you go on learning.**
#
# But `eval()` is not always the better choice. The running average moves by a tenth with
# each batch. After 10 batches it still holds $0.9^{10} = 35\,\%$ of the values it was born
# with; after 100, nothing of them. Keep it in mind when samples of a short run look worse
# than its losses say.
#
# ### Exercise 1 · `upsample_block`
#
# *difficulty ●●○○ · about 10 minutes · about 6 lines*
#
# Double height and width without a checkerboard: resize, then a 3 × 3 convolution, then
# BatchNorm, then ReLU (the plain one, as Radford et al. 2016 have it in generators).
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Which of the two ways doubles first and mixes afterwards? `nn` has a layer for the
# doubling alone.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Four layers in an `nn.Sequential`: `nn.Upsample`, `nn.Conv2d`, `nn.BatchNorm2d`,
# `nn.ReLU`. The convolution must leave the size as it is: which padding does a kernel
# of 3 need, with stride 1?
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `nn.Upsample` wants to be told a `scale_factor`; its default mode copies pixels. The
# convolution changes the number of maps and can do without its bias (`bias=False`):
# BatchNorm subtracts it right away. Then `nn.BatchNorm2d` for as many maps as now exist.
#
# </details>


# %% exercise="upsample_block"
def upsample_block(in_channels: int, out_channels: int) -> nn.Module:
    """Double height and width by resizing, then convolve.

    Args:
        in_channels, out_channels: number of maps before and after.

    Returns:
        A module (B, in_channels, H, W) → (B, out_channels, 2H, 2W). In eval mode a
        flat input comes out flat, away from the edges.
    """
    # about 6 lines
    ### BEGIN SOLUTION
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode="nearest"),
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )
    ### END SOLUTION


# %% check="upsample_block"
check("upsample_block", upsample_block)

# %%
# The flat input once more, now with your block beside the others.
torch.manual_seed(0)
flat = torch.ones(1, 64, 8, 8)
show.ripples(
    {
        "transposed, 3": nn.ConvTranspose2d(64, 64, 3, stride=2, padding=1)(flat)[0],
        "transposed, 4": nn.ConvTranspose2d(64, 64, 4, stride=2, padding=1)(flat)[0],
        "your block": upsample_block(64, 64).eval()(flat)[0],
    }
)

# %% [markdown]
# **Figure 8 · the flat input after your block.** Flat in, flat out: after resizing, all
# four neighbours see the same nine weights. The frame that is left comes from the zeros
# around the picture. **What would change if…** your convolution had
# `padding_mode="reflect"`?
#
# ## How dark is black?
#
# The last layer decides which values a picture can have at all. Three candidates:
# nothing, so that any number can come out; a sigmoid; a tanh.
#
# **Predict.** What is the darkest pixel that a generator with a sigmoid can paint? Which
# shade of grey is that, when −1 is black and 1 is white?

# %%
guess = "?"  # your prediction

raw = 3 * torch.randn(50_000)  # what a last convolution may give
ends = {"nothing": raw, "sigmoid": raw.sigmoid(), "tanh": raw.tanh()}
print(f"you said {guess}, the darkest is {ends['sigmoid'].min():.2f}")
show.pixel_values({name: (eight, fakes) for name, fakes in ends.items()})

# %% [markdown]
# **Figure 9 · what three last layers can paint.** With a sigmoid, 0 is the darkest, and
# that is a middle grey: four fifths of every real picture are out of reach. With nothing,
# pixels go far beyond black and white (they are piled up at the edges of the plot), and
# the critic needs no more than a glance. The tanh reaches $-1$ and $1$, and nothing else
# (Radford et al. 2016, section 3).
#
# ## Where to start from
#
# Doubling multiplies by 2, so only some beginnings lead to 28. In lab 02 the critic went
# 28 → 14 → 7 → 4, rounding up at the end. There is no way back from 4:
#
# $$4 \to 8 \to 16 \to 32 \qquad\quad 7 \to 14 \to 28 \qquad\quad 8 \to 16 \to 32 \to 64$$
#
# ### Exercise 2 · `Generator`
#
# *difficulty ●●●○ · about 15 minutes · about 12 lines*
#
# Put it together. A linear layer makes `base_channels` maps of 7 × 7 (for 28 pixels) or
# 8 × 8 (for 32 and 64), then come BatchNorm and ReLU; then your blocks, each halving the
# number of maps, until the size is reached; then a convolution to the picture's own
# channels, and the tanh.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# How many numbers has the linear layer to give? And how does a row of numbers become
# maps with a height and a width? `nn.Unflatten` does it as a layer, `view` in `forward`.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Collect the layers in a list, with a `while` loop that adds a block as long as the
# maps are smaller than the picture, and keeps count of size and channels. Then make an
# `nn.Sequential` of the list, and `forward` has one line.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `nn.Linear(latent_dim, base_channels * small * small)`, then
# `nn.Unflatten(1, (base_channels, small, small))`, BatchNorm, ReLU. In the loop: append
# a block from `base_channels` to half of it, halve `base_channels`, double `small`. A
# star hands a list to `nn.Sequential` item by item.
#
# </details>


# %% exercise="Generator"
class Generator(nn.Module):
    """Paints pictures: a linear layer makes a small one, which is then doubled.

    Args:
        image_shape: (C, H, W) of the pictures; H = W is 28, 32 or 64.
        latent_dim: length of z.
        base_channels: maps of the smallest size; each doubling halves their number.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        latent_dim: int = 100,
        base_channels: int = 256,
    ) -> None:
        super().__init__()
        channels, size, _ = image_shape
        small = 7 if size == 28 else 8
        # about 11 lines
        ### BEGIN SOLUTION
        layers = [
            nn.Linear(latent_dim, base_channels * small * small, bias=False),
            nn.Unflatten(1, (base_channels, small, small)),
            nn.BatchNorm2d(base_channels),
            nn.ReLU(),
        ]
        while small < size:
            layers.append(upsample_block(base_channels, base_channels // 2))
            small, base_channels = 2 * small, base_channels // 2
        layers += [nn.Conv2d(base_channels, channels, 3, padding=1), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        ### END SOLUTION

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Paint z (B, latent_dim) as images (B, C, H, W) in [-1, 1]."""
        # about 1 line
        ### BEGIN SOLUTION
        return self.layers(z)
        ### END SOLUTION


# %% check="Generator"
check("Generator", Generator)

# %% [markdown]
# What does it paint before it has learnt anything? Beside it, the generator of the DCGAN
# paper, which doubles with transposed convolutions of kernel 4.
#
# **Predict.** Will you see a difference between two networks of pure chance?

# %%
guess = "?"  # your prediction

torch.manual_seed(0)
z = torch.randn(10, 100)
print(f"you said: {guess}")
show.rows(
    {
        "transposed": labkit.DCGANGenerator((1, 28, 28))(z),
        "yours": Generator((1, 28, 28))(z),
    }
)

# %% [markdown]
# **Figure 10 · two painters by chance.** Both are chance, but not the same chance. With
# transposed convolutions neighbouring pixels hardly know each other; yours paints clouds.
# Strokes are more like clouds than like sand. What a network paints by nature, it does
# not have to learn.
#
# ## The first weights
#
# Weights start at random, but how random? The recipe of the DCGAN paper:
#
# | layer | weight | bias |
# |---|---|---|
# | convolution, transposed or not | $\mathcal N(0,\, 0.02)$ | 0 |
# | BatchNorm | $\gamma \sim \mathcal N(1,\, 0.02)$ | 0 |
#
# The second number is the standard deviation. Other layers keep what PyTorch gave them.
# `network.apply(init_weights)` calls the function for every layer in the network, and for
# every container too, so it has to find out what it was given.
#
# ### Exercise 3 · `init_weights`
#
# *difficulty ●●○○ · about 10 minutes · about 10 lines*
#
# Write that function: it looks at the one module it is given, and acts by the table.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Three cases: a convolution, a BatchNorm, anything else. How do you ask an object what it
# is?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# `isinstance(module, (…, …))` takes several classes at once. `nn.init` has functions
# that fill a tensor in place; their names end in an underscore. Some convolutions have
# no bias (yours, for one): then `module.bias` is None. BatchNorm without learnable
# numbers (`affine=False`) has neither weight nor bias.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `nn.init.normal_(tensor, mean, deviation)` and `nn.init.zeros_(tensor)`. Convolutions
# are `nn.Conv2d` and `nn.ConvTranspose2d`, BatchNorms `nn.BatchNorm1d` and
# `nn.BatchNorm2d`. Only the mean differs between the two cases.
#
# </details>


# %% exercise="init_weights"
def init_weights(module: nn.Module) -> None:
    """Draw one layer's first weights as DCGAN does, in place; for `network.apply`.

    (Transposed) convolutions: N(0, 0.02). BatchNorm: weight N(1, 0.02). Their biases: 0.
    Not every layer has a bias, or a weight. All other modules stay as they are.

    Args:
        module: any layer or container.
    """
    # about 10 lines
    ### BEGIN SOLUTION
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        mean = 0.0
    elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
        mean = 1.0
    else:
        return
    if module.weight is not None:
        nn.init.normal_(module.weight, mean, 0.02)
    if module.bias is not None:
        nn.init.zeros_(module.bias)
    ### END SOLUTION


# %% check="init_weights"
check("init_weights", init_weights)

# %%
torch.manual_seed(0)
layers = {
    "convolution": nn.Conv2d(64, 64, 3),
    "BatchNorm": nn.BatchNorm2d(2000),
    "Linear": nn.Linear(64, 64),
}
before = {name: layer.weight.detach().clone() for name, layer in layers.items()}
for layer in layers.values():
    layer.apply(init_weights)
show.weights({name: (before[name], layer.weight) for name, layer in layers.items()})

# %% [markdown]
# **Figure 11 · the first weights.** Grey is what PyTorch gives a layer, purple what yours
# has made of it. Watch the middle: BatchNorm's $\gamma$ lies around **1**. A well-known
# mistake draws it around 0 like everything else. It is so easy to make because nothing
# complains: the network runs, and shapes and ranges are right.
#
# **Predict.** With $\gamma$ around 0, how much weaker is the picture that an untrained
# generator paints: half as strong, a tenth, a fiftieth?


# %%
def around_zero(module):
    labkit.init_weights(module)
    if isinstance(module, nn.BatchNorm2d):
        module.weight.data -= 1  # as before, but now around 0


guess, found = "?", {}  # put your prediction in place of the question mark
for name, init in (("γ around 1", init_weights), ("γ around 0", around_zero)):
    generator = labkit.Generator((1, 28, 28)).apply(init)
    maps, images = show.collect(nn.BatchNorm2d, generator, torch.randn(64, 100))
    stages = {f"BatchNorm {number + 1}": maps[number] for number in range(len(maps))}
    stages["picture"] = images
    found[name] = {stage: values.std().item() for stage, values in stages.items()}
weaker = found["γ around 1"]["picture"] / found["γ around 0"]["picture"]
print(f"you said {guess}, the picture is {weaker:.0f} times weaker")
show.signal(found)

# %% [markdown]
# **Figure 12 · what passes through.** Each BatchNorm makes its maps strong, then $\gamma$
# switches them all but off. What arrives is a flat grey. And since gradients pass the
# same $\gamma$ on their way back, the linear layer and the convolutions hear a hundred
# times less of what they should change.
#
# ## Can it paint?
#
# Before a network goes into a long training, ask it for something easy: can it learn
# eight pictures by heart? If it cannot, no training will help, and you have lost ten
# seconds, not an evening. So: your `Generator`, your `init_weights`, eight lists of
# random numbers, the eight digits from the top of this page.
#
# **Predict.** After how many steps can you read the digits?

# %%
guess = "?"  # your prediction, from 0 to 100

_, _, _, film = learn_eight(Generator, init_weights)
frames = {f"step {step}": film[step] for step in (0, 5, 10, 30, 99)}
print(f"you said {guess} steps")
show.rows(frames | {"asked for": eight})

# %% [markdown]
# **Figure 13 · eight digits by heart.** Gradients flow, from the pixels back to the
# linear layer. That is what this test is for.
#
# **Predict.** And with $\gamma$ around 0: never, or later?

# %%
guess = "?"  # your prediction

losses = {}
for name, init in (("γ around 1", init_weights), ("γ around 0", around_zero)):
    losses[name] = learn_eight(Generator, init)[2]
print(f"you said: {guess}")
show.fits(losses)

# %% [markdown]
# **Figure 14 · two beginnings.** Later. It learns $\gamma$ first, and everything else
# afterwards. In a GAN "later" can be too late: by then the critic has got so far ahead
# that the generator may never catch up.
#
# ## By heart, or by art?
#
# Your generator paints eight perfect digits. So why a critic at all? Why not give it
# 9000 lists of random numbers, and 9000 digits to learn?
#
# **Predict.** What does it paint from a $z$ that it has not been taught? And half way
# between the $z$ of the 0 and the $z$ of the 1?

# %%
guess_new, guess_between = "?", "?"  # your predictions, in words

generator, z, _, _ = learn_eight(Generator, init_weights)
torch.manual_seed(0)
t = torch.linspace(0, 1, 8)[:, None]
print(f"you said: {guess_new}; {guess_between}")
show.rows(
    {
        "taught z": generator(z),
        "new z": generator(torch.randn(8, 100)),
        "from 0 to 1": generator((1 - t) * z[0] + t * z[1]),
    }
)

# %% [markdown]
# **Figure 15 · beyond what it was taught.** It knows eight answers, and nothing else. A
# new $z$ gives fog; between two digits, one fades out and the other fades in. More
# pictures would give more fog, only slower: which digit belongs to which random numbers
# is arbitrary, so there is nothing to understand.
#
# A critic asks for something else. It does not say "from this $z$ I want that picture";
# it says of *any* picture how real it looks. So the generator can be asked about any
# $z$, and may choose for itself which digit to paint. That takes two losses (lab 04) and
# a loop in which both learn (lab 05).

# %% [markdown] written="03_ink" points=2
# **In your words (1).** A friend doubles pictures by transposed convolutions with kernel 4
# and stride 2. "Every pixel gets exactly four stamps, so there cannot be a checkerboard."
# What is right about that, what did you measure, and why? Three sentences.
#
# <!-- BEGIN SOLUTION -->
# - (½) Right: the stride divides the kernel, so every pixel away from the edge gets four
#   stamps; the counts are even.
# - (½) Measured: a ripple of about 1 for a flat input, nearly that of kernel 3; resize and
#   convolve has 0.
# - (1) Even and odd rows and columns are touched by different quarters of the weights, and
#   nothing makes the four sums equal. (Training can, but has to learn it.)
# <!-- END SOLUTION -->

# %% [markdown] written="03_heart" points=2
# **In your words (2).** What can a generator not learn from pairs of a $z$ and the picture
# it should paint, even with all 9000 digits? What does a critic tell it that such pairs
# cannot? Three sentences.
#
# <!-- BEGIN SOLUTION -->
# - (1) Which picture belongs to which z is arbitrary, so it can only learn the pairs by
#   heart; for other z nobody has said what is wanted, and it paints fog or a cross-fade.
# - (1) A critic judges any picture, without a partner: how real does it look? So every z
#   can be trained on, and the generator is free to choose what to paint from it.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What to try next
#
# - Resize with `mode="bilinear"` in your block. What do the untrained pictures look like
#   now, and is the ripple still 0?
# - Build a block from a convolution with four times the maps and `nn.PixelShuffle(2)`.
#   Before you measure: what will its ripple be? (Which setting of figure 6 is it like?)
# - Teach 64 digits instead of eight: widen `chosen` and the `z` of `learn_eight`. How many
#   steps does your generator need then?
# - Replace the tanh by a sigmoid in a copy of your Generator. What is the lowest loss that
#   it can reach on the eight digits, and why?
#
# ## Read on
#
# - Odena, Dumoulin and Olah 2016, *Deconvolution and checkerboard artifacts* (Distill):
#   all of it, and play with its figures.
# - Radford, Metz and Chintala 2016, *Unsupervised representation learning with deep
#   convolutional GANs*: figure 1 is a generator like yours; section 4 has the first
#   weights.
# - Dumoulin and Visin 2016, *A guide to convolution arithmetic for deep learning*:
#   chapter 4, transposed convolutions.
# - Ioffe and Szegedy 2015, *Batch normalization*: algorithms 1 and 2, train and eval mode.
# - Salimans et al. 2016, *Improved techniques for training GANs*: section 3.5, what to do
#   about pictures that depend on their neighbours in the batch.
