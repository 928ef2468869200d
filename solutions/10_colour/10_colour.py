# %% [markdown]
# # 10 · Colour: the pair that made GANs famous
#
# In 2016 three people published photographs of bedrooms that nobody had ever slept in.
# Their two networks were hardly larger than those you have built, and they came with five
# short rules that much of the field has followed since. You build that pair, for colour
# pictures of 64 × 64 pixels. You break two of its rules and measure what they are worth.
# Then you train it, on pictures that come with this lab or on pictures of yours, and ask
# who is in them.
#
# **After this lab you can**
#
# - build the DCGAN paper's critic and generator for colour pictures of any such size;
# - name its five rules, and say which of them your own measurements support;
# - train the same pair on CIFAR-10, faces or a folder, and ask whom such data leave out.
#
# > **Time card** · about 55 minutes · you write about 20 lines · trains about 40 seconds

# %%
import copy
import functools

import torch
from torch import nn

import labkit
from labkit import config, loop, show
from labkit.checks import check

dataset, size = "coloured-digits", 64  # change the name, and the whole lab follows
data = labkit.load(dataset, image_size=size)
real = labkit.data.normalise(data.images[:64])
print(data)
show.grid(real[:40], columns=10)

# %% [markdown]
# **Figure 1 · the real pictures.** Digits again, but in colour and on a ground: clouds,
# stripes or dots in one of twelve palettes. They are made while they are loaded, from the
# 9000 digits that you know, so nothing has to be downloaded. A generator has more to
# learn here: shapes, grounds, and which colours go together.
#
# The variable `dataset` decides for the whole lab. At its end you find out which other
# names work on this machine.
#
# ## A colour is three numbers
#
# A colour picture has shape (3, H, W): how much red, how much green, how much blue, each
# from −1 (none) to 1 (all there is).
#
# **Predict.** Black is (−1, −1, −1) and white is (1, 1, 1). Which colour is (1, 1, −1)?
# And can you still read the digits when only one channel is left?

# %%
guess_colour, guess_read = "?", "?"  # your predictions

print(f"you said: (1, 1, -1) is {guess_colour}; one channel readable: {guess_read}")
mixed = torch.tensor([1.0, 1.0, -1.0]).view(1, 3, 1, 1).expand(-1, -1, size, size)
show.channels(torch.cat([real[:9], mixed]))

# %% [markdown]
# **Figure 2 · channels.** The last column is the riddle: red and green light together are
# yellow. Most digits can be read in any channel, because the three say nearly the same:
# where red is bright, green mostly is too. A generator has to learn this agreement. If
# its three channels drift apart, edges get coloured fringes, and the critic sees them at
# once.
#
# For the networks colour changes almost nothing. The critic's first layer takes 3 maps
# instead of 1, the generator's last one gives 3. What costs time is the size: 64 × 64 × 3
# are 12 288 numbers, nearly 16 times as many as a grey digit of 28 × 28 has.
#
# ## Five rules
#
# GANs with convolutions had been tried before and mostly failed. Radford, Metz and
# Chintala searched until they had a family of networks that trained stably on many
# kinds of pictures. Section 3 of their paper sums it up. In our words:
#
# | | rule | in the critic | in the generator |
# |---|---|---|---|
# | 1 | no pooling: let strides be learnt | convolution, stride 2 | transposed convolution, stride 2 |
# | 2 | BatchNorm in both | not in the first layer | not in the last layer |
# | 3 | no hidden layers that connect everything with everything | straight to the score | $z$ straight to 4 × 4 maps |
# | 4 | ReLU in the generator | | tanh at the very end |
# | 5 | LeakyReLU in the critic | slope 0.2 | |
#
# Here is what comes of it for 64 pixels. Every layer uses kernels of 4 with stride 2 and
# padding 1, which halve or double exactly:
#
# $$\left\lfloor \frac{n + 2\cdot 1 - 4}{2} \right\rfloor + 1 = \frac n2 \qquad\qquad (n - 1)\cdot 2 + 4 - 2\cdot 1 = 2n$$

# %%
torch.manual_seed(0)
z = torch.randn(2, 100)
maps, images = show.collect(nn.ReLU, labkit.DCGANGenerator((3, 64, 64)), z)
stages = {"z\n100": z[0]}
for stage in maps:
    stages["maps\n" + " × ".join(map(str, stage.shape[1:]))] = stage[0].detach()
