"""How good are the pictures? Do they copy? Do they cover?

`evaluate` measures a generator and returns the numbers with their scale. They are taken
between features of a small classifier that ships with the lab, one for digits and one
for fashion: numbers of this lab, marked by a c (FID_c), not to be compared with
published ones, which use the Inception network (`inception`, where its weights are).
"""

from labkit.metrics.classifier import (
    CLASSIFIERS,
    FEATURES,
    FeatureClassifier,
    classifier_path,
    classify,
    features,
    load_classifier,
)
from labkit.metrics.distances import (
    blur,
    distance,
    frechet_distance,
    kernel_distance,
    moments,
    scale,
)
from labkit.metrics.evaluation import Evaluation, evaluate
from labkit.metrics.inception import inception_distances
from labkit.metrics.modes import mode_coverage, mode_divergence
from labkit.metrics.neighbours import (
    memorisation,
    nearest_distances,
    nearest_neighbours,
    precision_recall,
    radii,
)
from labkit.metrics.suspects import TRADES, suspects

__all__ = [
    "CLASSIFIERS",
    "FEATURES",
    "TRADES",
    "Evaluation",
    "FeatureClassifier",
    "blur",
    "classifier_path",
    "classify",
    "distance",
    "evaluate",
    "features",
    "frechet_distance",
    "inception_distances",
    "kernel_distance",
    "load_classifier",
    "memorisation",
    "mode_coverage",
    "mode_divergence",
    "moments",
    "nearest_distances",
    "nearest_neighbours",
    "precision_recall",
    "radii",
    "scale",
    "suspects",
]
