"""However re-exports share out what came in, no kilogram goes on twice and none is lost."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from opensps.lifecycle.balance import LineUse
from opensps.lifecycle.drawing import DrawLine, share_out

amounts = st.integers(0, 1000).map(Decimal)


@st.composite
def lines(draw: st.DrawFn) -> DrawLine:
    accepted, reserved, moved, left, gone = (draw(amounts) for _ in range(5))
    issued = accepted + reserved + moved + left
    use = LineUse(line=1, unit="KGM", issued=issued, accepted=accepted, reserved=reserved, moved=moved)
    return DrawLine(use=use, drawn_accepted=min(gone, accepted), own_reserved=min(gone, reserved))


@given(amounts, st.lists(lines(), max_size=4))
def test_what_is_given_and_what_is_missing_are_what_was_asked_and_no_line_gives_more_than_it_has(
    asked: Decimal, sources: list[DrawLine]
) -> None:
    drawn, missing = share_out(asked, sources)
    assert sum((each.quantity for each in drawn), missing) == asked
    assert missing == max(Decimal(0), asked - sum(each.available for each in sources))
    for line, each in zip(sources, drawn, strict=True):
        assert Decimal(0) <= each.from_accepted <= line.accepted
        assert Decimal(0) <= each.from_left <= line.left
        assert line.use.accepted + line.use.moved + each.from_left <= line.use.issued
