# %% [markdown]
# # 00 · Warm-up: pictures as numbers
#
# A **generative adversarial network**, a GAN for short, is two networks that play
# against each other. The *generator* paints pictures out of random numbers. The
# *critic* is shown real pictures and painted ones, and says which is which. Each gets
# better because the other one does. In this course you build both, piece by piece.
#
# Here you meet the pictures, and the way of working. At the end, a small GAN learns to
# write digits while you watch.
#
# **After this lab you can**
#
# - run, stop and restart a notebook, and find help;
# - say what a batch of pictures is to a network: its shape, its type, its range;
# - read the message of a check, and explain why a GAN wants pixels in $[-1, 1]$.
#
# > **Time card** · about 20 minutes · you write about 1 line · trains about 15 seconds

# %%
import torch

import labkit
from labkit import show
from labkit.checks import CheckFailed, check

# %%
digits = labkit.load("digits")
show.grid(digits.images[:64], alt="64 handwritten digits of the data set, in 8 rows")

# %% [markdown]
# These are 64 of 9000 real pictures that come with the lab: digits from MNIST, written
# by hand and scanned in the 1990s. Green will mean *real* in every plot of this course,
# purple *fake*.
#
# ## How to work here
#
# | you want to | do this |
# |---|---|
# | run a cell and go to the next | <kbd>Shift</kbd>+<kbd>Enter</kbd> |
# | stop a cell that takes too long | the ■ button, or press <kbd>I</kbd> twice |
# | start afresh | the ⟳ button: *Restart the kernel*, then run from the top |
# | know what a function does | click on its name, press <kbd>Shift</kbd>+<kbd>Tab</kbd> |
# | see whether everything is installed | type `labkit doctor` in a terminal |
#
# The **kernel** is the program behind the notebook that remembers your variables. It
# remembers the order in which you *ran* the cells, not the order on the page. Whenever
# something is odd, restart it and run from the top: that is no defeat, everybody does
# it. A cell with `[*]` on its left is still running.
#
# Every lab has the same rhythm: a question, **your prediction**, a little theory, a few
# lines that you write, a check, a picture drawn with *your* code. Predictions are not
# marked. Write them down all the same, before you run: a wrong guess costs nothing
# here, and makes the answer stick.

# %% [markdown]
# ## What is a picture, to a network?
#
# A picture of 28 × 28 pixels is a table of 784 numbers. A set of them is one big
# **tensor**, and its axes always come in the same order:
#
# $$(N, C, H, W) = (\text{pictures}, \text{channels}, \text{height}, \text{width})$$
#
# Grey pictures have $C = 1$ channel, colour pictures $C = 3$. Every number is one
# **byte**, a whole number from 0 (black) to 255 (white).
#
# **Predict.** How much memory do all 9000 pictures take, in megabytes? And look at the
# digits above: what share of all pixels is black? Put numbers in place of the question
# marks, then run the cell.

# %%
guess_megabytes, guess_black = "?", "?"  # your predictions

images = digits.images
print(f"shape {tuple(images.shape)} of {images.dtype}")
print(f"values from {images.min()} to {images.max()}")
print(f"memory: you said {guess_megabytes} MB, it is {images.numel() / 1e6:.1f} MB")
black = (images == 0).float().mean()
print(f"black: you said {guess_black} %, it is {black:.0%}")

# %%
show.pixel_bytes(digits.images)

# %% [markdown]
# Nearly everything is black or white; the greys in between are the soft edges of the
# strokes. Soft edges are hard to paint, and a critic will notice when they are missing.
# Mind the scale on the left: each step upwards is ten times as much.
#
# ## The trap in a byte
#
# Suppose you want brighter pictures, and add 100 to every pixel.
#
# **Predict.** A pixel of 200 becomes… what, in a byte?

# %%
guess = "?"  # your prediction

pixel = torch.tensor([200], dtype=torch.uint8)
print(f"200 + 100: you said {guess}, a byte says {(pixel + 100).item()}")