show.stages(stages | {"picture\n3 × 64 × 64": images[0]})

# %% [markdown]
# **Figure 3 · the generator, 64 pixels.** (Five maps of each stage are drawn; the picture
# is drawn as its three channels.) The widths go 512, 256, 128, 64: half as many maps
# whenever the side doubles. `base_channels` is the last of them, 64. The critic is the
# same staircase walked down, from 64 maps of 32 × 32 to 512 of 4 × 4.
#
# In lab 03 you preferred *resize, then convolve* because a transposed convolution prints
# a checkerboard. The paper uses transposed convolutions all the same: its authors wrote
# before that was known, and a network can learn to even them out. Today you build it as
# they did.
#
# ## Exercise 1 · `DCGANGenerator`
#
# *difficulty ●●●○ · about 12 minutes · about 9 lines*
#
# From $z$ to 4 × 4 by one transposed convolution of kernel 4 (stride 1, no padding): for
# a map of a single pixel, that is a linear layer. Then BatchNorm, ReLU and doubling by
# turns; the last doubling goes to the picture's channels and ends in tanh.
#
# Follow `image_shape`: the check asks for 3 × 64 × 64, 1 × 64 × 64 and 3 × 32 × 32.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# $z$ is (B, 100), but a transposed convolution wants maps: (B, 100, 1, 1). Which layer
# gives a tensor two more axes? You used it in lab 03.
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Collect layers in a list. After the first transposed convolution there are `width`
# maps. While `width` is larger than `base_channels`, another block halves it and doubles
# the side. Then one doubling is left, the one without BatchNorm behind it.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `nn.Unflatten(1, (latent_dim, 1, 1))` first. Each doubling is
# `nn.ConvTranspose2d(before, after, 4, stride=2, padding=1)`; those with BatchNorm behind
# them can do without a bias. Count for 64 pixels: 4 → 8 → 16 → 32 in the loop, and the
# last one makes 64.
#
# </details>


