"""A lab goes round: released, fetched, done, handed in, graded, handed back.

A teacher and two students at browsers of their own, on a hub set up by
deploy/one-machine. Alice is right, Bob has one mistake and a half-done lab. At the end
each tries to read what is not theirs.
"""

import re

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.grading.classroom import right, slip
from tests.hub import prying
from tests.hub.desk import Desk, picture
from tests.hub.machine import Machine

LAB = "04_losses"
WORDS = "The logit is below -4: the critic is sure, and the price is almost zero."
WRITTEN = {
    "04_why_not_minimax": "At logit -10 one gradient is 1.0 and the other 0.000045.",
    "04_below_zero": WORDS,
}
COMMENT = "The mean of the two means is what is asked for. Half a step away."

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]


def test_a_lab_goes_round(machine: Machine, browser: Browser) -> None:
    teacher = Desk(browser, machine, "teacher")
    assignments = release(teacher)
    alice, bob = Desk(browser, machine, "alice"), Desk(browser, machine, "bob")
    fetch(alice)
    fetch(bob, "02-fetched")
    work(alice, right(LAB) | WRITTEN)
    work(bob, {"critic_loss": slip(LAB, "critic_loss")})
    see_the_mistake(bob)
    validate(alice, "Success! Your notebook passes all the tests.")
    validate(bob, "The following cell failed", "04-validated")
    submit(alice)
    submit(bob, "05-submitted")
    prying.inbound(machine)
    prying.plant(machine)
    prying.planted_in_vain(machine, collect(assignments))
    graded = grade(teacher, "07-graded")
    assert "2 students" in graded, graded
    mark(teacher)
    hand_back(teacher, assignments)
    page = read_feedback(bob)
    expect(page.get_by_text("bob").first).to_be_visible()
    expect(page.get_by_text("2.5 of 4").first).to_be_visible()
    comment = page.get_by_text(COMMENT)
    comment.evaluate("words => words.scrollIntoView({block: 'center'})")
    expect(comment).to_be_visible()
    picture(bob.page, "09-feedback")
    page = read_feedback(alice)
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(page.get_by_text(COMMENT)).to_have_count(0)
    prying.homes(machine)
    prying.inbound(machine)
    prying.feedback(machine)
    prying.the_course_stays(machine)


def release(teacher: Desk) -> Page:
    """Build the lab in a terminal; generate and release it in formgrader."""
    teacher.terminal("course")
    said = teacher.type(f"labkit build {LAB}")
    assert f"notebooks/{LAB}/{LAB}.ipynb" in said
    page = teacher.look("formgrader/manage_assignments")
    press(page, "education", "Successfully created the student version")
    press(page, "cloud-upload", "Successfully released")
    expect(row(page).get_by_text("released")).to_be_visible()
    picture(page, "01-released", 480)
    return page


def row(page: Page) -> Locator:
    """The lab's row in formgrader's list."""
    return page.locator("tbody tr", has_text=LAB)


def press(page: Page, icon: str, told: str) -> str:
    """Click an icon in the lab's row; read what formgrader tells, and put it away."""
    row(page).locator(f".glyphicon-{icon}").click()
    dialog = page.locator(".modal.in")
    expect(dialog).to_contain_text(told)
    said = dialog.inner_text()
    dialog.get_by_role("button", name="Close").last.click()
    expect(page.locator(".modal-backdrop")).to_have_count(0)  # faded out
    return said


def fetch(student: Desk, name: str = "") -> None:
    page = student.page
    student.menu("Assignment List")
    page.locator("#released_assignments_list").get_by_role(
        "button", name="Fetch", exact=True
    ).click()
    fetched = page.locator("#fetched_assignments_list")
    fetched.locator(".assignment-notebooks-link").click()
    expect(fetched.get_by_role("button", name="Validate")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_be_visible()
    if name:
        picture(page, name, 400)


def work(student: Desk, answers: dict[str, str]) -> None:
    """Type answers into the notebook."""
    student.open(f"{LAB}/{LAB}.ipynb")
    for grade_id, source in answers.items():
        student.write(grade_id, source)
    student.save()


def see_the_mistake(student: Desk) -> None:
    """Run all cells; the check of the first wrong answer says what is wrong."""
    student.run_all()
    cell = student.cell("critic_loss_check")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("✗ critic_loss")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("expected")
    picture(student.page, "03-mistake")


def validate(student: Desk, told: str, name: str = "") -> None:
    page = student.page
    student.menu("Assignment List")
    page.locator("#fetched_assignments_list").get_by_role(
        "button", name="Validate", exact=True
    ).click()
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text(told)
    if name:
        picture(page, name)
    dialog.get_by_role("button").last.click()
    expect(dialog).to_have_count(0)


def submit(student: Desk, name: str = "") -> None:
    page = student.page
    page.locator("#fetched_assignments_list").get_by_role(
        "button", name="Submit", exact=True
    ).click()
    expect(page.locator("#submitted_assignments_list")).to_contain_text(LAB)
    if name:
        picture(page, name, 400)


def collect(assignments: Page) -> str:
    said = press(assignments, "cloud-download", "Successfully collected")
    expect(row(assignments).get_by_role("link", name="2", exact=True)).to_be_visible()
    picture(assignments, "06-collected", 480)
    return said


def grade(teacher: Desk, name: str = "") -> str:
    """Grade as the teacher, an ordinary user: submissions run in a sandbox."""
    said = teacher.type(f"labkit grade {LAB}")
    if name:
        picture(teacher.page, name, 400)
    return said


def mark(teacher: Desk) -> None:
    """Change a mark in formgrader, and say why."""
    page = teacher.look(f"formgrader/gradebook/{LAB}/{LAB}")
    expect(page.get_by_text("Submission #1")).to_be_visible()  # the table is there
    page.locator("#toggle_names").click()
    page.locator("a.name-shown", has_text="bob").click()
    score = page.locator('[id="critic_loss_check"]')
    expect(score).to_have_attribute(
        "placeholder", re.compile("[0-9]")
    )  # its script ran
    with page.expect_response("**/api/grade/*"):
        score.fill("2.5")
        score.blur()
    comment = page.locator('[id="critic_loss-comment"]')
    with page.expect_response("**/api/comment/*"):
        comment.fill(COMMENT)
        comment.blur()
    score.evaluate("mark => mark.scrollIntoView({block: 'center'})")
    picture(page, "08-marked")


def hand_back(teacher: Desk, assignments: Page) -> None:
    """Put the marks into the pages, and the pages into the exchange."""
    grade(teacher)
    assignments.bring_to_front()
    press(assignments, "envelope", "Successfully released feedback")


def read_feedback(student: Desk) -> FrameLocator:
    """Fetch the feedback in the list of assignments, and open it; gives the page."""
    page = student.page
    page.bring_to_front()
    page.locator("#refresh_assignments_list").click()
    submitted = page.locator("#submitted_assignments_list")
    submitted.get_by_role("button", name="Fetch Feedback").click()
    submitted.get_by_text("(view feedback)").click()
    page.locator(".jp-DirListing-item", has_text=f"{LAB}.html").dblclick()
    shown = page.frame_locator(".jp-HTMLViewer iframe")
    expect(shown.get_by_role("heading").first).to_be_visible()
    return shown
