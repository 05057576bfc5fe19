"""Certificates of a sandbox: what may pass before an exchange is open (`exchange.md` 7.3, 7.4). Pure.

The golden messages carry training numbers; whatever carries another one is a certificate in earnest.
"""

from typing import Final

from opensps.lifecycle import OnboardingState

_MARK: Final = "T-"
_BEFORE: Final = frozenset(
    {OnboardingState.APPLIED, OnboardingState.PROFILE_SET, OnboardingState.SANDBOX, OnboardingState.CERTIFIED}
)


def is_for_training(number: str) -> bool:
    """Whether a certificate number, ours or a partner's, says that nothing of the certificate is real."""
    return number.startswith(_MARK)


def is_not_open(state: str) -> bool:
    """Whether certificates are not exchanged yet with a partner in this state; with a suspended one they were."""
    return state in _BEFORE


def passage_objection(*, sender: str, receiver: str, numbers: frozenset[str]) -> str:
    """Return why nothing passes our hub between partners in these states; empty where it may.

    `numbers`: of the envelope and of what is in it.
    """
    waiting = is_not_open(sender), is_not_open(receiver)
    if not any(waiting):
        return ""
    if not all(waiting):
        return "The exchange is not open yet: a sandbox and partners in live exchange are kept apart"
    is_training = all(map(is_for_training, numbers))
    return "" if is_training else "The exchange is not open yet: only training numbers (T-...) pass"