# %% exercise="DCGANGenerator"
class DCGANGenerator(nn.Module):
    """Paints pictures by transposed convolutions, as Radford et al. (2016) do.

    Args:
        image_shape: (C, H, W) with H = W = 32 or 64.
        latent_dim: length of z.
        base_channels: maps before the last layer; twice as many at each smaller size.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        latent_dim: int = 100,
        base_channels: int = 64,
    ) -> None:
        super().__init__()
        channels, size, _ = image_shape
        width = base_channels * size // 8  # of the 4×4 maps: 512 for 64 pixels
        # about 8 lines
        ### BEGIN SOLUTION
        layers = [nn.Unflatten(1, (latent_dim, 1, 1))]
        layers += [nn.ConvTranspose2d(latent_dim, width, 4, bias=False)]
        while width > base_channels:
            layers += [nn.BatchNorm2d(width), nn.ReLU()]
            layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False)]
            width //= 2
        layers += [nn.BatchNorm2d(width), nn.ReLU()]
        layers += [nn.ConvTranspose2d(width, channels, 4, 2, 1), nn.Tanh()]
        self.layers = nn.Sequential(*layers)
        ### END SOLUTION

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """Paint z (B, latent_dim) as images (B, C, H, W) in [-1, 1]."""
        # about 1 line
        ### BEGIN SOLUTION
        return self.layers(z)
        ### END SOLUTION


# %% check="DCGANGenerator"
check("DCGANGenerator", DCGANGenerator)

# %%
# Ten pictures by chance: yours, and one that resizes and convolves (lab 03).
torch.manual_seed(0)
z = torch.randn(10, 100)
yours = DCGANGenerator((3, 64, 64)).apply(labkit.init_weights)
theirs = labkit.Generator((3, 64, 64))
show.rows({"yours": yours(z), "resize + convolve": theirs(z)})

# %% [markdown]
# **Figure 4 · untrained.** Sand and clouds, as in lab 03. The three channels know nothing
# of each other yet, so every hue occurs, and no two belong together. Which colours go
# together is one of the things to be learnt.
#
# ## Exercise 2 · `DCGANCritic`
#
# *difficulty ●●○○ · about 8 minutes · about 9 lines*
#
# The same staircase downwards. First layer: convolution and LeakyReLU, without BatchNorm.
# Then convolution, BatchNorm, LeakyReLU, with twice as many maps each time, until the
# maps are 4 × 4. Then one convolution of kernel 4 makes a single number of each picture.
#
# The paper ends in a sigmoid. You leave it out: our loss works on **raw scores**, one for
# each picture, for the reasons of lab 04.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# How large are the maps behind the first layer? When does the staircase end?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# Keep two numbers as you go: the width and the side of the maps. A `while` loop doubles
# one and halves the other as long as the side is more than 4.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# `nn.Conv2d(before, after, 4, stride=2, padding=1)` halves. A kernel of 4 without padding
# on a map of 4 × 4 leaves (B, 1, 1, 1); `nn.Flatten(0)` makes (B,) of it, also for a batch
# of one.
#
# </details>


# %% exercise="DCGANCritic"
class DCGANCritic(nn.Module):
    """Scores pictures by strided convolutions, as Radford et al. (2016) do.

    Args:
        image_shape: (C, H, W) with H = W = 32 or 64.
        base_channels: maps behind the first layer; twice as many at each smaller size.
    """

    def __init__(
        self, image_shape: tuple[int, int, int], base_channels: int = 64
    ) -> None:
        super().__init__()
        channels, size, _ = image_shape
        width, side = base_channels, size // 2  # of the maps behind the first layer
        # about 7 lines
        ### BEGIN SOLUTION
        layers = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        while side > 4:
            layers += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False)]
            layers += [nn.BatchNorm2d(2 * width), nn.LeakyReLU(0.2)]
            width, side = 2 * width, side // 2
        layers += [nn.Conv2d(width, 1, 4), nn.Flatten(0)]
        self.layers = nn.Sequential(*layers)
        ### END SOLUTION

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Score images (B, C, H, W) in [-1, 1]; returns raw scores (B,)."""
        # about 1 line
        ### BEGIN SOLUTION
        return self.layers(images)
        ### END SOLUTION


# %% check="DCGANCritic"
check("DCGANCritic", DCGANCritic)

# %% [markdown]
# ## The rules on trial
#
# The checks looked at what your networks *do*. Whether they follow the five rules is
# another question: a network with pooling, or without BatchNorm, passes too. Look for
# yourself: which kinds of layers are in your pair, and how many? Go through the table of
# rules, line by line.


# %%
def new_pair(base_channels=16):
    torch.manual_seed(0)
    critic = DCGANCritic(data.image_shape, base_channels)
    generator = DCGANGenerator(data.image_shape, 100, base_channels)
    return critic.apply(labkit.init_weights), generator.apply(labkit.init_weights)


for name, network in zip(("critic", "generator"), new_pair(), strict=True):
    layers = [type(layer).__name__ for layer in network.modules()]
    layers = [kind for kind in layers if hasattr(nn, kind) and kind != "Sequential"]
    counted = [f"{layers.count(kind)} {kind}" for kind in dict.fromkeys(layers)]
    print(f"{name:10}", " · ".join(counted))

# %% [markdown]
# What is a rule worth? Break it and measure. The next function makes a copy of a network
# in which all layers of one kind are replaced by another. Here it takes BatchNorm out of
# a generator for 32 pixels.


# %%
def replaced(network, kind, instead):
    network = copy.deepcopy(network)
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if isinstance(child, kind):
                setattr(parent, name, instead())
    return network


print(replaced(DCGANGenerator((3, 32, 32)), nn.BatchNorm2d, nn.Identity))

# %% [markdown]
# **Rule 2, BatchNorm.** Take it out of yours. Weights are drawn from
# $\mathcal N(0,\,0.02)$ as in the paper, so every layer makes the signal weaker, unless
# someone makes it strong again.
#
# **Predict.** How much weaker is the first picture without BatchNorm: 10 times, 1000
# times, a million times?

