"""CSV files from outside, read within limits: every fault named by file, line and column.

Here texts are only cut into cells; what a cell means is decided elsewhere, and nothing is evaluated:
a cell such as ``=1+1`` is that text.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from crmcore.errors import CrmError, InvalidValue, MalformedFile, UnknownName, raise_collected

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between two cells."""


def _positive(_: object, field: "attrs.Attribute[int]", value: int) -> None:
    if value < 1:
        raise InvalidValue(f"limits.{field.name}", "must be at least 1")


@attrs.frozen(kw_only=True)
class Limits:
    """How much of a file is read before it is refused.

    Attributes:
        file_bytes: The size of one file.
        rows: The rows of one file, its head not counted.
        cell: The characters of one cell; Python's own reader takes no more than 131,072.
        faults: The faults of one file that are reported before its reading is given up.
    """

    file_bytes: int = attrs.field(default=64 * 1024 * 1024, validator=_positive)
    rows: int = attrs.field(default=200_000, validator=_positive)
    cell: int = attrs.field(default=131_072, validator=_positive)
    faults: int = attrs.field(default=100, validator=_positive)


def _known_encoding(_: object, __: object, name: str) -> None:
    try:
        # Asked for this way, Python leaves out codecs that are none of text.
        io.TextIOWrapper(io.BytesIO(), encoding=name)
    except (LookupError, ValueError):
        raise UnknownName("encoding", name[:40]) from None


def _known_delimiter(_: object, __: object, value: str) -> None:
    if value not in DELIMITERS:
        raise InvalidValue("delimiter", "must be a comma, a semicolon, a tab or a bar")


@attrs.frozen(kw_only=True)
class CsvForm:
    """How the files are written; nothing of it is guessed.

    Attributes:
        encoding: The name of a text encoding Python knows.
        delimiter: What stands between two cells.
        limits: How much is read.
    """

    encoding: str = attrs.field(default="utf-8-sig", validator=_known_encoding)
    delimiter: str = attrs.field(default=",", validator=_known_delimiter)
    limits: Limits = Limits()


@attrs.frozen
class Row:
    """One row of a file.

    Attributes:
        file: The name of the file.
        line: The line it begins on, the first line of the file being 1.
        cells: Its texts as they are written.
        columns: The place of each column among them.
    """

    file: str
    line: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]

    def text(self, column: str) -> str:
        """The cell as it is written."""
        return self.cells[self.columns[column]]

    def value(self, column: str) -> str | None:
        """The cell without blanks around it; None when nothing is left."""
        return self.cells[self.columns[column]].strip() or None


@attrs.frozen
class Table:
    """What one file holds.

    Attributes:
        file: The name of the file.
        rows: Its rows in order; empty lines are none.
        ignored: The columns that nobody asked for.
    """

    file: str
    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()


def read_folder(
    folder: Path, shape: Mapping[str, Sequence[str]], form: CsvForm
) -> Mapping[str, Table]:
    """The tables of a folder, by file name.

    Args:
        folder: Where the files lie.
        shape: The columns that each file must have; others are left aside.
        form: How the files are written.

    Raises:
        MalformedFile: the one fault of all the files.
        ManyFaults: all of them, when there are several.
        InvalidValue: ``folder`` is no folder.
    """
    if not folder.is_dir():
        raise InvalidValue("folder", "is no folder that can be read")
    faults: list[CrmError] = []
    tables: dict[str, Table] = {}
    for name, columns in shape.items():
        reading = _Reading(name, form, [])
        table = reading.table(folder / name, columns)
        faults += reading.faults
        if table is not None:
            tables[name] = table
    raise_collected(faults)
    return tables


class _GivenUp(Exception):
    """Further faults of a file would be consequences of one that is reported, or are too many."""


@attrs.define
class _Reading:
    file: str
    form: CsvForm
    faults: list[MalformedFile]

    def table(self, path: Path, wanted: Sequence[str]) -> Table | None:
        """The table; None when the file is given up. The faults found are in ``faults``."""
        try:
            lines = self._records(self._text(path))
            names = self._head(next(lines, None), wanted)
            rows = tuple(self._rows(lines, names))
        except _GivenUp:
            return None
        ignored = tuple(name for name in names if name and name not in wanted)
        return Table(self.file, rows, ignored)

    def _fault(self, reason: str, line: int | None = None, column: str | None = None) -> None:
        self.faults.append(MalformedFile(self.file, line, column, reason))

    def _give_up(self, reason: str, line: int | None = None) -> _GivenUp:
        self._fault(reason, line)
        return _GivenUp()

    def _text(self, path: Path) -> str:
        most = self.form.limits.file_bytes
        if not path.is_file():
            raise self._give_up("the file is missing")
        try:
            with path.open("rb") as stream:
                data = stream.read(most + 1)
        except OSError as error:
            raise self._give_up(f"cannot be read: {error.strerror}") from None
        if len(data) > most:
            raise self._give_up(f"is larger than {most} bytes")
        try:
            return data.decode(self.form.encoding)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise self._give_up(f"is not encoded in {self.form.encoding}", line) from None
        except UnicodeError:  # some codecs tell no place
            raise self._give_up(f"is not encoded in {self.form.encoding}") from None

    def _records(self, text: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=self.form.delimiter, strict=True
        )
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                # Where the broken quote ends nobody knows: what follows cannot be cut any more.
                raise self._give_up(f"is not well-formed CSV: {error}", line) from None
            if cells:
                yield line, cells

    def _head(self, first: tuple[int, list[str]] | None, wanted: Sequence[str]) -> tuple[str, ...]:
        if first is None:
            raise self._give_up("is empty: not even a head")
        line, cells = first
        names = tuple(cell.strip() for cell in cells)
        for name in wanted:
            if name not in names:
                self._fault("the column is missing", line, name)
        for place, name in enumerate(names):
            if name and name in names[:place]:
                self._fault("the column is there twice", line, name[:60])
        if self.faults:
            raise _GivenUp
        return names

    def _rows(
        self, records: Iterator[tuple[int, list[str]]], names: tuple[str, ...]
    ) -> Iterator[Row]:
        limits = self.form.limits
        columns = {name: place for place, name in enumerate(names)}
        for number, (line, cells) in enumerate(records, 1):
            if number > limits.rows:
                raise self._give_up(f"has more than {limits.rows} rows", line)
            if len(self.faults) >= limits.faults:
                raise self._give_up("more faults follow; these are the first ones", line)
            if len(cells) != len(names):
                missing = names[len(cells)] if len(cells) < len(names) else None
                self._fault(f"has {len(cells)} cells, not {len(names)}", line, missing)
                continue
            self._check_cells(line, names, cells)
            yield Row(self.file, line, tuple(cells), columns)

    def _check_cells(self, line: int, names: Sequence[str], cells: Sequence[str]) -> None:
        for name, cell in zip(names, cells, strict=True):
            if len(cell) > self.form.limits.cell:
                self._fault(f"is longer than {self.form.limits.cell} characters", line, name)
            elif "\0" in cell:
                self._fault("must not hold U+0000", line, name)
