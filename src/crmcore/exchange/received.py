"""What came out of a received document: the invoice, and what of the document was left unread."""

import attrs

from crmcore.einvoice import EInvoice
from crmcore.errors import MalformedFile
from crmcore.exchange.xml import Element, local_name


@attrs.frozen
class ReceivedEInvoice:
    """An invoice as it was received.

    Attributes:
        einvoice: The invoice.
        unread: The paths of elements and attributes that EN 16931 knows nothing of, the first ones.
    """

    einvoice: EInvoice
    unread: tuple[str, ...] = ()

    def explain(self) -> str:
        """What was read, in which syntax, and what was not."""
        syntax = self.einvoice.syntax
        head = repr(self.einvoice) if syntax is None else f"{self.einvoice!r} from {syntax.upper()}"
        if not self.unread:
            return f"{head}; all of it was read"
        return "\n".join([f"{head}; not read:", *(f"  {path}" for path in self.unread)])


def unknown_root(root: Element) -> MalformedFile:
    """The error for a document that is no invoice in a known syntax."""
    name = local_name(root.tag)[:60]
    reason = f"is no invoice in UBL 2.1 or UN/CEFACT CII; its root is {name!r}"
    return MalformedFile("document.xml", root.sourceline, None, reason)