# %%
guess, found, z = "?", {}, torch.randn(32, 100)  # put your prediction in the quotes
generator = new_pair()[1]
bare = replaced(generator, nn.BatchNorm2d, nn.Identity)
for name, network in (("with BatchNorm", generator), ("without", bare)):
    maps, images = show.collect((nn.Conv2d, nn.ConvTranspose2d), network, z)
    found[name] = {f"layer {k + 1}": m.std().item() for k, m in enumerate(maps)}
    found[name]["picture"] = images.std().item()
weaker = found["with BatchNorm"]["picture"] / found["without"]["picture"]
print(f"you said {guess}; the picture is {weaker:.0f} times weaker")
show.signal(found)

# %% [markdown]
# **Figure 5 · rule 2.** Each BatchNorm lifts the signal back up. Without them the first
# pictures are one and the same grey, and the gradient on its way back meets the same small
# weights. (Why not in the last layer too? The authors tried: training began to swing to
# and fro. Behind such a layer each channel has the same mean over every batch, so that a
# batch of fakes has a fixed lightness and hue, whatever $z$ was drawn.)
#
# **Rule 5, LeakyReLU in the critic.** The generator learns from the gradient that comes
# through the critic down to the pixels. So measure that gradient: its root mean square,
# summed over the scores of 64 real pictures.
#
# **Predict.** Which change costs most of it: ReLU instead of LeakyReLU, a sigmoid
# instead, or no BatchNorm? And what does ReLU cost: a tenth, half, nothing?


# %%
def gradient_at_pixels(critic):
    pixels = real.clone().requires_grad_()
    critic(pixels).sum().backward()
    return pixels.grad.square().mean().sqrt().item()


guess_most, guess_relu = "?", "?"  # your predictions

critic = new_pair()[0]
broken = {"as you built it": critic}
broken["ReLU, not leaky"] = replaced(critic, nn.LeakyReLU, nn.ReLU)
broken["sigmoid inside"] = replaced(critic, nn.LeakyReLU, nn.Sigmoid)
broken["no BatchNorm"] = replaced(critic, nn.BatchNorm2d, nn.Identity)
sizes = {name: gradient_at_pixels(network) for name, network in broken.items()}
print(f"you said: most by {guess_most}; ReLU costs {guess_relu}")
show.scale(sizes, "gradient that reaches the pixels (rms)")

# %% [markdown]
# **Figure 6 · rules 2 and 5.** BatchNorm is worth a factor of hundreds again, and a sigmoid
# inside the network costs a lot. But ReLU? In this measurement it costs nothing at all.
# BatchNorm keeps about half of all units on the open side, so enough gradient finds its
# way.
#
# So is rule 5 wrong? One measurement, at the start, cannot say: units may die during
# training, when the critic pushes its scores apart. What the paper says about it is that
# leaky ReLU was found to work well, especially for larger pictures. That is experience, not
# proof, and it is honest to call it that. Good recipes contain both kinds of rules; it is
# worth knowing which is which.
#
# ## Four hundred steps
#
# Now train your pair, in a small version: 16 maps where the paper has 64 (for the critic
# 8, or it learns too fast for its opponent). 400 steps with 12 pictures each take
# about 30 seconds on one core. For comparison, the paper's bedrooms: three million
# photographs, 128 in a batch.
#
# **Predict.** What will the generator get right first, second, third: the shapes of the
# digits, light and dark, the many colours? And what will still be wrong after 400 steps?

# %%
guess_first, guess_second, guess_third = "?", "?", "?"  # your predictions


