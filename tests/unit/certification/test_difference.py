"""What differs between two drafts, by JSON pointer."""

from opensps.certification.difference import Difference, differences, touched


def test_equal_drafts_do_not_differ() -> None:
    assert differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}) == ()


def test_each_changed_leaf_is_named_by_its_pointer() -> None:
    before = {"a": {"b": 1, "c/d": "x"}, "l": [1, 2]}
    after = {"a": {"b": 2, "c/d": "y"}, "l": [1, 3, 4]}
    assert differences(before, after) == (
        Difference("/a/b", 1, 2),
        Difference("/a/c~1d", "x", "y"),
        Difference("/l/1", 2, 3),
        Difference("/l/2", None, 4),
    )


def test_what_is_new_or_gone_is_told_leaf_by_leaf() -> None:
    assert differences({}, {"party": {"name": "N"}}) == (Difference("/party/name", None, "N"),)
    assert differences({"party": {"name": "N"}}, {}) == (Difference("/party/name", "N", None),)


def test_a_leaf_that_became_a_tree_is_one_difference() -> None:
    assert differences({"a": 1}, {"a": {"b": 1}}) == (Difference("/a", 1, {"b": 1}),)


def test_a_field_is_touched_at_above_and_below_its_path() -> None:
    found = (Difference("/consignment/consignee/name", "a", "b"),)
    paths = frozenset(
        {"/consignment/consignee/name", "/consignment/consignee", "/consignment/consignee/name/x", "/goods"}
    )
    assert touched(paths, found) == paths - {"/goods"}
    assert touched(frozenset({"/consignment/consign"}), found) == frozenset()
