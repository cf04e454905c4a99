"""Files from outside are read within limits, and every fault names its file, line and column."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.errors import CrmError, InvalidValue, MalformedFile, ManyFaults, UnknownName
from crmcore.importing import CsvForm, Limits, read_folder

SHAPE = {"a.csv": ("name", "size")}


def read(folder, data, **form):
    (folder / "a.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_folder(folder, SHAPE, CsvForm(**form))["a.csv"]


def fault(folder, data, **form):
    with pytest.raises(MalformedFile) as caught:
        read(folder, data, **form)
    return caught.value.line, caught.value.column, caught.value.reason


def test_a_table_has_its_rows_with_the_lines_they_begin_on(tmp_path: Path) -> None:
    table = read(tmp_path, 'name,size\nA,1\n\n"B\nb",2\nC,3\n')

    assert [(row.line, row.text("name"), row.text("size")) for row in table.rows] == [
        (2, "A", "1"),
        (4, "B\nb", "2"),
        (6, "C", "3"),
    ]


def test_a_cell_is_kept_as_written_and_its_value_has_no_blanks_around_it(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "name,size\n  A ,  \n").rows

    assert (row.text("name"), row.value("name"), row.value("size")) == ("  A ", "A", None)


def test_a_formula_stays_text(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "name,size\n\"=cmd|' /C calc'!A0\",@SUM(1)\n").rows

    assert (row.text("name"), row.text("size")) == ("=cmd|' /C calc'!A0", "@SUM(1)")


def test_columns_may_come_in_any_order_and_others_are_left_aside(tmp_path: Path) -> None:
    table = read(tmp_path, "size, name ,colour,\n1,A,red,\n")

    assert table.rows[0].text("name") == "A"
    assert table.ignored == ("colour",)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfname,size\nA,1\n").rows[0].text("name") == "A"


def test_encoding_and_delimiter_are_what_they_are_said_to_be(tmp_path: Path) -> None:
    table = read(
        tmp_path, "name;size\nJürgen;1\n".encode("cp1252"), encoding="cp1252", delimiter=";"
    )

    assert table.rows[0].text("name") == "Jürgen"


def test_an_encoding_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownName) as caught:
        CsvForm(encoding="utf-9")

    assert (caught.value.kind, caught.value.name) == ("encoding", "utf-9")


@pytest.mark.parametrize("name", ["rot13", "hex", "a\0b", ""])
def test_what_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(UnknownName):
        CsvForm(encoding=name)


@pytest.mark.parametrize("delimiter", ["", ",,", "a", "\n", '"'])
def test_a_delimiter_that_could_be_part_of_a_name_is_refused(delimiter: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        CsvForm(delimiter=delimiter)

    assert caught.value.field == "delimiter"


@pytest.mark.parametrize("name", ["file_bytes", "rows", "cell", "faults"])
def test_a_limit_is_at_least_one(name: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Limits(**{name: 0})

    assert caught.value.field == f"limits.{name}"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MalformedFile) as caught:
        read_folder(tmp_path, SHAPE, CsvForm())

    assert str(caught.value) == "a.csv: the file is missing"


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_folder(tmp_path / "nowhere", SHAPE, CsvForm())

    assert caught.value.field == "folder"


def test_a_folder_in_place_of_a_file_is_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()

    with pytest.raises(MalformedFile):
        read_folder(tmp_path, SHAPE, CsvForm())


def test_all_missing_columns_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ManyFaults) as caught:
        read(tmp_path, "colour\nred\n")

    assert [str(each) for each in caught.value.faults] == [
        "a.csv, line 1, column 'name': the column is missing",
        "a.csv, line 1, column 'size': the column is missing",
    ]


def test_the_faults_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("name\nA,1\n", encoding="utf-8")

    with pytest.raises(ManyFaults) as caught:
        read_folder(tmp_path, {"a.csv": ("name",), "b.csv": ("name",)}, CsvForm())

    assert [str(each) for each in caught.value.faults] == [
        "a.csv: the file is missing",
        "b.csv, line 2: has 2 cells, not 1",
    ]


@pytest.mark.parametrize(
    ("data", "line", "column", "reason"),
    [
        ("", None, None, "is empty: not even a head"),
        ("\n\n", None, None, "is empty: not even a head"),
        ("name,size,name\nA,1,B\n", 1, "name", "the column is there twice"),
        ("name,size\nA\n", 2, "size", "has 1 cells, not 2"),
        ("name,size\nA,1,x\n", 2, None, "has 3 cells, not 2"),
        ("name,size\nA,1\nB,2\0\n", 3, "size", "must not hold U+0000"),
        (b"name,size\nA,1\nB\xff,2\n", 3, None, "is not encoded in utf-8-sig"),
    ],
)
def test_a_malformed_file_is_refused_with_the_place(
    tmp_path: Path, data: str | bytes, line: int | None, column: str | None, reason: str
) -> None:
    assert fault(tmp_path, data) == (line, column, reason)


@pytest.mark.parametrize(
    ("data", "line"),
    [('name,size\nA,1\n"B"b,2\n', 3), ('name,size\n"A,1\nB,2\n', 2), ('name,size\nA,"1\n', 2)],
)
def test_bad_quoting_is_refused_with_the_line_it_begins_on(
    tmp_path: Path, data: str, line: int
) -> None:
    at, column, reason = fault(tmp_path, data)

    assert (at, column) == (line, None)
    assert reason.startswith("is not well-formed CSV: ")


def test_a_file_in_utf_16_is_not_taken_for_utf_8(tmp_path: Path) -> None:
    data = "name,size\nA,1\n".encode("utf-16")

    assert fault(tmp_path, data) == (1, None, "is not encoded in utf-8-sig")
    assert read(tmp_path, data, encoding="utf-16").rows[0].text("size") == "1"


def test_a_codec_that_tells_no_place_is_reported_without_one(tmp_path: Path) -> None:
    line, _, reason = fault(tmp_path, "name,size\n", encoding="undefined")

    assert (line, reason) == (None, "is not encoded in undefined")


def test_every_ragged_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManyFaults) as caught:
        read(tmp_path, "name,size\nA\nB,2\nC,3,4\n")

    assert [each.line for each in caught.value.faults if isinstance(each, MalformedFile)] == [2, 4]


def test_a_cell_of_the_longest_length_passes_and_one_more_does_not(tmp_path: Path) -> None:
    limits = Limits(cell=10)

    assert read(tmp_path, f"name,size\n{'x' * 10},1\n", limits=limits).rows
    assert fault(tmp_path, f"name,size\nA,{'x' * 11}\n", limits=limits) == (
        2,
        "size",
        "is longer than 10 characters",
    )


def test_a_cell_beyond_what_the_reader_takes_is_refused(tmp_path: Path) -> None:
    line, _, reason = fault(tmp_path, f"name,size\nA,1\nB,{'x' * 131_073}\n")

    assert line == 3
    assert "field limit" in reason


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    data = "name,size\nA,1\n"

    assert read(tmp_path, data, limits=Limits(file_bytes=len(data))).rows
    assert fault(tmp_path, data, limits=Limits(file_bytes=len(data) - 1)) == (
        None,
        None,
        "is larger than 13 bytes",
    )


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    data = "name,size\nA,1\nB,2\nC,3\n"

    assert len(read(tmp_path, data, limits=Limits(rows=3)).rows) == 3
    assert fault(tmp_path, data, limits=Limits(rows=2)) == (4, None, "has more than 2 rows")


def test_reading_is_given_up_after_so_many_faults(tmp_path: Path) -> None:
    with pytest.raises(ManyFaults) as caught:
        read(tmp_path, "name,size\n" + "A\n" * 1_000, limits=Limits(faults=3))

    assert len(caught.value.faults) == 4
    assert str(caught.value.faults[-1]).endswith("more faults follow; these are the first ones")


cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_what_is_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("name", "size"), *rows])

    table = read(tmp_path_factory.mktemp("read"), stream.getvalue())

    assert [row.cells for row in table.rows] == rows


@given(st.binary(max_size=60) | st.text(alphabet='a,"\n\r\0', max_size=40).map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_refused_with_a_name(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("junk")

    try:
        table = read(folder, b"name,size\n" + data)
    except CrmError as error:
        faults = error.faults if isinstance(error, ManyFaults) else (error,)
        assert all(isinstance(each, MalformedFile) and each.file == "a.csv" for each in faults)
    else:
        assert all(len(row.cells) == 2 for row in table.rows)
