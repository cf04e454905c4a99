"""An outside ERP: orders go there, prices, stock and invoices come from there.

Knows sales, the catalog and contacts. How one ERP or another is spoken to is up to whoever connects
it, by the protocol `Erp`.
"""

from crmcore.erp.events import (
    EVENTS,
    ErpInvoiceTold,
    FactParked,
    FactTaken,
    FeedRead,
    HandOverMissed,
    OrderHandedOver,
    OrderQueued,
    OrderRefused,
    StockTold,
)
from crmcore.erp.lifecycle import LINK_LIFECYCLE
from crmcore.erp.model import (
    ERP_FACT,
    ERP_FEED,
    ERP_INVOICE,
    ERP_LINK,
    STOCK,
    ErpFact,
    ErpFeed,
    ErpInvoice,
    ErpInvoiceStatus,
    ErpLink,
    FactState,
    LinkState,
    Stock,
)
from crmcore.erp.port import (
    FACTS,
    Erp,
    Fact,
    InvoiceFact,
    PriceFact,
    Refused,
    StockFact,
    Told,
)
from crmcore.erp.verbs import (
    is_news,
    link,
    miss,
    park,
    queue,
    read_up_to,
    refuse,
    retry,
    take,
    tell_invoice,
    tell_stock,
)

ENTITIES = (ERP_LINK, STOCK, ERP_INVOICE, ERP_FEED, ERP_FACT)
"""Every entity of this room."""

__all__ = [
    "ENTITIES",
    "ERP_FACT",
    "ERP_FEED",
    "ERP_INVOICE",
    "ERP_LINK",
    "EVENTS",
    "FACTS",
    "LINK_LIFECYCLE",
    "STOCK",
    "Erp",
    "ErpFact",
    "ErpFeed",
    "ErpInvoice",
    "ErpInvoiceStatus",
    "ErpInvoiceTold",
    "ErpLink",
    "Fact",
    "FactParked",
    "FactState",
    "FactTaken",
    "FeedRead",
    "HandOverMissed",
    "InvoiceFact",
    "LinkState",
    "OrderHandedOver",
    "OrderQueued",
    "OrderRefused",
    "PriceFact",
    "Refused",
    "Stock",
    "StockFact",
    "StockTold",
    "Told",
    "is_news",
    "link",
    "miss",
    "park",
    "queue",
    "read_up_to",
    "refuse",
    "retry",
    "take",
    "tell_invoice",
    "tell_stock",
]
