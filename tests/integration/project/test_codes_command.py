"""``opensps codes``: lists shown, newer editions compared, kept whole or not at all; the Hub over a real socket."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from lxml import etree

from opensps import codes
from opensps.codes import lists, packages
from opensps.project import command, hub_lists
from opensps.project.exits import Exit
from tests.needs import PRESENT, REFERENCE

NEW = "Z9\tQuarantine\tHeld apart"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The directory of an installation's newer lists."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("OPENSPS_CODES_DIR", str(folder))
    yield folder
    codes.read_also(None)


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A directory with one newer table."""
    folder = tmp_path / "newer"
    folder.mkdir()
    rows = [f"{code}\tname\twords" for code in codes.shipped("un_9417").entries]
    (folder / "UNECE_GovernmentActionCode_D27A.tsv").write_text("\n".join(["code\tname\tdescription", *rows, NEW]))
    (folder / "UNECE_NoListOfOurs_D27A.tsv").write_text("code\tname\tdescription\n1\tx\ty\n")
    return folder


def test_every_list_is_named_with_its_edition(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["codes", "list"]) == Exit.DONE
    said = capsys.readouterr().out
    assert all(f"{list_id} " in said for list_id in codes.LIST_IDS)
    assert command.run(["codes", "list", "--json"]) == Exit.DONE
    assert {each["id"] for each in json.loads(capsys.readouterr().out)["lists"]} == codes.LIST_IDS


def test_a_list_is_shown_with_names_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(["codes", "show", "un_rec19", "--lang", "zh-hans"]) == Exit.DONE
    assert "海运" in capsys.readouterr().out
    assert command.run(["codes", "show", "iso_639_1", "--lang", "en"]) == Exit.DONE
    assert "Serbo-Croatian  (withdrawn 2000-02-18)" in capsys.readouterr().out
    assert command.run(["codes", "show", "un_rec19", "--json"]) == Exit.DONE
    assert {"code": "1", "names": {"en": "Sea", "zh": "海运"}}.items() <= json.loads(capsys.readouterr().out)[
        "entries"
    ][1].items()
    assert command.run(["codes", "show", "no_such"]) == Exit.NOT_FOUND


