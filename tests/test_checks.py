"""The frame of the checks: what a student sees, and what a check leaves alone."""

import functools
import random
import subprocess
import sys
import types
import warnings

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from torch import nn
from torch.nn import functional as F

from labkit import dcgan, latent, losses, models
from labkit.checks import REGISTRY, CheckFailed, check
from labkit.checks.refusal import LEFT_OUT
from labkit.checks.run import examine, observe
from labkit.checks.spec import Exercise, Finding, Observation, own_version
from labkit.errors import LabkitError

HEADLINE = "✗ generator_loss · it wants the fakes to be called fake"
SETUP = """\
from torch.nn import functional as F
from labkit.checks import check
def right(fake_logits):
    return F.softplus(-fake_logits).mean()
def wrong(fake_logits):
    for n in range(9): print("line", n)
    return F.softplus(fake_logits).mean()
"""


def right(fake_logits):
    return F.softplus(-fake_logits).mean()


def wrong(fake_logits):
    return F.softplus(fake_logits).mean()


def message(name, obj, seed=0):
    with pytest.raises(CheckFailed) as caught:
        check(name, obj, seed)
    return str(caught.value)


@pytest.fixture(scope="module")
def notebook():
    """A notebook with a right answer and wrong ones, run by a real kernel."""
    sources = [
        SETUP,
        'check("generator_loss", right)',
        'check("generator_loss", wrong)',
        'check("generator_loss", right(F.torch.zeros(3)))',
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", allow_errors=True
    ).execute()
    return notebook


def test_jupyter_shows_the_message_alone(notebook):
    good, bad, kind = (cell.outputs for cell in notebook.cells[1:])
    assert [output.name for output in good] == ["stdout"]
    assert good[0].text.startswith("✓ generator_loss · ")
    printed, error = bad
    assert printed.name == "stdout"
    assert printed.text.splitlines()[:5] == [f"│ line {n}" for n in range(5)]
    assert "more lines printed by your code" in printed.text.splitlines()[5]
    assert len(printed.text.splitlines()) == 6
    assert error.output_type == "error"
    assert error.ename == "CheckFailed"
    assert error.traceback[0] == HEADLINE
    assert "\n".join(error.traceback) == error.evalue
    assert len(error.traceback) <= 6
    assert kind[0].traceback[0].startswith("✗ generator_loss · this is a Tensor, not")


def test_nbconvert_shows_the_message_alone(notebook):
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert HEADLINE in page
    assert "Traceback" not in page
    assert "labkit/checks" not in page
    assert 'class="ansi' not in page


def test_pytest_shows_the_message_and_no_traceback(tmp_path):
    file = tmp_path / "test_mine.py"
    file.write_text(SETUP + "def test_it():\n    check('generator_loss', wrong)\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(file),
    ]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    shown = done.stdout
    assert f"CheckFailed: {HEADLINE}" in shown
    assert "raise CheckFailed" not in shown
    assert "examine" not in shown


def test_a_check_prints_one_line_and_returns_nothing(capfd):
    assert check("generator_loss", right) is None
    captured = capfd.readouterr()
    assert captured.out.startswith("✓ generator_loss · ")
    assert captured.out.count("\n") == 1
    assert captured.err == ""


def test_what_the_students_code_says_never_reaches_stderr(capfd):
    def chatty(fake_logits):
        print("to stderr", file=sys.stderr)
        warnings.warn("mind the gap", stacklevel=1)
        return torch.tensor(right(fake_logits))  # torch warns here

    assert "lost its graph" in message("generator_loss", chatty)
    assert capfd.readouterr().err == ""


def test_the_callers_state_is_left_alone():
    def meddler(fake_logits):
        torch.manual_seed(1)
        np.random.seed(1)
        random.seed(1)
        torch.set_num_threads(2)
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        return right(fake_logits)

    def state():
        return (
            torch.get_rng_state().tolist(),
            np.random.get_state()[1].tolist(),
            random.getstate(),
            torch.get_num_threads(),
            torch.get_default_dtype(),
            torch.is_grad_enabled(),
            sys.getprofile(),
            sys.stdout,
        )

    before = state()
    message("generator_loss", meddler)
    check("generator_loss", right)
    assert state() == before


@pytest.mark.parametrize("seed", [None, 3])
def test_the_callers_settings_do_not_matter(seed):
    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode(), torch.device("meta"):
            check("generator_loss", right, seed)
            check("rescale", lambda images: images.float() / 127.5 - 1, seed)
    finally:
        torch.set_default_dtype(torch.float32)


