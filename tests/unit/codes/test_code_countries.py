"""Countries: ISO's, the demonstration's, and those that are no more."""

from datetime import date

from opensps import codes


def test_a_country_has_a_name_in_both_languages() -> None:
    assert codes.country_name("CN") == "China"
    assert codes.country_name("CN", "zh") == "中国"
    assert codes.country_name("CN", "fr") == "China"


def test_a_code_nobody_knows_is_its_own_name() -> None:
    assert codes.country_name("QZ", "zh") == "QZ"


def test_demonstration_countries_have_names_but_count_only_where_a_policy_says_so() -> None:
    assert codes.country_name("XA") == "Examplia"
    assert codes.country_name("XB", "zh") == "北境国"
    assert not codes.is_country("XA")
    assert codes.is_country("XA", codes.DEMO_COUNTRIES)


def test_a_country_that_is_no_more_is_known_from_old_certificates_but_cannot_be_named_in_new_ones() -> None:
    assert codes.is_known("iso_3166_1", "YU")
    assert codes.get("iso_3166_1").entries["YU"].withdrawn
    assert not codes.is_country("YU")


def test_a_code_used_again_is_the_country_of_today() -> None:
    assert codes.country_name("BY") == "Belarus"
    assert codes.is_country("BY")


def test_the_choice_of_countries_is_iso_s_and_what_the_policy_adds() -> None:
    assert len(codes.countries()) == 249
    assert {entry.code for entry in codes.countries(frozenset({"XA", "XK", "QM"}))} - {
        entry.code for entry in codes.countries()
    } == {"XA", "XK"}


def test_an_extra_code_without_a_name_of_ours_counts_too() -> None:
    assert codes.is_country("QM", frozenset({"QM"}))
    assert not codes.is_country("QM")


def test_codes_of_trade_that_iso_assigns_to_nobody_have_names_and_are_a_matter_of_policy() -> None:
    assert {"XI", "XK", "EU"} == codes.TRADE_COUNTRIES
    assert codes.country_name("XI") == "Northern Ireland"
    assert codes.country_name("EU", "zh") == "欧洲联盟"
    assert not any(codes.is_country(code) for code in codes.TRADE_COUNTRIES)
    assert all(codes.is_country(code, codes.TRADE_COUNTRIES) for code in codes.TRADE_COUNTRIES)


def test_a_country_that_is_no_more_may_be_named_in_documents_of_its_time() -> None:
    assert codes.is_known("iso_3166_1", "YU", on=date(2003, 7, 22))
    assert not codes.is_known("iso_3166_1", "YU", on=date(2003, 7, 23))
    assert codes.is_known("iso_3166_1", "DY", on=date(1977, 6, 1))


def test_a_code_that_was_withdrawn_twice_counts_until_the_later_day() -> None:
    assert codes.is_known("iso_3166_1", "CS", on=date(2005, 1, 1))
