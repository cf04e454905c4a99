"""Documents to read and to send, from the quote to the reminder.

An edge of the house: it reads what stands on a document and lays it out. E-invoices for machines are
in `crmcore.exchange`.
"""

from crmcore.documents.paper import Paper, Row
from crmcore.documents.printing import Document, paper_of
from crmcore.documents.rendering import MAX_HTML, html_of, pdf_of
from crmcore.documents.words import LANGUAGES, Language, language_of

__all__ = [
    "LANGUAGES",
    "MAX_HTML",
    "Document",
    "Language",
    "Paper",
    "Row",
    "html_of",
    "language_of",
    "paper_of",
    "pdf_of",
]