@functools.cache  # trained once, looked at several times
def trained_pair(steps=400):
    recipe = {"images": 12 * steps, "batch_size": 12, "lr": 2e-3, "ema": 0.99}
    settings = config.configure("dcgan", dataset=dataset, image_size=size, **recipe)
    trainer = loop.Trainer(settings, data, new_pair(8)[0], new_pair(16)[1])
    film = {}
    while trainer.done < 1:
        run = trainer.run(steps // 8)
        film[f"step {trainer.step}"] = run.samples
    return run, film


run, film = trained_pair()
print(f"you said: first {guess_first}, then {guess_second}, then {guess_third}")
show.rows({step: pictures[:10] for step, pictures in film.items()})

# %% [markdown]
# **Figure 7 · the film.** Eight looks at the same ten $z$. Light and dark come first:
# every picture is on the whole bright or dark, and a blob of the opposite kind sits in its
# middle. Then the blobs begin to stretch into strokes. Hue comes late.
#
# One reason for that order: what is the same everywhere in a picture can be got
# right by a few weights in the first layers, and the gradients of all its pixels agree on
# it. A stroke has to be in the right place, and each $z$ needs another one.
#
# Now the colours alone. Each little field is the mean colour along the edge of one
# picture, sorted from dark to light and by hue.

# %%
run, film = trained_pair()
show.palettes({"real": real} | dict(list(film.items())[1::2]))

# %% [markdown]
# **Figure 8 · palettes.** Look at the row of the real pictures, then at the last one: which
# colours has your generator not found yet? A generator may paint fine digits and still
# know only a few of the palettes. Nobody would see it in a single picture; one has to look
# at many of them together. (Lab 09 makes a number of this.)
#
# ## What longer training gives
#
# 400 steps are what a lesson has room for. A generator that trained for ten minutes and
# more may lie in the zoo, the folder of trained networks that comes with this course.

# %%
run, film = trained_pair()
compared = {"real": real[:10], "yours, 400 steps": run.samples[:10]}
if dataset in labkit.zoo.names():
    trained = labkit.zoo.load(dataset)
    torch.manual_seed(0)
    compared["from the zoo"] = trained(torch.randn(10, trained.latent_dim))
show.rows(compared)

# %% [markdown]
# **Figure 9 · patience.** The same game with more turns. To train your own pair for
# longer, leave this notebook alone and use a terminal: `labkit train coloured-digits
# --preset dcgan --base-channels 16 --seconds 600` trains labkit's version of your pair, and
# keeps film, curves and the trained generator in a folder of `runs/`.
#
# ## Pictures of the world
#
# Everything above works for any set of colour pictures: change `dataset` in the first
# cell, and run all cells again. The next cell looks which names need no download here. It
# opens nothing and asks nobody.

# %%
here = labkit.data.present()
for name in ("coloured-digits", "cifar-10", "svhn", "celeba"):
    state = "on this machine" if name in here else "would be downloaded by load()"
    print(f"{name:16} {state}")
print("folder:PATH      any folder of pictures: folder:~/Pictures/faces, say")

# %% [markdown]
# | name | what | pictures to train on |
# |---|---|---|
# | `cifar-10` | animals and vehicles, 32 × 32, enlarged here | 50 000 |
# | `svhn` | house numbers from the street | 73 257 |
# | `celeba` | faces of celebrities, for research that is not commercial | 162 770 |
# | `folder:PATH` | yours: cropped to their middle square | as many as you have; a few thousand at least |
#
# Photographs are harder than our digits. After 400 steps you will see colours and
# layouts, sky above and ground below; for faces that look back at you, a computer without
# a GPU needs a night.
#
# ## Who is in the data?
#
# A generator can only paint what it was shown; and what is rare, or hard, is the first
# thing to get lost. You can measure that on harmless pictures. Sort them by the colour
# along their upper and lower edge: light or dark, times six families of hue (which of red,
# green and blue is the strongest, which the weakest). That makes twelve kinds.
#
# **Predict.** About 41 % of the real pictures are light. Of a thousand fakes: how many
# per cent? And how many of the twelve kinds make up at least one fake in a hundred?

# %%
guess_light, guess_kinds = "?", "?"  # your predictions


def census(images):
    edge = torch.cat([images[:, :, 0], images[:, :, -1]], dim=2).mean(2)  # (N, 3)
    light = edge.mean(1) > 0
    kinds = 9 * light + 3 * edge.argmax(1) + edge.argmin(1)
    common = (kinds.bincount() >= len(images) / 100).sum()
    return f"{light.float().mean():.0%} are light, {common} of 12 kinds are common"


run, film = trained_pair()
print(f"you said: {guess_light} % light, {guess_kinds} kinds")
print("real ", census(labkit.data.normalise(data.images[:1000])))
with torch.no_grad():
    print("fakes", census(run.generator(torch.randn(1000, 100))))
    if dataset in labkit.zoo.names():
        trained = labkit.zoo.load(dataset)
        print("zoo  ", census(trained(torch.randn(1000, trained.latent_dim))))

# %% [markdown]
# Two numbers about the same thousand pictures. The share of light ones may look quite
# right while most kinds are missing: an average cannot tell you who is not there. Which
# of the two numbers would a proud author put into the advertisement?
#
# Now put people in the place of palettes. The DCGAN authors also trained on faces: they
# took the names of people from an encyclopedia and collected what an image search gave
# for them, three million pictures of ten thousand people. CelebA holds 202 599
# photographs of 10 177 celebrities (Liu et al. 2015). None of these people was asked.
# And they are not a sample of mankind: they are those whom photographers and search
# engines care about. In CelebA more than three quarters carry the label “young”.
#
# It matters outside the lab. Buolamwini and Gebru (2018) tested three commercial programs
# that tell women from men: for men with light skin they were wrong in at most 0.8 % of the
# cases, for women with dark skin in up to 34.7 %. A single number for everybody would
# have hidden it.
#
# Four questions to ask of any set of pictures, before you train on it:
#
# 1. **Who took them, and for what?** Were those who are in them asked, and can they say no
#    later?
# 2. **Who is missing**, or rare? Compared with whom?
# 3. **Who chose the labels**, and which words did they have to choose from?
# 4. **What will the generator be used for**, and what happens to someone whom it paints
#    badly, or too well?

# %% [markdown] written="10_order" points=2
# **In your words (1).** Figures 5 and 6 put two of the paper's rules on trial. Which of
# them did the measurement support, which did it not, and what does a measurement on
# *untrained* networks leave open? Three sentences, with your numbers.
#
# <!-- BEGIN SOLUTION -->
# - (1) BatchNorm is supported: without it the first picture is hundreds of times weaker
#   (figure 5), and the gradient at the pixels falls by a factor of hundreds (figure 6).
# - (½) LeakyReLU is not: with ReLU the gradient is as large, here even a little larger.
# - (½) Left open: what happens during training (units may die, scores drift apart, other
#   data, larger pictures); the rule may help there, this measurement cannot tell.
# <!-- END SOLUTION -->

# %% [markdown] written="10_faces" points=3
# **In your words (2).** A friend has the portraits of all pupils from ten years of school
# yearbooks, trains this pair on them and wants to publish the generator: "These people do
# not exist, so nobody can mind." Answer in four or five sentences: what is wrong about
# that sentence, who could mind, and what would you do before publishing anything?
#
# <!-- BEGIN SOLUTION -->
# - (1) The fakes are made from real people's portraits; a generator can come close to a
#   training picture or repeat it, above all with few pictures: compare with nearest
#   neighbours (lab 09).
# - (1) The pupils (many of them children) and their parents did not agree to this use;
#   "it was printed once" is no consent. Those who are rare in the school are painted badly
#   or not at all, or stand out so much that they can be recognised.
# - (1) Something concrete: ask for consent and allow withdrawal, or take another set; count
#   who is in it; look for copies; publish what the data are and what the generator must not
#   be used for; or do not publish. Any sensible measures count.
# <!-- END SOLUTION -->

# %% [markdown]
# ## What to try next
#
# - Give the critic 32 maps instead of 8 in figure 7. Who wins, and what do the pictures
#   look like then?
# - Train with the pair from which BatchNorm has been removed (`replaced`). What does rule 2
#   cost in pictures?
# - Replace LeakyReLU by ReLU in the critic and train three times each, with other seeds:
#   can you tell the two apart? Ask someone else to sort the results without knowing.
# - Put your `upsample_block` of lab 03 into this generator. Is the checkerboard of figure
#   4 gone from the trained pictures too?
#
# ## Read on
#
# - Radford, Metz and Chintala 2016, *Unsupervised representation learning with deep
#   convolutional GANs*: section 3 is the table of rules; figures 2 to 4 show the bedrooms,
#   figure 7 the first arithmetic with faces.
# - Odena, Dumoulin and Olah 2016, *Deconvolution and checkerboard artifacts* (Distill).
# - Liu, Luo, Wang and Tang 2015, *Deep learning face attributes in the wild*: how CelebA
#   was made, and its 40 labels.
# - Buolamwini and Gebru 2018, *Gender shades*: how to test for whom a system works.
# - Gebru et al. 2021, *Datasheets for datasets*: the questions above, worked out.
