"""The made-up world of the demonstration: offices, people, traders, partners and products.

Everything here is invented; XA, XB and XC can never be real countries. Names in Chinese stand beside the English
ones wherever a page shows them.
"""

from dataclasses import dataclass

from opensps.lifecycle import Role

DOMAIN = "demo.example"
SERVICE = "Plant and Animal Health Service of Examplia"
"""The authority's name, on certificates and in the trust list."""

PASSWORD = "Demo-pass-2026"  # noqa: S105 printed on the sign-in page of the demonstration, worth nothing elsewhere


@dataclass(frozen=True, slots=True)
class OfficeSeed:
    """An office of the authority: code, names, town."""

    code: str
    english: str
    chinese: str
    place: str
    chinese_place: str


OFFICES = (
    OfficeSeed("014", "Port Alma office", "阿尔玛港办事处", "Port Alma", "阿尔玛港"),
    OfficeSeed("021", "Hillmere office", "希尔米尔办事处", "Hillmere", "希尔米尔"),
    OfficeSeed("032", "Airport office", "机场办事处", "Alma Airport", "阿尔玛机场"),
    OfficeSeed("045", "River Province office", "河省办事处", "Greenville", "格林维尔"),
    OfficeSeed("058", "Eastgate office", "东门办事处", "Eastgate", "东门"),
)


@dataclass(frozen=True, slots=True)
class TraderSeed:
    """An exporter: name and address."""

    name: str
    line: str
    town: str
    products: tuple[str, ...]


EXPORTERS = (
    TraderSeed("Greenfields Foods Co", "12 Harbour Road", "Port Alma", ("garlic", "ginger", "apple", "onion")),
    TraderSeed("Alma Valley Growers Ltd", "3 Orchard Lane", "Greenville", ("apple", "pear", "plum")),
    TraderSeed("Hillmere Seed House", "41 Mill Street", "Hillmere", ("wheat_seed", "maize_seed", "sunflower")),
    TraderSeed("Eastgate Timber Ltd", "7 Sawmill Way", "Eastgate", ("pine_sawn", "oak_logs")),
    TraderSeed("Southbank Citrus Co", "88 Grove Road", "Greenville", ("orange", "lemon")),
    TraderSeed("Bluewater Grains Ltd", "2 Silo Quay", "Port Alma", ("wheat", "soybean", "barley")),
    TraderSeed("Petal and Stem Ltd", "5 Glasshouse Row", "Hillmere", ("rose", "carnation")),
    TraderSeed("Northfield Nurseries", "19 Nursery Road", "Hillmere", ("apple_plants", "vine_cuttings")),
    TraderSeed("Sunrise Nuts Ltd", "30 Shell Street", "Eastgate", ("almond", "walnut")),
    TraderSeed("Highland Tea Company", "1 Terrace Hill", "Greenville", ("tea",)),
    TraderSeed("Delta Rice Mills", "64 Delta Road", "Port Alma", ("rice",)),
    TraderSeed("Evergreen Fodder Co", "11 Field End", "Eastgate", ("hay", "soybean_meal")),
)


BROKERS = "Alma Harbour Brokers"
"""Agents, who act for exporters under mandates."""


@dataclass(frozen=True, slots=True)
class PersonSeed:
    """A person of the demonstration and the roles they may act in."""

    mailbox: str
    name: str
    roles: tuple[Role, ...]
    office: str | None = None
    exporter: str | None = None
    organisation: str | None = None
    """Of another country, of agents, or a ministry of our own."""

    @property
    def email(self) -> str:
        """Mail address, which is the name to sign in with."""
        return f"{self.mailbox}@{DOMAIN}"


