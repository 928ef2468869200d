"""Mutants: one mistake each, named, each a program of its own."""

import ast
import re
from pathlib import Path

import pytest

from labkit.course.source import read_lab
from labkit.grading.lint.mutants import mutants

REPO = Path(__file__).parents[2]
STEP = '''\
import torch
from torch import nn

LIMIT = 0.02


def step(critic, generator, opt_critic, real, z, lr: float = 0.02):
    """Teach the critic; mean or sum."""
    fake = generator(z).detach()
    labels = torch.ones_like(critic(real))
    loss = (critic(fake) - labels).square().mean()
    opt_critic.zero_grad()
    loss.backward()
    opt_critic.step()
    return loss
'''
BLOCK = """\
def block(size):
    layers = [nn.Conv2d(1, 2, 4, stride=2, padding=1), nn.BatchNorm2d(2)]
    while size > 4:
        layers += [nn.LeakyReLU(0.2)]
        size //= 2
    with torch.no_grad():
        layers[0].weight.zero_()
    return nn.Sequential(*layers, nn.Tanh())
"""


def made(source, name, label):
    """The mutants with a label; one line may have the same mistake in two places."""
    found = [mutant for each, mutant in mutants(source, name) if each == label]
    assert found, label
    return found


def reads(mutant):
    return {line.strip() for line in mutant.splitlines()}


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("line 9: dropped: .detach()", "fake = generator(z)"),
        ("line 10: ones_like -> zeros_like", "labels = torch.zeros_like(critic(real))"),
        ("line 10: real -> fake", "labels = torch.ones_like(critic(fake))"),
        (
            "line 11: critic(fake) - labels -> critic(fake) + labels",
            "loss = (critic(fake) + labels).square().mean()",
        ),
        ("line 11: mean -> sum", "loss = (critic(fake) - labels).square().sum()"),
        ("line 15: loss -> -(loss)", "return -loss"),
        ("line 15: return loss -> fake", "return fake"),
        ("line 7: 0.02 -> 0.2", None),
        ("line 12: dropped: opt_critic.zero_grad()", None),
        ("line 13: dropped: loss.backward()", None),
        ("line 14: dropped: opt_critic.step()", None),
    ],
)
def test_mistakes_in_a_step(label, line):
    (mutant,) = made(STEP, "step", label)
    if line is not None:
        assert line in reads(mutant)
    elif "dropped" in label:
        assert label.partition("dropped: ")[2] not in reads(mutant)
    else:
        assert "lr: float=0.2)" in mutant


@pytest.mark.parametrize(
    ("label", "part"),
    [
        ("line 2: BatchNorm2d -> InstanceNorm2d", "nn.InstanceNorm2d(2)]"),
        ("line 2: dropped: nn.BatchNorm2d(2)", "padding=1)]"),
        ("line 2: 4 -> 5", "nn.Conv2d(1, 2, 5,"),
        ("line 2: 2 -> 3", "nn.Conv2d(1, 3, 4,"),
        ("line 2: dropped: padding=1", "stride=2)"),
        ("line 3: size > 4 -> size >= 4", "while size >= 4:"),
        ("line 4: 0.2 -> 2.0", "nn.LeakyReLU(2.0)"),
        ("line 5: size //= 2 -> size /= 2", "size /= 2"),
        ("line 6: dropped: with torch.no_grad()", "\n    layers[0].weight.zero_()"),
        ("line 8: Tanh -> Sigmoid", "nn.Sigmoid())"),
        ("line 8: dropped: nn.Tanh()", "nn.Sequential(*layers)"),
    ],
)
def test_mistakes_in_a_network(label, part):
    assert any(part in mutant for mutant in made(BLOCK, "block", label))


def test_only_the_answer_is_changed():
    for _, mutant in mutants(STEP, "step"):
        assert "LIMIT = 0.02" in mutant
        assert '"""Teach the critic; mean or sum."""' in mutant
        assert "lr: float" in mutant
    with pytest.raises(ValueError, match="does not define train"):
        list(mutants(STEP, "train"))


def test_of_the_reference_all_are_programs_and_no_two_the_same():
    """What teachers would think of first is among them."""
    labels = ""
    for lab in ("00_warmup", "03_generator", "04_losses", "05_training"):
        for cell in read_lab(REPO / "solutions" / lab, REPO).having("exercise"):
            found = list(mutants(cell.source, cell.name))
            programs = [source for _, source in found]
            assert len(programs) > 3, cell.name
            assert len({*programs, ast.unparse(ast.parse(cell.source))}) == (
                len(programs) + 1
            )
            for label, source in found:
                compile(source, cell.name, "exec")
                assert re.match(r"line \d+: .", label)
                labels += f"{label}\n"
    for wanted in (
        "Tanh -> Sigmoid",
        "BatchNorm2d -> InstanceNorm2d",
        "zeros_like -> ones_like",
        "dropped: .detach()",
        "dropped: opt_critic.zero_grad()",
        "mean -> sum",
        "0.02 -> 0.2",
        "127.5 -> 128.5",
        "opt_critic -> opt_generator",
    ):
        assert wanted in labels


def test_what_changes_nothing_is_no_mutant():
    """A sign below a square, a device where there is only one."""
    source = """\
def price(a, b):
    start = torch.zeros(2, device=a.device)
    return (a - b).square().sum() + (a - 1) ** 2 + (b - a).abs() - start
"""
    labels = [label for label, _ in mutants(source, "price")]
    assert "line 2: dropped: device=a.device" not in labels
    assert "line 2: a -> b" not in labels
    assert "line 3: a - b -> b - a" not in labels
    assert "line 3: a - 1 -> 1 - a" not in labels
    assert "line 3: a - 1 -> a + 1" in labels


def test_what_is_given_is_not_mutated():
    source = """\
def scaled(images, by=127.5):
    images = images.float()
    ### BEGIN SOLUTION
    return images / by - 1
    ### END SOLUTION
"""
    labels = [label for label, _ in mutants(source, "scaled")]
    assert labels
    assert all(label.startswith("line 4: ") for label in labels)
