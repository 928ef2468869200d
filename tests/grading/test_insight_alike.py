"""Answers that are alike: found whatever a copy changes, and nobody else accused."""

import random

import pytest

from labkit.grading.insight.alike import Group, compare, known
from labkit.grading.insight.members import Member
from labkit.grading.insight.statements import own_lines, statements

# Some right ways to write two exercises of lab 04, as honest students find them.
HEAD = "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n"
MEAN_OF_TWO = (
    HEAD + "    labels = torch.full_like(real_logits, 1 - smoothing)\n"
    "    real = F.binary_cross_entropy_with_logits(real_logits, labels)\n"
    "    fake = F.softplus(fake_logits).mean()\n"
    "    return (real + fake) / 2\n"
)
SOFTPLUS = (
    HEAD
    + "    real = F.softplus(-real_logits).mean() + smoothing * real_logits.mean()\n"
    "    fake = F.softplus(fake_logits).mean()\n"
    "    return 0.5 * (real + fake)\n"
)
MODULE = (
    HEAD + "    bce = nn.BCEWithLogitsLoss()\n"
    "    ones = torch.ones_like(real_logits) * (1 - smoothing)\n"
    "    zeros = torch.zeros_like(fake_logits)\n"
    "    return (bce(real_logits, ones) + bce(fake_logits, zeros)) / 2\n"
)
LOGSIGMOID = (
    "def generator_loss(fake_logits):\n"
    "    chances = F.logsigmoid(fake_logits)\n"
    "    return -chances.mean()\n"
)
ONES = (
    "def generator_loss(fake_logits):\n"
    "    ones = torch.ones_like(fake_logits)\n"
    "    return F.binary_cross_entropy_with_logits(fake_logits, ones)\n"
)
SHORT = "def generator_loss(fake_logits):\n    return F.softplus(-fake_logits).mean()\n"
WAYS = {
    "critic_loss": (MEAN_OF_TWO, SOFTPLUS, MODULE),
    "generator_loss": (SHORT, LOGSIGMOID, ONES),
}
# Two answers that nobody else writes, and the same after a copy's usual changes.
OWN = {
    "critic_loss": (
        "def critic_loss(real_logits, fake_logits, smoothing=0.0):\n"
        "    count = real_logits.numel() + fake_logits.numel()\n"
        "    peak = torch.relu(-real_logits) + torch.relu(real_logits)\n"
        "    hinge = torch.logaddexp(torch.zeros_like(peak), -real_logits)\n"
        "    other = torch.logaddexp(torch.zeros_like(fake_logits), fake_logits)\n"
        "    price = hinge.sum() / hinge.numel() + smoothing * real_logits.mean()\n"
        "    return price / 2 + other.sum() / (2 * other.numel()) + 0 * count\n"
    ),
    "generator_loss": (
        "def generator_loss(fake_logits):\n"
        "    zero = torch.zeros_like(fake_logits)\n"
        "    prices = torch.logaddexp(zero, -fake_logits)\n"
        "    return prices.sum() / prices.numel()\n"
    ),
}
COPY = {
    "critic_loss": (
        "# all my own work\n"
        "def critic_loss(r, f, smoothing: float = 0.0):\n"
        '    """Cross-entropy."""\n'
        "    c = torch.logaddexp(torch.zeros_like(f), f)  # of the fakes\n"
        "    a = torch.relu(-r) + torch.relu(r)\n\n"
        "    n = r.numel() + f.numel()\n"
        "    b = torch.logaddexp(\n        torch.zeros_like(a),\n        -r,\n    )\n"
        "    cost = b.sum() / b.numel() + smoothing * r.mean()\n"
        "    return cost / 2 + c.sum() / (2 * c.numel()) + 0 * n\n"
    ),
    "generator_loss": (
        "def generator_loss(x):\n"
        "    nothing: Tensor = torch.zeros_like(x)\n"
        "    out = torch.logaddexp(nothing, -x)\n"
        "    return out.sum() / out.numel()\n"
    ),
}


def member(student: str, answers: dict[str, str]) -> Member:
    return Member(student, {}, 0.0, 0.0, answers=answers)