PEOPLE = (
    PersonSeed("exporter", "Elena Marsh", (Role.EXPORTER,), exporter="Greenfields Foods Co"),
    PersonSeed("exporter2", "Tomas Reed", (Role.EXPORTER,), exporter="Alma Valley Growers Ltd"),
    PersonSeed("agent", "Hugo Brandt", (Role.TRADE_AGENT,), organisation=BROKERS),
    PersonSeed("examiner", "Ada Brook", (Role.EXAMINER,), office="014"),
    PersonSeed("reviewer", "Rui Castel", (Role.REVIEWER,), office="014"),
    PersonSeed("planner", "Pia Lindqvist", (Role.PLANNER,), office="014"),
    PersonSeed("inspector", "Ian Okoro", (Role.INSPECTOR,), office="014"),
    PersonSeed("inspector2", "Ines Falk", (Role.INSPECTOR,), office="021"),
    PersonSeed("officer", "Lin Chen", (Role.CERTIFYING_OFFICER,), office="014"),
    PersonSeed("officer2", "Omar Haddad", (Role.CERTIFYING_OFFICER,), office="014"),
    PersonSeed("senior", "Sofia Renner", (Role.SENIOR_OFFICER,), office="014"),
    PersonSeed("manager", "Max Odell", (Role.MANAGER,), office="014"),
    PersonSeed("admin", "Aiko Tan", (Role.ADMINISTRATOR,), office="014"),
    PersonSeed("border", "Boris Vale", (Role.BORDER_OFFICER,), office="014"),
    PersonSeed("border2", "Bea Santos", (Role.BORDER_OFFICER,), office="021"),
    PersonSeed("supervisor", "Sam Idris", (Role.BORDER_SUPERVISOR,), office="014"),
    PersonSeed("cases", "Cleo Hart", (Role.CASE_OFFICER,), office="014"),
    PersonSeed("cases2", "Carl Voss", (Role.CASE_OFFICER,), office="021"),
    PersonSeed("inquiries", "Ingrid Moss", (Role.INQUIRY_DESK,), office="014"),
    PersonSeed("enquiries", "Emil Sato", (Role.ENQUIRY_DESK,), office="014"),
    PersonSeed("coordinator", "Kai Moreau", (Role.COORDINATOR,), office="014"),
    PersonSeed("ministry", "Mina Ortiz", (Role.LIAISON,), organisation="Ministry of Agriculture of Examplia"),
    PersonSeed("customs", "Cato Lindt", (Role.CUSTOMS,)),
    PersonSeed("access", "Anna Weiss", (Role.ACCESS_REVIEWER,), office="014"),
    PersonSeed("approver", "Arun Mehta", (Role.ACCESS_APPROVER,), office="014"),
    PersonSeed("official", "Nora Lund", (Role.FOREIGN_OFFICER,), organisation="Northland Border Inspection"),
    PersonSeed("official2", "Willem Kraal", (Role.FOREIGN_OFFICER,), organisation="Westmark Port Health"),
    PersonSeed("embassy", "Nils Aas", (Role.EMBASSY,), organisation="Embassy of Northland"),
    PersonSeed("embassy2", "Wilma Bos", (Role.EMBASSY,), organisation="Embassy of Westmark"),
)


@dataclass(frozen=True, slots=True)
class AbroadSeed:
    """An organisation of another country whose people use the service."""

    name: str
    country: str
    is_embassy: bool = False


ABROAD = (
    AbroadSeed("Northland Border Inspection", "XB"),
    AbroadSeed("Westmark Port Health", "XC"),
    AbroadSeed("Embassy of Northland", "XB", is_embassy=True),
    AbroadSeed("Embassy of Westmark", "XC", is_embassy=True),
)


BODIES = (
    ("Ministry of Agriculture of Examplia", "示例国农业部"),
    ("Ministry of Commerce of Examplia", "示例国商务部"),
    ("Ministry of Health of Examplia", "示例国卫生部"),
)
"""Ministries the coordinator gives work to."""


@dataclass(frozen=True, slots=True)
class ProductSeed:
    """A product: names, botanical name, customs code, part, condition, use, package and weights."""

    description: str
    common: str
    botanical: str
    hs: str
    part: str
    condition: str
    use: str
    package: str
    """Rec 21."""

    package_kg: int
    months: tuple[int, int]
    """First and last month of the season; may run over the end of the year."""


