"""Reading the environment: database addresses and safe zero values."""

import pytest

from opensps.project import environment


def test_an_absolute_sqlite_address_has_four_slashes() -> None:
    assert str(environment.database("sqlite:////var/lib/opensps/db.sqlite3")["NAME"]) == "/var/lib/opensps/db.sqlite3"


def test_a_relative_sqlite_address_has_three_slashes() -> None:
    assert str(environment.database("sqlite:///db.sqlite3")["NAME"]) == "db.sqlite3"


def test_a_postgresql_address_names_every_part() -> None:
    given = environment.database("postgresql://anna:p%40ss@db.example:5433/sps?sslmode=require")
    assert (given["HOST"], given["PORT"], given["NAME"]) == ("db.example", "5433", "sps")
    assert (given["USER"], given["PASSWORD"], given["OPTIONS"]) == ("anna", "p@ss", {"sslmode": "require"})


def test_a_socket_directory_is_a_host() -> None:
    given = environment.database("postgresql:///sps?host=/run/postgresql&user=anna")
    assert (given["HOST"], given["USER"], given["OPTIONS"]) == ("/run/postgresql", "anna", {})


def test_another_engine_is_refused() -> None:
    with pytest.raises(environment.WrongSetting):
        environment.database("mysql://localhost/sps")


def test_a_flag_is_0_or_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENSPS_SOMETHING", "1")
    assert environment.flag("SOMETHING")
    monkeypatch.setenv("OPENSPS_SOMETHING", "yes")
    with pytest.raises(environment.WrongSetting):
        environment.flag("SOMETHING")


def test_what_is_not_set_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENSPS_SOMETHING", raising=False)
    assert not environment.flag("SOMETHING")
    assert environment.text("SOMETHING", "zero") == "zero"
    assert environment.words("SOMETHING", ("a",)) == ["a"]