# %%
eight = digits.images[:8]
show.rows(
    {
        "as they are": eight,
        "bytes + 100": eight + 100,
        "floats + 100": (eight.float() + 100).clamp(max=255).to(torch.uint8),
    }
)

# %% [markdown]
# A byte has no room for 300, so it starts over: $300 - 256 = 44$. White, 255, becomes 99,
# one shade away from what black has become: the strokes dissolve into their paper, and
# no error and no warning tells you. This is a common way to ruin a data set, hence a
# rule for the whole course: **first make it float, then compute.**
#
# ## Why from −1 to 1?
#
# Networks like small numbers around 0, so bytes are rescaled. Many courses divide by
# 255 and stop there. A GAN cannot, and the reason sits at the far end of the generator.
# Its last layer is a hyperbolic tangent,
#
# $$\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}},$$
#
# which squeezes any number into $(-1, 1)$. So a fake's black is near −1. If real
# pictures had their black at 0, the critic would not have to look at digits at all. The
# paper that gave the DCGAN its name does no other preprocessing than this: scale the
# pictures to the range of the tanh (Radford, Metz and Chintala 2016, section 4).

# %% [markdown]
# ## Exercise · `rescale`
#
# *difficulty ●○○○ · about 5 minutes · about 1 line*
#
# Write the function that takes bytes to $[-1, 1]$: 0 becomes −1, 255 becomes 1, and
# everything in between lies on a straight line.
#
# But **first, fail on purpose.** You will see many messages of checks in this course,
# so get to know one. Here is the popular wrong answer, handed in for you:


# %%
def only_divides(images_uint8):
    return images_uint8 / 255


try:
    check("rescale", only_divides)
except CheckFailed as message:
    print(message)

# %% [markdown]
# Read it from the top.
#
# - The **first line** names the exercise and the one thing that is wrong. A check tells
#   you one thing at a time.
# - Then come **numbers**: what you returned, and what was expected.
# - Then **why it matters** to a GAN.
# - Last a question, marked **Try**. Answer it, and you usually have the fix.
#
# A check looks at what your function *does*, never at how you wrote it. You may run it
# as often as you like; the last run counts.
#
# Now you. Replace the line with `raise NotImplementedError`, run the cell, run the
# check. If you like, hand in something wrong of your own first.
#
# <details><summary>Hint 1 · a nudge</summary>
#
# Two points make a straight line. Which two do you know?
#
# </details>
# <details><summary>Hint 2 · the idea</summary>
#
# The bytes are 255 wide, the target is 2 wide: that is the slope. Then shift the line so
# that 0 lands on −1.
#
# </details>
# <details><summary>Hint 3 · almost the code</summary>
#
# Start with `images_uint8.float()`. Divide by half of 255, then subtract what is needed
# to bring 0 to −1.
#
# </details>


# %% exercise="rescale"
def rescale(images_uint8: torch.Tensor) -> torch.Tensor:
    """Map bytes to the range of a tanh generator.

    Args:
        images_uint8: uint8 of any shape, 0 (black) to 255 (white).

    Returns:
        float32 of the same shape: 0 becomes -1, 255 becomes 1, linear in between.
    """
    # about 1 line
    ### BEGIN SOLUTION
    return images_uint8.float() / 127.5 - 1
    ### END SOLUTION


# %% check="rescale"
check("rescale", rescale)

# %% [markdown]
# ✓ means: right, for random pictures that were drawn when you ran the check. Now look
# at what you made. A generator that has learnt nothing yet paints the fakes.
#
# **Predict.** On the left, where real pictures were divided by 255 only: which single
# question about a pixel gives a fake away?

# %%
guess = "?"  # your prediction, in words

real = digits.images[:500]
fakes = labkit.Generator((1, 28, 28))(torch.randn(100, 100)).detach()
print(f"you said: {guess}")
show.pixel_values(
    {"divided by 255": (real / 255, fakes), "your rescale": (rescale(real), fakes)}
)