PRODUCTS = {
    "garlic": ProductSeed(
        "Fresh garlic", "Garlic", "Allium sativum", "070320", "Bulbs", "Fresh", "Consumption", "CT", 10, (6, 12)
    ),
    "ginger": ProductSeed(
        "Fresh ginger", "Ginger", "Zingiber officinale", "091011", "Rhizomes", "Fresh", "Consumption", "CT", 12, (9, 3)
    ),
    "onion": ProductSeed(
        "Fresh onions", "Onion", "Allium cepa", "070310", "Bulbs", "Fresh", "Consumption", "BG", 25, (5, 11)
    ),
    "apple": ProductSeed(
        "Fresh apples", "Apple", "Malus domestica", "080810", "Fruits", "Fresh", "Consumption", "CT", 18, (8, 4)
    ),
    "pear": ProductSeed(
        "Fresh pears", "Pear", "Pyrus communis", "080830", "Fruits", "Fresh", "Consumption", "CT", 15, (8, 2)
    ),
    "plum": ProductSeed(
        "Fresh plums", "Plum", "Prunus domestica", "080940", "Fruits", "Fresh", "Consumption", "CT", 8, (6, 9)
    ),
    "orange": ProductSeed(
        "Fresh oranges", "Orange", "Citrus sinensis", "080510", "Fruits", "Fresh", "Consumption", "CT", 15, (11, 5)
    ),
    "lemon": ProductSeed(
        "Fresh lemons", "Lemon", "Citrus limon", "080550", "Fruits", "Fresh", "Consumption", "CT", 15, (1, 12)
    ),
    "wheat_seed": ProductSeed(
        "Wheat seed for sowing", "Wheat", "Triticum aestivum", "100191", "Seeds", "Dry", "Planting", "BG", 50, (7, 11)
    ),
    "maize_seed": ProductSeed(
        "Maize seed for sowing", "Maize", "Zea mays", "100510", "Seeds", "Dry", "Planting", "BG", 25, (10, 3)
    ),
    "sunflower": ProductSeed(
        "Sunflower seed for sowing",
        "Sunflower",
        "Helianthus annuus",
        "120600",
        "Seeds",
        "Dry",
        "Planting",
        "BG",
        20,
        (10, 3),
    ),
    "wheat": ProductSeed(
        "Wheat in bulk bags", "Wheat", "Triticum aestivum", "100199", "Grain", "Dry", "Processing", "BG", 1000, (1, 12)
    ),
    "barley": ProductSeed(
        "Malting barley", "Barley", "Hordeum vulgare", "100390", "Grain", "Dry", "Processing", "BG", 1000, (7, 12)
    ),
    "soybean": ProductSeed(
        "Soybeans", "Soybean", "Glycine max", "120190", "Seeds", "Dry", "Processing", "BG", 1000, (9, 4)
    ),
    "soybean_meal": ProductSeed(
        "Soybean meal", "Soybean", "Glycine max", "230400", "Meal", "Dry", "Animal feed", "BG", 50, (1, 12)
    ),
    "hay": ProductSeed(
        "Lucerne hay",
        "Lucerne",
        "Medicago sativa",
        "121490",
        "Stems and leaves",
        "Dry",
        "Animal feed",
        "BL",
        400,
        (5, 11),
    ),
    "rice": ProductSeed(
        "Milled rice", "Rice", "Oryza sativa", "100630", "Grain", "Dry", "Consumption", "BG", 50, (1, 12)
    ),
    "tea": ProductSeed(
        "Green tea leaves", "Tea", "Camellia sinensis", "090220", "Leaves", "Dry", "Consumption", "CT", 20, (3, 11)
    ),
    "almond": ProductSeed(
        "Shelled almonds", "Almond", "Prunus dulcis", "080212", "Kernels", "Dry", "Consumption", "CT", 10, (8, 3)
    ),
    "walnut": ProductSeed(
        "Walnuts in shell", "Walnut", "Juglans regia", "080231", "Nuts", "Dry", "Consumption", "BG", 25, (9, 2)
    ),
    "rose": ProductSeed("Cut roses", "Rose", "Rosa", "060311", "Cut flowers", "Fresh", "Decoration", "BX", 6, (1, 12)),
    "carnation": ProductSeed(
        "Cut carnations",
        "Carnation",
        "Dianthus caryophyllus",
        "060312",
        "Cut flowers",
        "Fresh",
        "Decoration",
        "BX",
        6,
        (1, 12),
    ),
    "apple_plants": ProductSeed(
        "Apple trees, grafted", "Apple", "Malus domestica", "060220", "Plants", "Live", "Planting", "BX", 40, (11, 3)
    ),
    "vine_cuttings": ProductSeed(
        "Vine cuttings, unrooted",
        "Grapevine",
        "Vitis vinifera",
        "060210",
        "Cuttings",
        "Live",
        "Planting",
        "BX",
        15,
        (12, 3),
    ),
    "pine_sawn": ProductSeed(
        "Sawn pine timber", "Pine", "Pinus sylvestris", "440711", "Wood", "Dried", "Processing", "PK", 900, (1, 12)
    ),
    "oak_logs": ProductSeed(
        "Oak logs", "Oak", "Quercus robur", "440391", "Wood", "Fresh", "Processing", "NE", 1200, (10, 4)
    ),
}


@dataclass(frozen=True, slots=True)
class PartnerSeed:
    """An importing country: its code, ports with codes, and importers with address and town."""

    code: str
    ports: tuple[tuple[str, str], ...]
    importers: tuple[tuple[str, str, str], ...]


PARTNERS = (
    PartnerSeed(
        "XB",
        (("XBNTP", "Northport"), ("XBFJD", "Fjordhaven")),
        (
            ("Northland Provisions BV", "Quay 4", "Northport"),
            ("Polar Fruit Import AS", "Market Street 21", "Fjordhaven"),
            ("Boreal Seeds Ltd", "Field Road 9", "Northport"),
        ),
    ),
    PartnerSeed(
        "XC",
        (("XCWMK", "Westmark Harbour"), ("XCBAY", "Long Bay")),
        (
            ("Westmark Trading SA", "Dock Street 15", "Westmark Harbour"),
            ("Long Bay Wholesale", "Pier 2", "Long Bay"),
            ("Sunset Flowers SA", "Rose Avenue 6", "Westmark Harbour"),
        ),
    ),
)

SHIPS = ("MV Aster", "MV Borage", "MV Calendula", "MV Dahlia", "MV Erica")
