import datetime as dt
import io
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from lscb.common.spreadsheets import Sheet, UnreadableFile, csv_bytes, read_csv, xlsx_bytes

EVIL = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "\x00=1", " =1+1", "-11.3%"]


def lines(content):
    return content.decode("utf-8-sig").splitlines()


def cells(content, sheet=0):
    return load_workbook(io.BytesIO(content)).worksheets[sheet]


@pytest.mark.parametrize("text", EVIL)
def test_a_text_never_becomes_a_formula(text):
    clean = text.replace("\x00", "")
    assert csv_bytes(["Text"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1].lstrip('"').startswith(f"'{clean[0]}")
    cell = cells(xlsx_bytes([Sheet("Sheet", ["Text"], [[text]])]))["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_a_heading_never_becomes_a_formula():
    assert lines(csv_bytes(["=1+1"], [])) == ["'=1+1"]
    assert cells(xlsx_bytes([Sheet("Sheet", ["=1+1"], [])]))["A1"].data_type == "s"


def test_negative_numbers_stay_numbers():
    row = [-3, Decimal("-11.25"), 0, Decimal("131453.00")]
    assert lines(csv_bytes(["a", "b", "c", "d"], [row]))[1] == "-3,-11.25,0,131453.00"
    written = cells(xlsx_bytes([Sheet("Sheet", ["a", "b", "c", "d"], [row])]))[2]
    assert [cell.data_type for cell in written] == ["n"] * 4
    assert [Decimal(str(cell.value)) for cell in written] == row
    assert [cell.number_format for cell in written] == ["General", "0.00", "General", "0.00"]


def test_a_number_that_a_spreadsheet_would_round_is_kept_as_text():
    exact = Decimal("1234567890.1234567")
    cell = cells(xlsx_bytes([Sheet("Sheet", ["a"], [[exact]])]))["A2"]
    assert (cell.data_type, cell.value) == ("s", str(exact))


def test_error_words_stay_text():
    assert cells(xlsx_bytes([Sheet("Sheet", ["a"], [["#N/A"]])]))["A2"].data_type == "s"


def test_dates_are_dates_and_moments_are_london_time():
    moment = dt.datetime(2016, 6, 30, 23, 30, tzinfo=dt.UTC)
    row = [dt.date(2017, 3, 31), moment, None, True, False]
    assert lines(csv_bytes(["a"] * 5, [row]))[1] == "2017-03-31,2016-07-01 00:30:00+01:00,,yes,no"
    date, time, nothing, yes, no = cells(xlsx_bytes([Sheet("Sheet", ["a"] * 5, [row])]))[2]
    assert (date.value, date.number_format) == (dt.datetime(2017, 3, 31), "dd/mm/yyyy")  # noqa: DTZ001
    assert time.value == moment.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None)
    assert (nothing.value, yes.value, no.value) == (None, "yes", "no")


def test_equal_content_gives_equal_bytes(time_machine):
    sheet = Sheet("Sheet", ["a"], [["x"]])
    first = xlsx_bytes([sheet])
    time_machine.move_to(dt.datetime(2031, 1, 1, tzinfo=dt.UTC))
    assert xlsx_bytes([sheet]) == first


def test_the_heading_row_is_bold_and_frozen_and_columns_fit():
    sheet = cells(xlsx_bytes([Sheet("Sheet", ["Indicator", "n"], [["Looked after children at quarter end", 542]])]))
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold
    assert sheet.column_dimensions["A"].width > 36 > sheet.column_dimensions["B"].width


def test_characters_that_a_workbook_cannot_hold_are_left_out():
    text = "a\x00b\x0bc\ud800d\uffff"
    assert cells(xlsx_bytes([Sheet("Sheet", ["a"], [[text]])]))["A2"].value == "abcd"
    assert lines(csv_bytes(["a"], [[text]]))[1] == "abcd"


def test_a_text_too_long_for_a_cell_says_so_by_its_end():
    value = cells(xlsx_bytes([Sheet("Sheet", ["a"], [["x" * 40_000]])]))["A2"].value
    assert len(value) == 32_767
    assert value.endswith("x…")


def test_sheet_titles_are_made_fit_and_different():
    titles = ["Q4: [MET] 2016/17?", "", "History", "x" * 40, "x" * 40, "X" * 40, "'quoted'"]
    names = load_workbook(io.BytesIO(xlsx_bytes([Sheet(title, ["a"], []) for title in titles]))).sheetnames
    assert names[:3] == ["Q4 MET 2016 17", "Sheet", "History 2"]
    assert all(len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(titles)
    assert names[-1] == "quoted"


def test_a_workbook_without_sheets_is_refused():
    with pytest.raises(ValueError, match="at least one sheet"):
        xlsx_bytes([])


# -- Reading ----------------------------------------------------------------------------------------------------------


def values(file):
    return [row.values for row in file.rows]


@pytest.mark.parametrize(
    "content, understood",
    [
        ("Name,n\r\nZoë’s,5\r\n".encode("utf-8-sig"), "Read as UTF-8, separated by commas."),
        ("Name;n\nZoë’s;5".encode(), "Read as UTF-8, separated by semicolons."),
        ("Name,n\rZoë’s,5\r".encode("cp1252"), "Read as Windows-1252, separated by commas."),
        ("Name\tn\r\nZoë’s\t5".encode("utf-16"), "Read as UTF-16, separated by tabs."),
        ("sep=;\r\nName;n\r\nZoë’s;5\r\n".encode(), "Read as UTF-8, separated by semicolons."),
        (' Name ,n\r\n"Zoë’s", 5 \r\n'.encode(), "Read as UTF-8, separated by commas."),
    ],
)
def test_csv_is_read_as_people_have_it(content, understood):
    file = read_csv(content)
    assert values(file) == [("Name", "n"), ("Zoë’s", "5")]
    assert file.understood == understood


def test_rows_are_numbered_as_the_spreadsheet_numbers_them():
    file = read_csv(b'a,b\r\n\r\n"one\r\ntwo",2\r\n,\r\nlast,3\r\n')
    assert [(row.number, row.values[0]) for row in file.rows] == [(1, "a"), (3, "one\r\ntwo"), (5, "last")]
    assert [row.number for row in read_csv(b"sep=,\na,b\nc,d").rows] == [2, 3]


def test_separators_inside_quotation_marks_do_not_decide():
    assert values(read_csv(b'"a;b;c;d",n\n1,2\n')) == [("a;b;c;d", "n"), ("1", "2")]


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"", "empty"),
        (b"\r\n , \r\n", "empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        (b"a,b\x00\x01", "not a CSV file"),
        (b"a,b\n\x81\xff,c", "letters of this file"),
        (b'a,b\n"1,2\n3,4\n', "Row 2 cannot be read"),
        (b'a,b\n"1"x,2\n', "Row 2 cannot be read"),
    ],
)
def test_what_is_not_csv_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        read_csv(content)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.text(st.characters(codec="utf-8")) | st.text("'=\t -"), st.sampled_from(EVIL)), min_size=1)
)
def test_what_was_written_is_read_again(rows):
    def kept(text):
        return "".join(c for c in text if c in "\t\r\n" or (c >= " " and c not in "\ufffe\uffff")).strip()

    read = read_csv(csv_bytes(["first", "second"], rows))
    assert values(read) == [("first", "second"), *((kept(first), kept(second)) for first, second in rows)]


def test_an_apostrophe_of_the_text_itself_is_kept():
    texts = ["'=1", "''+1", "'quoted'", "O'Brien"]
    assert [row[0] for row in values(read_csv(csv_bytes(["a"], [[text] for text in texts])))[1:]] == texts