def test_a_seed_makes_a_check_reproducible():
    def depends(fake_logits):
        return fake_logits.min() ** 2

    first = [message("generator_loss", depends, seed) for seed in (1, 1, 2)]
    assert first[0] == first[1]
    drawn = [observe(REGISTRY["generator_loss"], right, seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_unknown_exercises_are_named_with_the_closest():
    with pytest.raises(LabkitError, match=r"'critic_los'.*Did you mean 'critic_loss'"):
        check("critic_los", wrong)
    with pytest.raises(LabkitError, match="the name comes first, in quotes"):
        check(wrong, "critic_loss")


@pytest.mark.parametrize(
    ("name", "obj", "said"),
    [
        ("generator_loss", 3.5, "this is a float, not a function or a class"),
        ("generator_loss", None, "this is a NoneType, not"),
        ("generator_loss", "generator_loss", "this is a str, not"),
        ("Critic", nn.Linear(2, 1), "this is a network already built"),
        ("critic_block", nn.Linear(2, 1), "this is a network already built"),
    ],
)
def test_the_wrong_kind_of_object_is_named(name, obj, said):
    assert said in message(name, obj)


def test_a_loss_may_be_an_instance():
    class Loss(nn.Module):
        def forward(self, fake_logits):
            return right(fake_logits)

    check("generator_loss", Loss())


def test_a_stub_is_still_the_stub():
    def stub(*_, **__):
        raise NotImplementedError("your turn")

    class Stub(nn.Module):
        def __init__(self, *_, **__):
            super().__init__()
            raise NotImplementedError

    for name in REGISTRY:
        for obj in (stub, Stub):
            assert "still the stub" in message(name, obj)
            assert examine(REGISTRY[name], obj).points == 0


def test_a_stub_that_is_used_by_another_exercise_is_named():
    def uses(fake_logits):
        raise NotImplementedError("critic_loss: your turn")

    assert "it uses critic_loss, and that is still a stub" in message(
        "generator_loss", uses
    )


def test_torchs_not_implemented_is_no_stub():
    class NoForward(nn.Module):
        pass

    said = message("generator_loss", NoForward())
    assert "stub" not in said
    assert 'missing the required "forward"' in said


class Wrapper(nn.Module):
    """Holds labkit's own critic."""

    def __init__(self, image_shape, base_channels=32, dropout=0.3):
        super().__init__()
        self.critic = models.Critic(image_shape, base_channels, dropout)

    def forward(self, images):
        return self.critic(images)


class Subclass(models.Critic):
    pass


def calls(real_logits, fake_logits, smoothing=0.0):
    return losses.critic_loss(real_logits, fake_logits, smoothing)


@functools.wraps(losses.critic_loss)
def wraps(*args, **options):
    return losses.critic_loss(*args, **options)


def factory(image_shape, **options):
    return nn.Sequential(models.Critic(image_shape, **options))


@pytest.mark.parametrize(
    ("name", "obj"),
    [
        ("critic_loss", losses.critic_loss),
        ("critic_loss", calls),
        ("critic_loss", lambda r, f, smoothing=0.0: calls(r, f, smoothing) * 1),
        ("critic_loss", functools.partial(losses.critic_loss)),
        ("critic_loss", functools.partial(functools.partial(calls))),
        ("critic_loss", wraps),
        ("generator_loss", losses.minimax_generator_loss),
        ("Critic", models.Critic),
        ("Critic", dcgan.DCGANCritic),
        ("Critic", Subclass),
        ("Critic", Wrapper),
        ("Critic", factory),
        ("Critic", functools.partial(models.Critic, base_channels=8)),
    ],
)
def test_labkits_own_work_is_refused(name, obj):
    assert f"labkit's own {name}; write yours" in message(name, obj)
    assert examine(REGISTRY[name], obj).points == 0


@pytest.mark.parametrize("name", REGISTRY)
def test_a_wrapper_of_any_own_version_is_refused(name):
    own = own_version(REGISTRY[name])
    forwards = [lambda *args, **options: own(*args, **options)]
    if isinstance(own, type):
        forwards.append(type(name, (own,), {}))
    for obj in (own, *forwards):
        assert f"labkit's own {name}; write yours" in message(name, obj)


def test_labkits_functions_of_other_exercises_may_be_used():
    def critic_step(critic, generator, opt_critic, real, z):
        fake = generator(z).detach()
        loss = losses.critic_loss(critic(real), critic(fake))
        opt_critic.zero_grad()
        loss.backward()
        opt_critic.step()
        return loss

    check("critic_step", critic_step)


def test_answers_of_the_same_lab_and_later_ones_are_not_to_be_borrowed():
    """The grader's labkit has none of them, so a check must not say ✓ either."""

    def interpolate(generator, z0, z1, steps):
        ts = torch.linspace(0, 1, steps).tolist()
        with latent.evaluating(generator), torch.no_grad():
            return generator(torch.stack([latent.slerp(z0, z1, t) for t in ts]))

    def by_walking(generator, z0, z1, steps):
        stops = torch.stack([z0, z1])
        return latent.walk(generator, stops, steps - 1, torch.lerp)[:steps]

    def relativistic(fake_logits):
        zeros = torch.zeros_like(fake_logits)
        return losses.relativistic_generator_loss(fake_logits, zeros)

    class DCGANGenerator(nn.Module):
        def __init__(self, image_shape, latent_dim=100, base_channels=64):
            super().__init__()
            self.all = models.Generator(image_shape, latent_dim, base_channels)

        def forward(self, z):
            return self.all(z)

    cases = {
        "interpolate": {"slerp": interpolate, "walk": by_walking},
        "generator_loss": {"relativistic_generator_loss": relativistic},
        "DCGANGenerator": {"Generator": DCGANGenerator},
    }
    for name, answers in cases.items():
        for borrowed, obj in answers.items():
            said = message(name, obj)
            assert f"this calls labkit's own {borrowed}; write yours" in said


def test_the_checks_own_formulas_are_no_answers():
    from labkit.checks.latent import formulas

    def lerp(z0, z1, t):
        rows = z0.numpy(), z1.numpy()
        return torch.from_numpy(formulas.lerp(*rows, t))

    assert "this calls labkit's own lerp; write yours" in message("lerp", lerp)


def test_an_answer_that_labkit_is_stripped_of_is_named():
    text = LEFT_OUT.format(name="generator_loss")
    source = f"def generator_loss(fake_logits): raise NotImplementedError({text!r})"
    stripped = {"__name__": "labkit.losses"}
    exec(source, stripped)  # noqa: S102 (as a stripped labkit has it)
    left_out = stripped["generator_loss"]

    def wrapper(fake_logits):
        return left_out(fake_logits)

    def careful(fake_logits):
        try:
            return left_out(fake_logits)
        except NotImplementedError as error:
            raise ValueError("no luck") from error

    borrowed = "this calls labkit's own generator_loss; write yours"
    for obj in (wrapper, careful):
        assert borrowed in message("generator_loss", obj)
        assert examine(REGISTRY["generator_loss"], obj).points == 0
    said = message("generator_loss", left_out)
    assert "this is labkit's own generator_loss; write yours" in said
    sys.setprofile(lambda *_: None)  # so that the check watches nobody
    try:
        assert borrowed in message("generator_loss", wrapper)
    finally:
        sys.setprofile(None)


def test_a_filled_stub_module_is_the_students_own():
    def mine(fake_logits):
        return right(fake_logits)

    mine.__module__ = "labkit.exercises.losses"
    check("generator_loss", mine)


def test_somebody_elses_profiler_goes_on():
    seen = []
    sys.setprofile(lambda *event: seen.append(event[1]))
    try:
        check("generator_loss", right)
        assert sys.getprofile() is not None
    finally:
        sys.setprofile(None)
    assert "call" in seen


def test_code_that_exits_or_recurses_is_a_message():
    def leaves(fake_logits):
        sys.exit("bye")

    def deep(fake_logits):
        return deep(fake_logits)

    assert "SystemExit: bye" in message("generator_loss", leaves)
    assert "RecursionError" in message("generator_loss", deep)


def test_errors_quote_the_students_line():
    def breaks(fake_logits):
        return fake_logits @ torch.ones(1000, 2)

    said = message("generator_loss", breaks)
    assert "return fake_logits @ torch.ones(1000, 2)" in said
    assert "RuntimeError" in said


@pytest.fixture
def exercise():
    """An exercise outside the registry, with an observer that trips over odd objects."""

    def observe(impl, rng):
        obs = Observation()
        with obs.part("call"):
            obs["value"] = impl()
        return obs

    def judge(obs):
        findings = [
            Finding("value", obs["value"] == 3, "not 3"),
            Finding("extra", True),
        ]
        return [*findings, Finding("style", obs["value"] < 4, "long", weight=0)]

    return Exercise(
        "three", "00_warmup", 4, observe, judge, "3", "labkit.losses:critic_loss"
    )


def test_points_are_the_weights_that_passed(exercise):
    result = examine(exercise, lambda: 2)
    assert (result.passed, result.points) == (False, 2)
    result = examine(exercise, lambda: 3)
    assert (result.passed, result.points) == (True, 4)


def test_data_that_cannot_be_judged_is_a_result_without_points(exercise):
    for odd in (lambda: object(), lambda: 1 / 0, lambda: types.SimpleNamespace()):
        result = examine(exercise, odd)
        assert not result.passed
        assert result.points == 0
        assert "cannot read" in str(result)


def test_advice_is_shown_and_costs_nothing(exercise):
    advice = Exercise(
        "three",
        "00_warmup",
        4,
        exercise.observe,
        lambda obs: [Finding("value", True), Finding("style", False, "too long", 0)],
        "3",
        exercise.own,
    )
    result = examine(advice, lambda: 5)
    assert (result.passed, result.points) == (True, 4)
    assert str(result) == "✓ three · 3\n  advice · too long"
