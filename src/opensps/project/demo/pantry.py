"""Made-up animals and animal products, fish and food of the demonstration, and the firms that export them.

Everything here is invented; approval numbers and marks belong to nobody.
"""

from dataclasses import dataclass, field

from opensps.certificate import CertificateKind, TransportCondition
from opensps.project.demo.world import EXPORTERS, TraderSeed

PACKERS = TraderSeed("Alma Meat Packers Ltd", "9 Stockyard Road", "Port Alma", ())
STUD = TraderSeed("Hillmere Stud Farm", "1 Paddock Lane", "Hillmere", ())
FISHERY = TraderSeed("Bluewater Fisheries Ltd", "17 Trawler Quay", "Port Alma", ())
DAIRY = TraderSeed("River Province Dairy Co", "50 Creamery Street", "Greenville", ())
FOODS = EXPORTERS[0]
"""The firm of the exporter with the first button: it trades in food too."""

FURTHER_EXPORTERS = (PACKERS, STUD, FISHERY, DAIRY)


@dataclass(frozen=True, slots=True)
class Works:
    """An approved establishment: UNCL 7187 activity, UNCL 3035 role, approval number and name."""

    activity: str
    role: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class GoodsSeed:
    """Goods of animal origin or food: names, customs code, packing, how cold they travel, who made them."""

    kind: CertificateKind
    firm: TraderSeed
    names: tuple[str, str]
    """English and Chinese."""

    common: str
    scientific: str | None
    hs: str
    package: str
    """Rec 21."""

    package_kg: int
    condition: TransportCondition
    temperatures: tuple[int | None, int | None]
    """Lowest and highest set temperature, degrees Celsius."""

    works: tuple[Works, ...]
    shelf_days: int
    heated: str = ""
    """Heat treatment in words."""


@dataclass(frozen=True, slots=True)
class HerdSeed:
    """Live animals that travel together: species, breed, sex, age, and how they are marked."""

    firm: TraderSeed
    names: tuple[str, str]
    common: str
    scientific: str
    hs: str
    breed: str
    sex: str
    age_months: int
    category: str
    use: str
    """Code of `opensps_certified_as`."""

    system: str
    mark: str
    """Form of a mark: ``985 1410 0{n:07d}`` and the like."""

    heads: tuple[int, int]
    """Smallest and largest group."""

    passports: bool = False
    treatments: tuple[str, ...] = field(default=())


_KIND = CertificateKind
_FROZEN, _CHILLED, _AMBIENT = TransportCondition.FROZEN, TransportCondition.CHILLED, TransportCondition.AMBIENT
_SLAUGHTER = Works("12", "GQ", "XA-SL-0207", "Port Alma Abattoir")
_CUTTING = Works("34", "ZZZ", "XA-CP-0311", "Alma Cutting Plant")
_COLD = Works("43", "ZZZ", "XA-CS-0045", "Quayside Cold Store")
_FACTORY = Works("39", "GN", "XA-FP-0012", "Bluewater Processing Hall 2")
_CREAMERY = Works("37", "MF", "XA-DP-0108", "Greenville Creamery")
_BAKERY = Works("37", "MF", "XA-FB-0219", "Harbour Biscuit Works")

GOODS = (
    GoodsSeed(
        _KIND.VETERINARY_HEALTH, PACKERS, ("Frozen boneless beef", "冷冻去骨牛肉"), "Beef", "Bos taurus", "020230",
        "CT", 25, _FROZEN, (None, -18), (_SLAUGHTER, _CUTTING, _COLD), 720,
    ),
    GoodsSeed(
        _KIND.VETERINARY_HEALTH, PACKERS, ("Chilled lamb carcases", "冰鲜羔羊胴体"), "Lamb", "Ovis aries", "020410",
        "CT", 18, _CHILLED, (0, 4), (_SLAUGHTER, _COLD), 42,
    ),
    GoodsSeed(
        _KIND.VETERINARY_HEALTH, PACKERS, ("Frozen pork shoulder", "冷冻猪前腿肉"), "Pork", "Sus scrofa", "020329",
        "CT", 20, _FROZEN, (None, -18), (_SLAUGHTER, _CUTTING), 540,
    ),
    GoodsSeed(
        _KIND.SANITARY, FISHERY, ("Frozen cod fillets", "冷冻鳕鱼片"), "Atlantic cod", "Gadus morhua", "030471",
        "CT", 10, _FROZEN, (None, -18), (_FACTORY, _COLD), 540,
    ),
    GoodsSeed(
        _KIND.SANITARY, FISHERY, ("Cooked peeled shrimps", "熟制去壳虾"), "Northern shrimp", "Pandalus borealis",
        "160521", "CT", 12, _FROZEN, (None, -18), (_FACTORY,), 365, "Cooked in steam",
    ),
    GoodsSeed(
        _KIND.HEALTH, DAIRY, ("Whole milk powder", "全脂奶粉"), "Milk powder", None, "040221",
        "BG", 25, _AMBIENT, (None, None), (_CREAMERY,), 730, "Pasteurised before drying",
    ),
    GoodsSeed(
        _KIND.HEALTH, FOODS, ("Oat biscuits", "燕麦饼干"), "Biscuits", None, "190531",
        "CT", 6, _AMBIENT, (None, None), (_BAKERY,), 270,
    ),
)  # fmt: skip

HERDS = (
    HerdSeed(
        STUD, ("Live horses", "活马"), "Horse", "Equus caballus", "010121", "Alma Warmblood", "FEMALE", 72,
        "REGISTERED", "COMPETITION", "MICROCHIP", "98514100{n:07d}", (2, 4), True,
        ("Vaccination against equine influenza",),
    ),
    HerdSeed(
        STUD, ("Live breeding cattle", "种牛"), "Cattle", "Bos taurus", "010221", "Holstein", "FEMALE", 18,
        "BREEDING", "BREEDING", "EAR_TAG", "XA 0207 {n:05d}", (12, 40), False,
        ("Treatment against internal parasites",),
    ),
    HerdSeed(
        STUD, ("Day-old chicks", "雏鸡"), "Chicken", "Gallus gallus", "010511", "Alma White", "NOT_DETERMINED", 0,
        "DAY_OLD", "PRODUCTION", "", "", (4000, 12000),
    ),
)  # fmt: skip
