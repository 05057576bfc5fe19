"""What an officer at a border does all day, in a browser, with steps and seconds counted (`fraud.md` 6, A30 to A32).

A step is something typed or pressed. Time is what passed here, on a machine that has other work, plus what a person
needs: two seconds a step and a third of a second for each word of the answer that has to be read.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.visitor import Enter, Visitor

CLEAN_STEPS, CLEAN_SECONDS = 3, 60
SUSPICIOUS_STEPS, SUSPICIOUS_SECONDS = 12, 300
ASKING_STEPS = 3
SECONDS_A_STEP, SECONDS_A_WORD = 2, 1 / 3
FINDING_SECONDS = 60
MOST_TRIES = 12


@dataclass(slots=True)
class Watch:
    """Counts what an officer does."""

    officer: Visitor
    steps: int = 0
    words: int = 0
    since: float = field(default_factory=time.monotonic)

    def press(self, ending: str) -> None:
        """Follow a link, of the page or of the menu."""
        self.officer.page.locator(f'a[href$="{ending}"]').first.click()
        self.steps += 1

    def send(self, action: str = "", **answers: Any) -> None:
        """Fill in fields and press the button: each is a step."""
        self.officer.send(action, **answers)
        self.steps += len(answers) + 1

    def read(self, selector: str) -> str:
        """Read a part of the page."""
        text = " ".join(self.officer.page.locator(selector).first.inner_text().split())
        self.words += len(text.split()) if self.officer.language == "en" else len(text) // 2
        return text

    @property
    def seconds(self) -> float:
        """What it took, reading and thinking included."""
        return time.monotonic() - self.since + self.steps * SECONDS_A_STEP + self.words * SECONDS_A_WORD


def numbers(officer: Visitor) -> list[str]:
    """Numbers of certificates that come to this country, newest first."""
    officer.open("/desk/coming?state=in_force")
    found = officer.page.locator("tbody .num").all_inner_texts()
    return [each for each in found if each.startswith("XA-")][:MOST_TRIES]


def checked(officer: Visitor, number: str) -> Watch:
    """From the home page of an officer to the verdict on a number."""
    officer.open("/home")
    watch = Watch(officer)
    watch.press("/desk")
    watch.send("/desk", number=number)
    return watch


def is_green(officer: Visitor) -> bool:
    return officer.page.locator("main .tag").first.inner_text().strip() in {"Match", "相符"}


def test_A30_a_clean_certificate_is_judged_in_three_steps_and_a_minute(enter: Enter) -> None:
    officer = enter("official")
    for number in numbers(officer):
        watch = checked(officer, number)
        if is_green(officer):
            break
    assert is_green(officer), officer.words
    watch.read("main h1")
    watch.read("main dl.rows")
    assert watch.steps <= CLEAN_STEPS, watch.steps
    assert watch.seconds <= CLEAN_SECONDS, watch.seconds


def test_A31_a_suspicious_one_becomes_a_documented_inquiry_in_five_minutes(enter: Enter) -> None:
    officer = enter("official", "zh-hans")
    number = next(each for each in numbers(officer))
    watch = checked(officer, number)
    watch.press("/compare")
    form = officer.form()
    forged = {"seals": "XX-FORGED-9", "net_weight.1": "99999 KGM"}
    watch.send(**{name: text for name, text in forged.items() if form.locator(f'[name="{name}"]').count()})
    watch.read("main h1")
    assert "XX-FORGED-9" in officer.words
    before = watch.steps
    officer.page.locator('main a[href*="/inquiries/new"]').first.click()
    watch.steps += 1
    assert officer.page.locator('input[name="number"]').input_value() == number, "filled in from the result"
    watch.send(text="封识与证书不符，重量被提高。")
    asked = officer.path
    assert asked.startswith("/inquiries/"), officer.words
    assert watch.steps - before <= ASKING_STEPS, watch.steps - before
    assert watch.steps <= SUSPICIOUS_STEPS, watch.steps
    assert "XX-FORGED-9" in officer.words, "the field that differed is in the inquiry"
    assert watch.seconds <= SUSPICIOUS_SECONDS, watch.seconds
    finding_comes(officer, asked)


FINDING = "所提供的内容与签署内容不一致"


def finding_comes(officer: Visitor, asked: str) -> None:
    """Wait for what the register of the issuing authority finds by itself, within a minute."""
    until = time.monotonic() + FINDING_SECONDS
    while FINDING not in officer.words and time.monotonic() < until:
        time.sleep(1)
        officer.open(asked)
    assert FINDING in officer.words, officer.words
