"""The table by which people are found by name: one row per word of a person (`name_words`)."""

from typing import ClassVar, TypeVar

from django.db import models

from opensps.accounts.name_words import LETTERS, ranges_of

_BYTES_OF_A_LETTER = 4
_Row = TypeVar("_Row", bound=models.Model)


class PersonWord(models.Model):
    """One word of a person's name or mail address; rewritten when the name changes."""

    authority = models.CharField(max_length=3)
    word = models.BinaryField(max_length=LETTERS * _BYTES_OF_A_LETTER)
    """Folded, UTF-8."""

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="words")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "word", "person"], name="accounts_one_word_per_person")
        ]

    def __str__(self) -> str:
        return f"a word of {self.person_id}"


def has_words(text: str) -> bool:
    """Tell whether a text has a word to look for."""
    return bool(ranges_of(text))


def named(rows: models.QuerySet[_Row], *, authority: str, text: str, by: str = "pk__in") -> models.QuerySet[_Row]:
    """Return the rows of people in whose name or mail address words begin as all those typed do; an index answers.

    `by` is how the rows name the person.
    """
    for first, end in ranges_of(text):
        words = PersonWord.objects.filter(authority=authority, word__gte=first, word__lt=end)
        rows = rows.filter(**{by: words.values("person")})
    return rows
