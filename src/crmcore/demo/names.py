"""Invented names to build a sample company from: places, trades, people, products.

Whatever is put together here means nobody: towns and firms do not exist, mail addresses end in
``.example``, telephone numbers lie in the ranges kept free for stories. Only data belongs here.
"""

import attrs

from crmcore import PostalAddress, VatCategory
from crmcore.sales import Seller

COMPANY = "Auenthal Pumpen"
"""Whose CRM it is."""

SELLER = Seller(
    name=COMPANY,
    address=PostalAddress(
        street="Werkstraße 1", postal_code="00001", city="Auenthal", country="DE"
    ),
    vat_id="DE136695976",
    email="office@auenthal-pumpen.example",
)
"""Who issues its invoices."""


@attrs.frozen
class Trade:
    """A line of business, with names of firms in German and English; ``{}`` is the town."""

    sector: str
    german: tuple[str, ...]
    english: tuple[str, ...]


TRADES = (
    Trade(
        "water supply",
        ("Stadtwerke {}", "Wasserverband {}", "Wasserwerke {} GmbH"),
        ("{} Water Ltd", "{} Waterworks", "{} Valley Water"),
    ),
    Trade(
        "food and drink",
        ("Brauerei {}", "Molkerei {} eG", "Kelterei {}"),
        ("{} Brewing Co", "{} Dairies", "{} Cider Mills"),
    ),
    Trade(
        "chemicals",
        ("{} Chemie GmbH", "Lackwerke {}", "{} Feinchemie AG"),
        ("{} Chemicals Ltd", "{} Coatings", "{} Fine Chemicals"),
    ),
    Trade(
        "agriculture",
        ("Agrar {} eG", "Gut {}", "Gartenbau {}"),
        ("{} Farms", "{} Growers", "{} Irrigation Ltd"),
    ),
    Trade(
        "engineering",
        ("Maschinenbau {} GmbH", "Anlagenbau {}", "{} Werkzeuge AG"),
        ("{} Engineering", "{} Works Ltd", "{} Process Systems"),
    ),
    Trade(
        "building services",
        ("Haustechnik {}", "{} Gebäudetechnik GmbH", "Bäderbetriebe {}"),
        ("{} Facilities", "{} Building Services", "{} Pools and Spas"),
    ),
)
"""In which trades customers are."""


@attrs.frozen
class Market:
    """A country we sell to: which team does, how its sales are taxed, what its towns are called."""

    country: str
    team: int
    vat: VatCategory
    towns: tuple[str, ...]
    is_german: bool = True


MARKETS = (
    Market(
        "DE",
        0,
        VatCategory.S,
        (
            "Altendeich", "Birkensund", "Dornhusen", "Eichmoor", "Fahrwerder", "Garlsund",
            "Haselhude", "Ilmersiel", "Kranichmoor", "Lührsdeich", "Möwenfleet", "Nordhusum-Au",
        ),
    ),
    Market(
        "DE",
        1,
        VatCategory.S,
        (
            "Amselbrunn", "Bärental", "Distelfeld", "Eschenklingen", "Föhrenbach", "Grünwangen",
            "Hohenlinde-Au", "Kirschhalden", "Lerchenried", "Mühlhang", "Rosensteig", "Tannbach",
        ),
    ),
    Market(
        "AT", 1, VatCategory.K, ("Almfeld-Au", "Enzianberg", "Gamsbrunn", "Steinlach", "Zirbenau")
    ),
    Market("CH", 2, VatCategory.G, ("Ahornwil", "Bergseewil", "Fluhmatt", "Wieseligen")),
    Market(
        "GB",
        2,
        VatCategory.G,
        ("Ashwick Mere", "Brackenholt", "Farrowdale", "Kestrelford", "Harrowmere", "Thistlecombe"),
        is_german=False,
    ),
    Market("NL", 2, VatCategory.K, ("Elzenhoek", "Rietdam", "Zilverwoude"), is_german=False),
)  # fmt: skip
"""Where customers are."""

GIVEN = (
    "Anneke", "Ben", "Carla", "David", "Edda", "Felix", "Greta", "Henry", "Ines", "Jonas",
    "Katrin", "Leon", "Mira", "Nils", "Olivia", "Paul", "Ronja", "Simon", "Thea", "Urs",
    "Vera", "Will", "Yara", "Arthur", "Beate", "Colin", "Dörte", "Emily", "Franz", "Harriet",
)  # fmt: skip
"""First names."""

