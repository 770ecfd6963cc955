"""CSV files as real programs write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.imports.refused import RefusedRows, as_meant, harmless
from handlers.imports.table import LONGEST_CELL, Line, NoTable, open_table


def written(folder: Path, raw: bytes) -> Path:
    file = folder / "people.csv"
    file.write_bytes(raw)
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path: Path, encoding: str, separator: str) -> None:
    text = f'email{separator}name\r\nada@acme.example{separator}"Müller{separator} Zoë"\r\n'
    table = open_table(written(tmp_path, text.encode(encoding)))
    assert table.header == ("email", "name")
    assert [line.cells for line in table.lines()] == [["ada@acme.example", f"Müller{separator} Zoë"]]


def test_windows_quotes_and_euro_are_read_and_bytes_it_lacks_fall_back(tmp_path: Path) -> None:
    assert open_table(written(tmp_path, b"email,\x93Zo\xeb\x94 \x80\n")).header == ("email", "“Zoë” €")
    assert open_table(written(tmp_path, b"email,Zo\xeb\x81\n")).encoding == "latin-1"


def test_row_numbers_are_the_spreadsheet_s_also_with_line_ends_in_cells_and_empty_rows(
    tmp_path: Path,
) -> None:
    table = open_table(
        written(tmp_path, b'email,note\na@x.example,"two\nlines"\n\nb@x.example,\n,\nc@x.example,z\n')
    )
    assert [(line.number, line.cells[0]) for line in table.lines()] == [
        (2, "a@x.example"),
        (4, "b@x.example"),
        (6, "c@x.example"),
    ]


def test_a_row_with_too_many_cells_says_so_and_the_next_is_read(tmp_path: Path) -> None:
    lines = list(open_table(written(tmp_path, b"email,note\na@x.example,one,two\nb@x.example,z\n")).lines())
    assert "More cells" in lines[0].problem
    assert not lines[1].problem


def test_an_open_quotation_mark_does_not_read_the_world_into_one_cell(tmp_path: Path) -> None:
    raw = b'email,note\na@x.example,"open\n' + b"b@x.example,fine\n" * (LONGEST_CELL // 10)
    lines = list(open_table(written(tmp_path, raw)).lines())
    assert "quotation mark" in lines[0].problem


def test_headers_get_names_of_their_own(tmp_path: Path) -> None:
    assert open_table(written(tmp_path, b"email,,note,note\n")).header == (
        "email",
        "column 2",
        "note",
        "note (2)",
    )


@pytest.mark.parametrize("raw", [b"", b"  \n", b"PK\x03\x04\0\0\0\0sheet", None])
def test_what_is_no_table_is_said(tmp_path: Path, raw: bytes | None) -> None:
    file = written(tmp_path, raw) if raw is not None else tmp_path / "absent.csv"
    with pytest.raises(NoTable):
        open_table(file)


def test_refused_rows_run_nothing_and_read_back_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "refused.csv"
    rows = RefusedRows(file, ("phone", "note"))
    rows.add(Line(2, ["+49 30 901820", "=HYPERLINK(1)"]), "No word on permission")
    rows.add(Line(3, ["x"]), "-")
    rows.close()
    table = open_table(file)
    assert table.header == ("phone", "note", "greenlight_reason")
    cells = [line.cells for line in table.lines()]
    assert cells == [["'+49 30 901820", "'=HYPERLINK(1)", "No word on permission"], ["x", "", "'-"]]
    assert as_meant(cells[0][0]) == "+49 30 901820"
    assert as_meant(harmless("O'Neil")) == "O'Neil"


def rows_of(folder: Path, text: str) -> list[tuple[int, str, bool]]:
    """Number, first cell and whether it was refused, of each row."""
    lines = open_table(written(folder, text.encode())).lines()
    return [(line.number, line.cells[0], bool(line.problem)) for line in lines]


@pytest.mark.parametrize(
    "rows",
    [
        'a@x.example,"open,DE\nb@x.example,fine,DE\nc@x.example,fine,DE\n',
        'a@x.example,"open,DE\nb@x.example,"fine",DE\nc@x.example,fine,DE\n',
        'a@x.example,"open,DE\nb@x.example,fine,"DE"\nc@x.example,fine,DE\n',
        'a@x.example,"open,DE\nb@x.example,fine\xa0,""\nc@x.example,fine,DE\n',
        'a@x.example,"open,DE\r\nb@x.example,fine,DE\r\nc@x.example,fine,"DE"',
    ],
)
def test_an_open_quotation_mark_costs_its_own_row_and_no_other(tmp_path: Path, rows: str) -> None:
    assert rows_of(tmp_path, "email,note,country\n" + rows) == [
        (2, 'a@x.example,"open,DE', True),
        (3, "b@x.example", False),
        (4, "c@x.example", False),
    ]


def test_a_cell_as_long_as_a_book_is_refused_and_the_next_row_read(tmp_path: Path) -> None:
    raw = b"email,note\na@x.example," + b"x" * (LONGEST_CELL + 1) + b"\nb@x.example,fine\n"
    lines = list(open_table(written(tmp_path, raw)).lines())
    assert ["longer than" in line.problem for line in lines] == [True, False]


def test_one_that_is_open_at_the_very_end_is_refused_too(tmp_path: Path) -> None:
    assert rows_of(tmp_path, 'email,note\na@x.example,fine\nb@x.example,"open') == [
        (2, "a@x.example", False),
        (3, 'b@x.example,"open', True),
    ]


def test_cells_of_several_lines_may_hold_separators_and_marks(tmp_path: Path) -> None:
    text = 'a@x.example,"Hello,\nby March, soon, please: ""now""\n",DE\nb@x.example,5" pipe,DE\n'
    assert rows_of(tmp_path, "email,note,country\n" + text) == [
        (2, "a@x.example", False),
        (3, "b@x.example", False),
    ]
