"""Applications ready to sign, and the three acts that sign one; imported once Django knows its database."""

from collections.abc import Callable, Iterator

from bench.samples import Sample
from opensps.certification import services
from tests.factories.certification import AUTHORITY, PASSWORD_SHOWN, Story, cast


def ready_to_sign(given: Sample, *, count: int) -> Iterator[Story]:
    """Return so many applications whose goods are inspected and reviewed."""
    people = cast()
    stories = [Story(people, value=given.value) for _ in range(count)]
    for story in stories:
        story("submit", "open", "order", "inspect", "mark_ready")
    return iter(stories)


def signing(given: Sample, waiting: Iterator[Story]) -> Callable[[], object]:
    """Return what prepares, intends and issues the next application."""

    def sign() -> object:
        story = next(waiting)
        officer = story.people.officer
        prepared = services.issue_prepare(reference=story.reference, **story.by(officer))
        services.issue_intend(
            reference=story.reference, digest=prepared.digest, evidence=PASSWORD_SHOWN, **story.by(officer)
        )
        return services.certificate_issue(
            authority=AUTHORITY,
            reference=story.reference,
            signer=given.signer,
            trust=given.trust,
            at=story.at,
            accepts_training=True,
        )

    return sign