FAMILY = (
    "Achtergarten", "Birnstengel", "Cobblewick", "Dornenkamp", "Eichelhofer", "Fernhollow",
    "Gänsbühler", "Haferstroh", "Immenhauser", "Jolifield", "Kieselmann", "Lindenquist",
    "Moosburner", "Nettlethorpe", "Ostermoor", "Pflaumbaum", "Quellhorst", "Rainwater-Lee",
    "Siebenlist", "Thornapple", "Uferkamp", "Vogelweith", "Wiesenthaler", "Zaunkoenig",
    "Ackerstaff", "Bramblehurst", "Drosselberg", "Erlengrund", "Farnwald", "Honeychurch",
)  # fmt: skip
"""Last names."""

POSITIONS = (
    "purchasing",
    "plant manager",
    "technical director",
    "maintenance",
    "managing director",
)
"""What people are at their firms."""

SOURCES = (
    ("web-form", 34, "search campaign"),
    ("referral", 17, None),
    ("fair", 18, "Wasserforum"),
    ("newsletter", 14, "Pump Letter"),
    ("cold-call", 17, None),
)
"""Where leads come from, how often in a hundred, and the campaign behind it."""

FIT = {"web-form": 58, "referral": 84, "fair": 62, "newsletter": 46, "cold-call": 30}
"""How many in a hundred leads of a source are worth an offer."""


@attrs.frozen
class Article:
    """A product with its list price in EUR."""

    sku: str
    name: str
    series: str
    price: str
    unit: str = "H87"


ARTICLES = (
    Article("KP-40", "Kreiselpumpe KP 40", "KP", "1290.00"),
    Article("KP-65", "Kreiselpumpe KP 65", "KP", "1980.00"),
    Article("KP-100", "Kreiselpumpe KP 100", "KP", "3450.00"),
    Article("TP-25", "Submersible pump TP 25", "TP", "640.00"),
    Article("TP-50", "Submersible pump TP 50", "TP", "1120.00"),
    Article("DP-5", "Dosing pump DP 5", "DP", "879.90"),
    Article("DP-20", "Dosing pump DP 20", "DP", "1559.90"),
    Article("DA-3", "Druckerhöhung DA 3", "DA", "6900.00"),
    Article("DA-5", "Druckerhöhung DA 5", "DA", "9850.00"),
    Article("SR-1", "Control unit SR 1", "Accessories", "489.95"),
    Article("WV-1", "Maintenance contract, one year", "Services", "1199.00", "ANN"),
    Article("IB-1", "Inbetriebnahme, hour", "Services", "114.50", "HUR"),
)
"""What is sold; the first nine are what a deal is about."""

MACHINES = 9
"""So many of the articles are machines."""

PROJECTS = ("Line 2", "Pumpwerk Ost", "Neubau Halle 4", "Replacement 2026", "Kühlkreis", "Plant 1")
"""What the machines are for."""

REASONS = ("no budget this year", "student, no purchase", "competitor", "cannot be reached")
"""Why leads are turned down."""

QUESTIONS = (
    ("Unusual noise after two weeks", "The pump hums at 40 Hz and above."),
    ("Lieferverzug?", "Wann kommt die zweite Teillieferung?"),
    ("Spare seal needed", "Which seal fits the KP 65 built in 2019?"),
    ("Rechnung: andere Bestellnummer", "Bitte unsere Bestellnummer ergänzen."),
    ("Control unit shows E07", "It shows E07 since this morning."),
    ("Anschlussmaße DA 3", "Wir brauchen das Maßblatt für die Planung."),
    ("Loses pressure overnight", "By the morning we are down by one bar."),
    ("Wartungstermin verschieben", "Der 12. passt uns leider nicht."),
)
"""What customers write, by subject and text."""

ANSWERS = (
    "Thank you, we are looking into it.",
    "Vielen Dank, wir melden uns heute noch mit dem Ergebnis.",
    "Could you send us the serial number, please?",
    "Das Ersatzteil ist unterwegs.",
)
"""What support answers."""
