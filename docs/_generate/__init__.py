"""Pages of the reference that are written from the code: nothing there is told twice.

`pages` gives their text by file name, `write_all` puts them where Sphinx reads them.
"""

from pathlib import Path

from _generate import api, lifecycles, sales, tables, terms

COMMANDS = ("dump", "load", "check")

__all__ = ["api", "lifecycles", "pages", "sales", "tables", "terms", "write_all"]


def pages() -> dict[str, str]:
    """The text of every generated page, by its path below ``reference/generated``."""
    return {
        "lifecycles.md": lifecycles.page(),
        "errors.md": tables.errors(),
        "kpis.md": tables.kpis(),
        "roles.md": tables.roles(),
        "events.md": tables.events(),
        "store-laws.md": tables.laws(),
        "checks.md": tables.checks(),
        "einvoice-rules.md": tables.einvoice_rules(),
        "einvoice-terms.md": terms.page(),
        "sales-states.md": sales.states(),
        "sales-progress.md": sales.progress(),
        "sales-ledgers.md": sales.ledgers(),
        "sales-laws.md": sales.laws(),
        "sales-seals.md": sales.seals(),
        "sales-vat.md": sales.vat(),
        "settings.md": tables.settings(),
        "command-line.md": tables.command_line("crmcore.demo"),
        **{f"command-line-{each}.md": tables.command_line("crmcore", each) for each in COMMANDS},
        **{f"api/{door}.rst": text for door, text in api.pages().items()},
    }


def write_all(folder: Path) -> None:
    """Write the pages; those that say the same as before are left alone, those no longer are gone."""
    written = {folder / name: text for name, text in pages().items()}
    for path in [*folder.rglob("*.md"), *folder.rglob("*.rst")]:
        if path not in written:
            path.unlink()
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
