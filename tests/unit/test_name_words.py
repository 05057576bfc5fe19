"""By which words people are found: beginnings of words, whatever their accents, capitals and script."""

import pytest

from opensps.accounts.name_words import LETTERS, ranges_of, words_of


def _finds(typed: str, name: str, email: str = "") -> bool:
    words = words_of(name, email)
    return all(any(first <= word < end for word in words) for first, end in ranges_of(typed))


@pytest.mark.parametrize(
    ("typed", "name", "email"),
    [
        ("nia", "Nia Cole", ""),
        ("COL", "Nia Cole", ""),
        ("cole nia", "Nia Cole", ""),
        ("jose", "José Álvarez", ""),
        ("Álv", "Jose Alvarez", ""),
        ("王", "王伟芳", ""),
        ("伟芳", "王伟芳", ""),
        ("芳", "王伟芳", ""),
        ("border.post", "Nia Cole", "border.post@demo.example"),
        ("Nia@demo.example", "", "nia@demo.example"),
        ("O'Br", "Una O'Brien", ""),
        ("x" * 60, "x" * 70, ""),
    ],
)
def test_the_beginning_of_any_word_finds_a_person(typed: str, name: str, email: str) -> None:
    assert _finds(typed, name, email)


@pytest.mark.parametrize("typed", ["ole", "cole nora", "demo", "nia cole smith"])
def test_every_word_must_fit_and_the_house_of_a_mail_address_is_no_word(typed: str) -> None:
    assert not _finds(typed, "Nia Cole", "n.c@demo.example")


def test_signs_alone_ask_for_nobody_in_particular() -> None:
    assert ranges_of(" -- ' @ ") == ()


def test_no_word_is_longer_than_its_column() -> None:
    assert max(len(word) for word in words_of("王" * 300, "")) == LETTERS * len("王".encode())