# %% [markdown]
# On the left, *is any pixel below 0?* is enough: one threshold separates real from fake,
# and the critic learns nothing about digits. On the right both live in one range. The
# fakes still look nothing like the real ones (no spikes at black and white), but that
# is something a generator can learn. A range it cannot reach, it can never learn.
#
# **What would change if…** you took the numbers from a classifier's tutorial? Many
# subtract MNIST's mean, 0.1307, and divide by its standard deviation, 0.3081.

# %%
tutorial = (digits.images / 255 - 0.1307) / 0.3081
print(f"real pictures now span {tutorial.min():.2f} to {tutorial.max():.2f}")
darkest, brightest = torch.tanh(torch.tensor([-99.0, 99.0]))
print(f"a tanh paints from {darkest:.2f} to {brightest:.2f}, whatever it is given")

# %% [markdown]
# White ink at 2.82, and a brush that ends at 1: a classifier does not mind, a GAN is lost
# before it starts.
#
# One more habit worth having: where a function has an inverse, go there and back. Do
# your pictures survive the journey, to the last bit?

# %%
back = labkit.data.to_uint8(rescale(digits.images))
print(f"{(back != digits.images).sum()} of {back.numel()} pixels changed on the way")

# %% [markdown] written="00_range" points=1
# **In your words.** Somebody trains a GAN on real pictures in $[0, 1]$ against a tanh
# generator. After ten seconds the critic is never wrong any more, and the generator no
# longer improves. What has the critic found, and why is that useless for the generator?
# Two or three sentences.
#
# <!-- BEGIN SOLUTION -->
# - (½) The critic separates by the range alone: fakes have pixels below 0, real
#   pictures have none. It does not need to look at shapes.
# - (½) So it says nothing about how digits look; the only lesson for the generator is
#   "not below 0", and a critic that is always sure gives hardly any gradient.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Two networks, fifteen seconds
#
# Time to see what you will build. The next cell trains a small GAN, on your processor,
# from nothing: the generator never sees a single real picture. It only hears the
# critic's opinion of its own.
#
# **Predict.** How many real pictures must the *critic* have seen before *you* can read
# a digit among the fakes? (An epoch, once through the whole set, is 9000.) Run the
# cell, and watch the fakes change. (The curves beside them are for labs 04 and 05.) The ■
# button stops it early.

# %%
guess_images = "?"  # your prediction

run = labkit.train("digits", images=18_000, on_epoch=show.live())
print(f"you said {guess_images} pictures")

# %%
names = ["before", "9000 pictures", "18 000 pictures"]
show.rows({name: frame[:10] for name, frame in zip(names, run.film)})

# %% [markdown]
# Each column is one and the same list of random numbers, painted by a generator that
# has learnt a bit more from row to row. Some are digits, some are nearly digits; some
# would be letters in a script nobody has invented. Nobody told the generator what a
# stroke is.
#
# **What would change if…** you gave it `images=90_000`? Or `"fashion"` in place of
# `"digits"`? Try it now, if you have a minute or two.
#
# ## Where to go from here
#
# | lab | you build | minutes |
# |---|---|---|
# | 02 | the critic, and see where it looks | 55 |
# | 03 | the generator, without a checkerboard | 55 |
# | 04 | the losses: what each of the two wants | 45 |
# | 05 | the training loop, with your own players | 60 |
#
# **If you are stuck**: open the hints one by one; restart the kernel and run from the
# top; put `print(x.shape)` in front of the line that fails; ask your neighbour to
# predict what your code does. That last one works surprisingly often.
#
# ## Read on
#
# - Goodfellow et al. 2014, *Generative adversarial nets*: section 1 and figure 1, the
#   idea on two pages.
# - Radford, Metz and Chintala 2016, *Unsupervised representation learning with deep
#   convolutional GANs*: figure 2 and the first paragraph of section 4, with the tanh.
# - LeCun, Bottou, Bengio and Haffner 1998, *Gradient-based learning applied to document
#   recognition*: section III.A, where these digits come from.
