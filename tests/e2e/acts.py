"""The way of an application through the pages, one function for each step, the same in every language.

reference = apply(exporter, destination="Northland")
order_inspection(examiner, reference)
...
number = sign(officer, reference)
"""

from datetime import UTC, datetime

from opensps.project.demo.world import PASSWORD
from tests.e2e.visitor import Visitor


def begin(exporter: Visitor, *, destination: str, goods: str = "Fresh garlic") -> str:
    """Begin an application; return its reference."""
    exporter.open("/applications/new").send(kind="PHYTOSANITARY", destination=destination, product=goods)
    return exporter.path.rpartition("/")[2]


def fill_in(exporter: Visitor, reference: str, *, sender: str = "Greenfields Foods Co") -> None:
    """Answer every step that a certificate needs."""
    exporter.open(f"/applications/{reference}").follow("/parties")
    exporter.send(
        press=("then", "next"),
        from_name=sender,
        from_address="12 Harbour Road",
        from_city="Port Alma",
        from_country="XA",
        to_name="Northland Provisions BV",
        to_address="Quay 4",
        to_city="Northport",
        to_country="XB",
    )
    exporter.follow("/goods/1").send(
        press=("then", "next"),
        name_zh="新鲜大蒜",
        scientific_name="Allium sativum",
        net_weight="24,000",
        package_count_0="1200",
        package_type_0="CT",
    )
    exporter.follow("/transport")
    exporter.send(press=("then", "next"), entry_name="Northport", mode="1", conveyance_name="MV Aster")
    exporter.send(press=("then", "next"), country_0="XA", place_0="Alma Valley")
    exporter.send(press=("then", "leave"), additional_en="Free from Ditylenchus dipsaci.")


def submit(exporter: Visitor, reference: str) -> None:
    """Read the answers once more, declare them true and hand in."""
    exporter.open(f"/applications/{reference}").follow("/check").send(is_declared=True)
    assert exporter.path == f"/applications/{reference}/submitted", exporter.words


def order_inspection(examiner: Visitor, reference: str) -> str:
    """Open the application from the list and ask for an inspection; return the reference of the inspection."""
    examiner.open(f"/examine?q={reference}").follow(f"/examine/{reference}").send("/act/open")
    examiner.follow("/inspection").send(cause="required")
    return examiner.open(f"/examine/{reference}").page.locator(".card h3 .num").inner_text()


def plan(planner: Visitor, exporter: Visitor, reference: str, inspection: str) -> None:
    """Plan the visit of today and let the exporter confirm."""
    planner.open("/inspections").follow(inspection)
    inspector = planner.page.locator("select[name=inspector] option", has_text="Ian Okoro").get_attribute("value")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    planner.send(inspector=inspector, planned_on=today, slot="09:00-11:00", place="Warehouse 3, Port Alma")
    exporter.open(f"/applications/{reference}").send("/visit", press=("answer", "confirm"))


def inspect(inspector: Visitor, inspection: str) -> None:
    """Start the visit, record what was found, conclude, sign the report."""
    inspector.open("/inspect").follow(inspection).send("/start")
    inspector.send(identity="full", quantity_1="24000", physical="Sixty cartons opened, clean.", pests="none")
    inspector.send("/conclude", result="satisfactory")
    inspector.send("/sign")
    assert inspector.path == "/inspect"


def mark_ready(reviewer: Visitor, reference: str) -> None:
    """Review the inspected application."""
    reviewer.open(f"/examine/{reference}").send("/act/ready")


def sign(officer: Visitor, reference: str) -> str:
    """Decide on one screen, prepare, sign with the password; return the number of the certificate."""
    officer.open(f"/queue?q={reference}").follow(f"/queue/{reference}").send("/prepare")
    officer.send(password=PASSWORD)
    assert officer.path == f"/queue/{reference}/issued", officer.words
    return officer.page.locator(".ref .num").inner_text()


def withdraw(officer: Visitor, senior: Visitor, number: str) -> None:
    """Propose a withdrawal and let a second person confirm it."""
    officer.open(f"/certificates/{number}").follow("/withdraw")
    officer.send(reason_code="not_exported", text="The consignment never left.")
    senior.open("/decisions").follow(f"{number}/decide").send(press=("answer", "confirm"))
