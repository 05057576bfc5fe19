"""The log as static files: right types and ages, nothing but tiles and checkpoint, no database, no cookie."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from opensps.certification.log_directory import LogDirectory
from opensps.transparency.merkle import leaf_hash
from opensps.transparency.tiles import Tile, write_entries
from opensps.transparency.tree import MemoryTiles, grown
from tests.factories import logs


@pytest.fixture
def served(tmp_path: Path, settings: Any) -> Client:
    settings.OPENSPS_LOG_DIR = tmp_path / "tiles"
    directory = LogDirectory.below(tmp_path / "tiles", logs.ORIGIN)
    log = logs.MemoryLog.of_size(300)
    tiles = grown(MemoryTiles(), size=0, leaves=[leaf_hash(each) for each in log.leaves]).tiles
    directory.write({**tiles, Tile(-1, 0): write_entries(log.leaves[:256])})
    directory.publish(log.checkpoint())
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "tiles" / "xa" / "2026" / "tile" / "secret").write_text("secret")
    return Client()


def test_tiles_may_be_kept_for_ever_and_the_checkpoint_not_at_all(served: Client) -> None:
    checkpoint = served.get("/log/xa/2026/checkpoint")
    assert checkpoint.content == logs.MemoryLog.of_size(300).checkpoint()
    assert (checkpoint["Cache-Control"], checkpoint["Content-Type"]) == ("no-store", "text/plain; charset=utf-8")
    for path, length in (
        ("tile/0/000", 8192),
        ("tile/0/001.p/44", 44 * 32),
        ("tile/1/000.p/1", 32),
        ("tile/entries/000", 1536),
    ):
        answer = served.get(f"/log/xa/2026/{path}")
        assert (answer.status_code, len(answer.content)) == (200, length), path
        assert "immutable" in answer["Cache-Control"]
        assert not answer.cookies


@pytest.mark.parametrize(
    "path",
    [
        "",
        "lock",
        "tile/secret",
        "tile/0/002",
        "tile/0/000.p/256",
        "tile/0/0000",
        "tile/../../../../secret",
        "../../secret",
        "%2e%2e/%2e%2e/secret",
        "tile/0/x000/000",
    ],
)
def test_nothing_else_is_there(served: Client, path: str) -> None:
    answer = served.get(f"/log/xa/2026/{path}")
    assert (answer.status_code, b"secret" in answer.content) == (404, False)


def test_nothing_can_be_written(served: Client) -> None:
    assert served.post("/log/xa/2026/checkpoint", b"x", content_type="text/plain").status_code == 405
    assert served.head("/log/xa/2026/checkpoint").status_code == 200