def honest(count: int, seed: int) -> list[Member]:
    """Students who each chose a way by themselves."""
    chance = random.Random(seed)
    return [
        member(f"s{n}", {name: chance.choice(ways) for name, ways in WAYS.items()})
        for n in range(count)
    ]


def named(groups: list[Group]) -> list[set[str]]:
    return [{each.student for each in group.members} for group in groups]


@pytest.mark.parametrize("count", [1, 2, 5, 12, 30, 300])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_class_of_honest_right_answers_accuses_nobody(count: int, seed: int) -> None:
    # What our own solution says and what the notebook gave is common in any class.
    common = known([WAYS["critic_loss"][0], WAYS["generator_loss"][0]])
    found, variety = compare(honest(count, seed), common)
    if count > 2:
        assert named(found) == []
    assert sum(each.answers for each in variety) == 2 * count


def test_a_copy_is_found_whatever_its_names_order_and_comments() -> None:
    members = [*honest(12, 3), member("ada", OWN), member("cem", COPY)]
    (group,), _ = compare(members, set())
    assert named([group]) == [{"ada", "cem"}]
    assert group.same
    assert set(group.exercises) == {"critic_loss", "generator_loss"}
    ours, theirs = group.sides["critic_loss"]
    lines = theirs.source.splitlines()
    marked = {lines[number - 1].strip() for number in theirs.lines}
    assert "n = r.numel() + f.numel()" in marked
    assert "torch.zeros_like(a)," in marked
    assert not marked & {"# all my own work", '"""Cross-entropy."""', ""}
    assert len(ours.lines) == 6


def test_a_copy_of_which_a_third_is_rewritten_is_found_but_not_the_same() -> None:
    changed = COPY["critic_loss"].replace("torch.relu(-r) + torch.relu(r)", "r.abs()")
    changed = changed.replace("n = r.numel() + f.numel()", "n = len(r)")
    members = [*honest(12, 3), member("ada", OWN)]
    members.append(member("cem", COPY | {"critic_loss": changed}))
    (group,), _ = compare(members, set())
    assert named([group]) == [{"ada", "cem"}]
    assert not group.same


def test_one_exercise_alone_is_no_reason() -> None:
    other = COPY | {"generator_loss": WAYS["generator_loss"][1]}
    members = [*honest(12, 3), member("ada", OWN), member("cem", other)]
    assert compare(members, set())[0] == []


def test_what_many_have_is_common_unless_they_are_one_copy() -> None:
    ring = [member(f"r{n}", OWN if n % 2 else COPY) for n in range(8)]
    (group,), variety = compare([*honest(12, 3), *ring], set())
    assert named([group]) == [{each.student for each in ring}]
    assert max(each.commonest for each in variety) >= 8
    # Five who have all changed something different: it has become usual.
    usual = [
        member(
            f"u{n}",
            {name: f"{text}    print({n}, {n})\n" for name, text in OWN.items()},
        )
        for n in range(5)
    ]
    assert compare([*honest(12, 3), *usual], set())[0] == []


def test_what_the_lab_gave_is_not_compared() -> None:
    members = [member("ada", OWN), member("cem", COPY)]
    assert compare(members, known(OWN.values()))[0] == []
    data = set(OWN)
    assert compare(members, set(), data) == ([], [])


def test_code_that_is_no_python_is_compared_line_by_line() -> None:
    texts = [
        each.text for each in statements("def f(:\n    x = torch.sum( y ) # why\n")
    ]
    assert texts == [each.text for each in statements("def f( :\n  x=torch.sum(y)\n")]
    assert statements("") == []
    for odd in ("(" * 3000, "f'{" * 900, "\0", "x" * 10**6, "[" * 500 + "]" * 500):
        statements(odd)


def test_own_lines_leave_the_stub_out() -> None:
    stub = (
        'def f(x):\n    """Say."""\n    # about 1 line\n    raise NotImplementedError\n'
    )
    answer = 'def f(x):\n    """Say."""\n    # about 1 line\n    # mine\n    return x\n'
    assert own_lines(answer, stub) == "def f(x):\n    # mine\n    return x"
    assert own_lines("def f(:\n    # mine", stub) == "def f(:\n    # mine"
