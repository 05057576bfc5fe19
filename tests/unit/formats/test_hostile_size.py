"""What is small enough for the limits is also read and written without work that grows with its square."""

import pytest

from opensps.formats import FormatError, json_form, read_certificate, write_certificate
from tests.vectors.xml import document

BASE = document("phytosanitary-851.xml").decode()

pytestmark = pytest.mark.timeout(60)
"""Far above what is needed; work that grows with the square of the input would need minutes."""


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace("Fresh garlic", "a" + "\u0301\u0323" * 400_000),
        BASE.replace(
            "<ram:TypeCode>851</ram:TypeCode>", "<ram:TypeCode>851</ram:TypeCode>" + "<ram:Odd>1</ram:Odd>" * 20_000
        ),
        BASE.replace("<ram:TypeCode>851</ram:TypeCode>", "<ram:TypeCode>851</ram:TypeCode>" * 20_000),
        BASE.replace(">24000<", ">0." + "1" * 1_000_000 + "<"),
        BASE.replace("Fresh garlic", "garlic " * 400_000),
    ],
    ids=["marks", "strays", "repeated", "digits", "words"],
)
def test_large_input_takes_little_time(text: str) -> None:
    value = read_certificate(text.encode()).certificate
    assert value is not None
    assert read_certificate(write_certificate(value)).certificate is not None


def test_many_members_of_one_name_are_refused_in_little_time() -> None:
    members = ",".join(f'"x{number}":1' for number in range(200_000))
    with pytest.raises(FormatError) as refused:
        json_form.loads("{" + members + ',"x199999":1}')
    assert (refused.value.code, refused.value.detail) == ("json_duplicate", "x199999")