def test_a_newer_edition_is_shown_first_and_kept_only_when_asked(
    newer: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(["codes", "refresh", "--from", str(newer), "--lang", "en"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "un_9417  D27A" in said
    assert "+ 1: Z9" in said
    assert said.endswith("1 lists read, 1 with something new\nNothing was changed; keep it with --apply.\n")
    assert not kept.exists()
    assert command.run(["codes", "refresh", "--from", str(newer), "--apply", "--json"]) == Exit.DONE
    assert json.loads(capsys.readouterr().out)["lists"][0]["added"] == ["Z9"]
    assert [path.name for path in kept.iterdir()] == ["un_9417.tsv"]
    assert codes.label("un_9417", "Z9") == "Quarantine"
    assert codes.label("un_9417", "1", "zh") == "放行"
    assert command.run(["codes", "refresh", "--from", str(newer), "--lang", "en"]) == Exit.DONE
    assert capsys.readouterr().out == "1 lists read, 0 with something new\n"


def test_a_second_refresh_keeps_what_the_first_one_brought(newer: Path, kept: Path) -> None:
    assert command.run(["codes", "refresh", "--from", str(newer), "--apply"]) == Exit.DONE
    table = next(newer.glob("UNECE_Gov*"))
    table.write_text(table.read_text().replace(NEW, "Z8\tRelease\tx"))
    assert command.run(["codes", "refresh", "--from", str(newer), "--apply"]) == Exit.DONE
    held = codes.get("un_9417").entries
    assert held["Z9"].withdrawn
    assert held["Z9"].names == {"en": "Quarantine"}
    assert not held["Z8"].withdrawn


def test_one_bad_file_leaves_everything_as_it_was(newer: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (newer / "zz.tsv").write_bytes(b"\xff\xfe\x00")
    assert command.run(["codes", "refresh", "--from", str(newer), "--apply", "--lang", "en"]) == Exit.NOT_VALID
    said = capsys.readouterr().err
    assert said.startswith("opensps: zz.tsv is no list of codes: it is not text in UTF-8.")
    assert said.endswith("Nothing was changed.\n")
    assert not kept.exists()


def test_long_origins_are_cut_between_words_and_a_withdrawn_code_is_so_in_chinese(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.run(["codes", "list"]) == Exit.DONE
    rows = capsys.readouterr().out.splitlines()
    assert any(row.endswith(" ...") for row in rows)
    assert command.run(["codes", "show", "iso_3166_1", "--lang", "zh-hans"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "已撤销" in said
    assert "withdrawn" not in said


def test_a_table_may_carry_the_name_the_list_has_here(
    tmp_path: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{code}\tname" for code in codes.shipped("un_rec19").entries]
    (tmp_path / "un_rec19.tsv").write_text("\n".join(["code\tname", *rows, "77\tTube"]))
    assert command.run(["codes", "refresh", "--from", str(tmp_path), "--json"]) == Exit.DONE
    (answer,) = json.loads(capsys.readouterr().out)["lists"]
    assert (answer["list"], answer["added"], answer["withdrawn"]) == ("un_rec19", ["77"], [])
    assert not kept.exists()


@pytest.mark.parametrize(
    ("arguments", "exit_code", "sentence"),
    [
        (["--from", "nowhere"], Exit.NOT_VALID, "no directory nowhere"),
        (["--from", "."], Exit.NOT_FOUND, "no .tsv file"),
        (["--from", "hub"], Exit.USAGE, "--url"),
        (["--from", "hub", "--url", "http://hub.example/"], Exit.USAGE, "https://"),
        (["--from", "hub", "--url", "https://x/", "--certificate", "no.pem"], Exit.USAGE, "no.pem"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    arguments: list[str],
    exit_code: Exit,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.run(["codes", "refresh", *arguments, "--lang", "en"]) == exit_code
    assert sentence in capsys.readouterr().err


PLACES = (
    ',"AD",,".ANDORRA",,,,,,,,',
    ',"AD","ALV","Andorra la Vella","Andorra la Vella",,"--34-6--","AI","0601",,"4230N 00131E",""',
    ',"AD","CAN","Canillo","Canillo",,"--3-----","RL","0307",,"4234N 00135E",',
    ',"AD","ENC","Encamp","Encamp",,"--3-----","RL","0307",,"4232N 00134E",',
    ',"AD","EAC","Esc\xe0s","Escas","04","--3-----","RL","1407",,"4233N 00131E",',
)


def parts(folder: Path, name: str, *rows: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(f"{row}\r\n" for row in rows), encoding="latin-1")
    return folder


@pytest.fixture
def few_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A UN/LOCODE of four places in place of the 116,000."""
    package = tmp_path / "package"
    parts(package / "csv", "2023-1 UNLOCODE CodeListPart1.csv", *PLACES)
    caches = (packages.places, lists.shipped, lists.get)
    monkeypatch.setattr(packages, "_folder", lambda _name: package)
    for each in caches:
        each.cache_clear()
    yield
    monkeypatch.undo()
    for each in caches:
        each.cache_clear()


@pytest.mark.usefixtures("few_places")
def test_a_newer_un_locode_comes_as_unece_publishes_it(
    tmp_path: Path, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row.replace("Andorra la Vella", "Andorra").replace('"CAN"', '"CAX"') for row in PLACES]
    folder = parts(tmp_path / "newer", "2030-1 UNLOCODE CodeListPart1.csv", *rows)
    assert command.run(["codes", "refresh", "--from", str(folder), "--apply", "--json"]) == Exit.DONE
    (told,) = json.loads(capsys.readouterr().out)["lists"]
    assert told == {
        "list": "un_locode", "version": "2030-1", "added": ["ADCAX"], "changed": ["ADALV"], "withdrawn": ["ADCAN"],
    }  # fmt: skip
    assert codes.label("un_locode", "ADCAX") == "Canillo"
    assert codes.get("un_locode").entries["ADCAN"].withdrawn
    assert len(codes.get("un_locode").entries) == 5
    parts(folder, "2030-1 UNLOCODE CodeListPart2.csv", "Dear officer")
    assert command.run(["codes", "refresh", "--from", str(folder), "--lang", "en"]) == Exit.NOT_VALID
    assert "has a row of 1 columns" in capsys.readouterr().err


def test_keeping_needs_a_place(
    newer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENSPS_CODES_DIR", raising=False)
    assert command.run(["codes", "refresh", "--from", str(newer), "--apply"]) == Exit.USAGE
    assert "OPENSPS_CODES_DIR" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_said(
    newer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("OPENSPS_CODES_DIR", str(tmp_path / "file" / "lists"))
    assert command.run(["codes", "refresh", "--from", str(newer), "--apply"]) == Exit.NOT_VALID
    assert "cannot be written" in capsys.readouterr().err


def test_a_damaged_list_of_the_installation_is_one_line(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.mkdir()
    (kept / "un_rec19.tsv").write_text("damaged")
    assert command.run(["codes", "show", "un_rec19", "--lang", "en"]) == Exit.UNEXPECTED
    assert capsys.readouterr().err.startswith("opensps: A refreshed code list was damaged")


# --- the Hub --------------------------------------------------------------------------------------------------------

ANSWERS = {
    "GetTreatmentTypes": "<h:TreatmentType><active>true</active><code>CHT</code><description>Chemical</description>"
    "<lang>EN</lang><level>1</level></h:TreatmentType><h:TreatmentType><active>true</active><code>FG</code>"
    "<description>Fumigation</description><lang>en</lang><level>2</level><parentCode>CHT</parentCode></h:TreatmentType>"
    "<h:TreatmentType><active>true</active><code>HT</code><description>Heat</description><lang>en</lang><level>1</level>"
    "</h:TreatmentType><h:TreatmentType><active>false</active><code>RAT</code><level>1</level></h:TreatmentType>"
    "<h:TreatmentType><active>true</active><code>OP</code><lang>es</lang><level>2</level></h:TreatmentType>",
    "GetMeanOfTransports": "<h:MeanOfTransport><active>true</active><lang>en</lang><modeCode>1</modeCode>"
    "<usedTransportMean>Ship</usedTransportMean></h:MeanOfTransport>",
    "GetUnitMeasures": "<h:UnitMeasure><active>false</active><code>KGM</code><name>Kilogram</name></h:UnitMeasure>",
    "GetPackageTypes": "<h:PackageType><active>true</active><code>QQ9</code><description>Crate, new</description>"
    "<lang>en</lang></h:PackageType>",
    "GetStatements": "<h:Statement><active>true</active><code>1</code><docTypeOnly>851</docTypeOnly><lang>en</lang>"
    "<text>Other words</text></h:Statement>",
    "GetConditions": "".join(f"<h:Condition><active>true</active><code>{each}</code></h:Condition>" for each in
                             ("Dry", "Fresh", "Frozen")),
    "GetIntendedUses": "".join(f"<h:IntendedUse><active>true</active><code>{each}</code></h:IntendedUse>" for each in
                               codes.shipped("ippc_intended_uses").entries),
    "GetProductDescriptions": "".join(
        f"<h:ProductDescription><active>true</active><code>{each}</code></h:ProductDescription>" for each in
        codes.shipped("ippc_plant_parts").entries),
    "GetPesticides": "<h:Pesticide><active>true</active><code>238</code></h:Pesticide>"
    "<h:Pesticide><active>true</active><code>240</code></h:Pesticide>",
    "GetAdditionalDeclarations": "<h:AdditionalDeclaration><active>true</active><code>AD1</code><lang>en</lang>"
    "<text>Free from X</text></h:AdditionalDeclaration>",
}  # fmt: skip


def envelope(operation: str, items: str) -> bytes:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<h:{operation}Response xmlns:h="http://ephyto.ippc.int/">{items}</h:{operation}Response></s:Body></s:Envelope>'
    ).encode()


class Hub(ThreadingHTTPServer):
    """Answers in the shape of the Hub's contract; `wrong` replaces one answer."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.wrong: dict[str, tuple[int, bytes]] = {}
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        operation = etree.QName(body[0][0]).localname
        assert self.headers["SOAPAction"] == f'"http://ephyto.ippc.int/IDeliveryService/{operation}"'
        self.server.asked.append(operation)
        status, said = self.server.wrong.get(operation, (200, envelope(operation, ANSWERS[operation])))
        self.send_response(status)
        self.send_header("Location", "https://elsewhere.example/")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def ask(hub: Hub, *more: str) -> int:
    url = f"http://127.0.0.1:{hub.server_port}/"
    return command.run(["codes", "refresh", "--from", "hub", "--url", url, "--lang", "en", *more])


def test_the_lists_of_the_hub_come_over_its_own_operations(
    hub: Hub, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(hub, "--apply", "--json") == Exit.DONE
    told = {each["list"]: each for each in json.loads(capsys.readouterr().out)["lists"]}
    assert hub.asked == [each.name for each in hub_lists.OPERATIONS]
    assert told["ippc_treatment_types"]["added"] == ["HT"]
    assert told["ippc_treatment_types"]["withdrawn"] == ["RAT"]
    assert told["ippc_conditions"] | {"version": ""} == {
        "list": "ippc_conditions", "version": "", "added": ["Frozen"], "changed": [], "withdrawn": ["Rooted"],
    }  # fmt: skip
    assert codes.group_of("ippc_treatment_types", "FG") == "CHT"
    assert codes.label("ippc_additional_declarations", "AD1") == "Free from X"


def test_the_hub_never_shortens_or_rewords_a_list_that_is_not_its_own(hub: Hub, kept: Path) -> None:
    assert ask(hub, "--apply") == Exit.DONE
    assert not codes.get("un_rec20").entries["KGM"].withdrawn
    assert codes.label("un_rec19", "1") == "Sea"
    assert codes.label("un_rec21", "QQ9") == "Crate, new"
    assert codes.label("ippc_statements", "1").startswith("This is to certify")


@pytest.mark.parametrize(
    ("status", "said", "exit_code", "sentence"),
    [
        (500, b"", Exit.TRY_LATER, "does not answer GetConditions (HTTP 500)"),
        (302, b"", Exit.TRY_LATER, "HTTP 302"),
        (200, b"<html/>", Exit.NOT_VALID, "GetConditions is no list of codes"),
        (200, b"not xml", Exit.NOT_VALID, "GetConditions is no list of codes"),
        (200, envelope("GetStatements", ""), Exit.NOT_VALID, "no GetConditionsResponse"),
        (200, envelope("GetConditions", "<h:Other/>"), Exit.NOT_VALID, "it holds"),
        (200, envelope("GetConditions", "<h:Condition><code>1</code></h:Condition>"), Exit.NOT_VALID, "lacks its code"),
        (200, envelope("GetConditions", ""), Exit.NOT_VALID, "no codes"),
    ],
)
def test_an_answer_in_another_shape_changes_nothing(
    hub: Hub,
    kept: Path,
    status: int,
    said: bytes,
    exit_code: Exit,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    hub.wrong["GetConditions"] = (status, said)
    assert ask(hub, "--apply") == exit_code
    assert sentence in capsys.readouterr().err
    assert not kept.exists()


def test_an_answer_too_large_is_not_read(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hub_lists, "MAX_BYTES", 10)
    assert ask(hub) == Exit.NOT_VALID
    assert "too large" in capsys.readouterr().err


def test_nobody_there_is_try_again_later(capsys: pytest.CaptureFixture[str]) -> None:
    run = ["codes", "refresh", "--from", "hub", "--url", "http://127.0.0.1:9/", "--lang", "en"]
    assert command.run(run) == Exit.TRY_LATER
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.skipif(not PRESENT["reference"](), reason="not run: needs reference")
def test_the_answers_of_these_tests_have_the_shape_of_the_hubs_contract() -> None:
    schema = etree.XMLSchema(file=str(REFERENCE / "hub" / "xsd" / "ephyto.xsd"))
    for operation, items in ANSWERS.items():
        (answer,) = etree.fromstring(envelope(operation, items))[0]
        schema.assertValid(answer)
