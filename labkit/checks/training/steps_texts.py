"""Lab 05: the well-known wrong losses in words: headline, why, question."""

SIGMOID_TWICE = (
    "the sigmoid is applied twice in your loss",
    "The critic returns logits. Squeezed before a loss that squeezes them again,",
    "this one can never fall below {floor}, and the gradient is weak.",
    "Try: does your loss take logits or probabilities?",
)
OTHER_GAME = "This step plays with the cross-entropy on logits of lab 04."
WHICH_LOSS = "Try: which loss did you write in lab 04?"

CRITIC_LOSSES = {
    "swapped": (
        "the labels of real and fake are swapped",
        "It is what real images cost with label 0 and fakes with label 1.",
        "Try: which label, 0 or 1, should a real image get?",
    ),
    "real only": (
        "your loss counts only the real images",
        "Nothing stops this critic from calling everything real.",
        "Try: what else does the critic have to judge, and with which label?",
    ),
    "fake only": (
        "your loss counts only the fakes",
        "Nothing stops this critic from calling everything fake.",
        "Try: what else does the critic have to judge, and with which label?",
    ),
    "fakes as real": (
        "your loss gives the fakes label 1",
        "That is what the generator wishes for. The critic should spot its fakes.",
        "Try: which label does the critic want for a fake?",
    ),
    "reals as fake": (
        "your loss gives the real images label 0",
        "The critic would learn to call everything fake, and tell nothing apart.",
        "Try: which label should a real image get?",
    ),
    "difference": (
        "one term is subtracted from the other in your loss",
        "The critic pays for both kinds of mistake; with a minus it gains by one.",
        "Try: how do the two terms belong together?",
    ),
    "generator's": (
        "your loss is the generator's",
        "It rewards fakes that pass for real: the opposite of the critic's task.",
        "Try: which two terms does the critic's loss have?",
    ),
    "sigmoid twice": tuple(line.format(floor="0.503") for line in SIGMOID_TWICE),
    "wasserstein": (
        "your loss is a difference of mean scores",
        "That is Wasserstein's game.",
        OTHER_GAME,
        WHICH_LOSS,
    ),
    "least squares": ("your loss is a squared error", OTHER_GAME, WHICH_LOSS),
    "hinge": ("your loss is the hinge loss", OTHER_GAME, WHICH_LOSS),
    "smoothed": (
        "your loss smooths the labels",
        "Smoothing is for the training run to choose; this step uses labels 1 and 0.",
        "Try: which labels does your loss use, and where do they come from?",
    ),
    "negative": (
        "your loss has the wrong sign",
        "Minimising it makes the critic worse at telling real from fake.",
        "Try: is a small loss good or bad for this player?",
    ),
    "sum of images": (
        "your loss is a sum over the images",
        "Expected is the mean: with the sum, a larger batch takes larger steps.",
        "Try: which reduction does your loss use?",
    ),
    "sum": (
        "your loss is twice the expected one",
        "It is the sum of the real and the fake term. Expected is their mean, so that",
        "guessing costs ln 2 = 0.693; with the sum it costs 1.386.",
        "Try: how does the mean of two numbers follow from their sum?",
    ),
    "half": (
        "your loss is half the expected one",
        "Expected is the mean of the real and the fake term: guessing costs 0.693.",
        "Try: how often do you divide by two?",
    ),
}

GENERATOR_LOSSES = {
    "minimax": (
        "your loss is the saturating one, the mean of log(1 - D)",
        "Where the critic is sure of a fake it is flat: a bad generator learns nothing.",
        "Try: which of -log D and log(1 - D) is steep where D is near 0?",
    ),
    "label 0": (
        "your loss gives the fakes label 0",
        "That is the critic's wish: minimising it makes the fakes easier to spot.",
        "Try: which label does the generator want the critic to give?",
    ),
    "sum of images": CRITIC_LOSSES["sum of images"],
    "sigmoid twice": tuple(line.format(floor="0.313") for line in SIGMOID_TWICE),
    "negative wasserstein": (
        "your loss is the mean score of the fakes",
        "Minimising it makes the fakes easier to spot.",
        WHICH_LOSS,
    ),
    "wasserstein": (
        "your loss is minus the mean score of the fakes",
        "That is Wasserstein's game.",
        OTHER_GAME,
        WHICH_LOSS,
    ),
    "least squares": CRITIC_LOSSES["least squares"],
    "smoothed": CRITIC_LOSSES["smoothed"],
    "negative": (
        "your loss has the wrong sign",
        "Minimising it makes the fakes easier to spot.",
        "Try: is a small loss good or bad for this player?",
    ),
    "mean D": (
        "your loss is the mean of D(G(z)), not a cross-entropy",
        "Minimising it makes the critic surer that the images are fake.",
        WHICH_LOSS,
    ),
    "sum": (
        "your loss is twice the expected one",
        "Expected is the mean of -log D(G(z)): ln 2 = 0.693 when the critic guesses.",
        "Try: how many terms does this loss have?",
    ),
    "half": (
        "your loss is half the expected one",
        "Expected is the mean of -log D(G(z)): ln 2 = 0.693 when the critic guesses.",
        "Try: how many terms does this loss have?",
    ),
}
