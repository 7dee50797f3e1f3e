"""Editions beside each other, as files with one content, in board packs and as open data."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dataset.comparing import differences
from dataset.document import canonical, compile_document
from dataset.models import BoardPack, Edition, PublishedDataset
from dataset.services import (
    ask_questions,
    change_indicator,
    choose_comparator_set,
    compile_edition,
    make_pack,
    publish_open_data,
    redefine_indicator,
    set_comparator,
)
from lscb.accounts.models import User
from lscb.accounts.roles import BoardAnalyst, BoardManager, LayMember
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import FinancialYear, parse_period
from tests.accounts.factories import person

from .factories import Q4, figure, indicator, moment, percent, rated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waived")]


def edition(day: str, **more: Any) -> Edition:
    return compile_edition(quarter=Q4, as_at=moment(day), by=None, **more)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


# ---- What was said then ----------------------------------------------------------------------------------------------


def test_an_edition_as_at_an_earlier_day_has_the_title_and_target_of_that_day() -> None:
    one = percent("in_time", title="In time", polarity="higher", target=Decimal(85), tolerance=Decimal(10))
    figure(one, "2016-17Q4", 80, on="2017-04-20")
    change_indicator(indicator=one, title="Done in time", target=Decimal(75), by=None, at=moment("2017-05-10"))
    told = {}
    for day in ("2017-05-01", "2017-05-20"):
        row = edition(day).content["rows"][0]
        told[day] = (row["title"], row["target"], row["rag"])
    assert told == {"2017-05-01": ("In time", "85", "amber"), "2017-05-20": ("Done in time", "75", "green")}


def test_a_renamed_measure_is_not_a_new_one_and_a_new_one_is_not_a_rename() -> None:
    one = indicator("contacts", title="Contacts")
    figure(one, "2016-17Q3", 100)
    figure(one, "2016-17Q4", 110)
    with pytest.raises(RuleBroken, match="is an indicator already"):
        indicator("contacts_again", title="contacts")
    change_indicator(indicator=one, title="Contacts to the front door", by=None, at=moment("2017-05-10"))
    row = edition("2017-05-20").content["rows"][0]
    assert (row["code"], row["change"]["previous"]["value"]) == ("contacts", "10")
    shown = signed_in(person(LayMember)).get(one.get_absolute_url()).content.decode()
    assert "Called “Contacts” until 10 May 2017" in shown
    ended = change_indicator(indicator=one, active_to=parse_period("2016-17Q4"), by=None)
    assert indicator("front_door", title=ended.title, active_from=parse_period("2017-18Q1")).code == "front_door"


class SameBytes(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.sampled_from(["figure", "title", "target", "definition", "comparator", "set"]), max_size=8))
    def test_recompiling_the_same_moment_gives_the_same_bytes_whatever_was_learned_since(
        self, since: list[str]
    ) -> None:
        one = percent("in_time", polarity="higher", target=Decimal(85))
        figure(one, "2016-17Q4", 80, on="2017-04-20")
        at = moment("2017-05-01")
        first = canonical(compile_document(quarter=Q4, as_at=at, status="final"))
        for day, what in enumerate(since, start=2):
            later = moment(f"2017-05-{day:02d}")
            if what == "figure":
                figure(one, "2016-17Q4", day, on=f"2017-05-{day:02d}")
            elif what == "title":
                change_indicator(indicator=one, title=f"Title {day}", by=None, at=later)
            elif what == "target":
                change_indicator(indicator=one, target=Decimal(day), position=day, by=None, at=later)
            elif what == "definition" and one.definitions.count() == 1:
                redefine_indicator(indicator=one, text="New.", from_period=Q4, by=None, at=later)
            elif what == "comparator":
                set_comparator(
                    indicator=one, against="england", year=FinancialYear(2016), value=Decimal(day),
                    period_label="2016", by=None, at=later,
                )  # fmt: skip
            else:
                choose_comparator_set(
                    against="neighbours", from_year=FinancialYear(2016), members=[f"Town {day}"], by=None, at=later
                )
        assert canonical(compile_document(quarter=Q4, as_at=at, status="final")) == first


def test_the_set_of_comparators_is_the_one_of_the_year_as_it_was_known() -> None:
    figure(indicator(), "2016-17Q4", 10)
    for year, members in ((2014, ["Ayton", "Beeby"]), (2016, ["Ayton", "Ceeby"])):
        choose_comparator_set(
            against="neighbours", from_year=FinancialYear(year), members=members, by=None, at=moment("2017-04-10")
        )
    assert edition("2017-04-05").content["sets"] == {}
    assert edition("2017-05-01").content["sets"]["neighbours"] == {
        "from": "2016-17",
        "members": ["Ayton", "Ceeby"],
        "source": "",
    }
    earlier = compile_document(quarter=parse_period("2015-16Q4"), as_at=moment("2017-05-01"), status="final")  # type: ignore[arg-type]
    assert earlier["sets"]["neighbours"]["members"] == ["Ayton", "Beeby"]
    shown = signed_in(person(LayMember)).get(reverse("dataset:comparator_sets")).content.decode()
    assert "came: Ceeby; went: Beeby" in shown


# ---- Comparing -------------------------------------------------------------------------------------------------------


def test_what_changed_is_told_kind_by_kind() -> None:
    one = percent("in_time", title="In time", polarity="higher", target=Decimal(85))
    figure(one, "2016-17Q3", 70)
    figure(one, "2016-17Q4", 80, on="2017-04-20", status="provisional")
    late = indicator("late", title="Late")
    gone = indicator("gone", title="Gone")
    before = edition("2017-05-01", status="provisional")
    figure(one, "2016-17Q4", 80, on="2017-05-02")
    figure(one, "2016-17Q3", 71, on="2017-05-02", comment="Two forms were found.")
    figure(late, "2016-17Q4", 5, on="2017-05-03")
    change_indicator(indicator=one, title="Done in time", target=Decimal(75), by=None, at=moment("2017-05-04"))
    change_indicator(indicator=gone, active_to=parse_period("2016-17Q3"), by=None, at=moment("2017-05-04"))
    set_comparator(
        indicator=one, against="england", year=FinancialYear(2016), value=Decimal(90), period_label="2016", by=None,
        at=moment("2017-05-05"),
    )  # fmt: skip
    figure(indicator("new", title="New"), "2016-17Q4", 3)
    after = edition("2017-05-20")
    told = {(one.code, one.what, one.kind, one.before, one.after) for one in differences(before.content, after.content)}
    assert told == {
        ("in_time", "Title", "renamed", "In time", "Done in time"),
        ("in_time", "Target", "new target", "85.0%", "75.0%"),
        ("in_time", "Q3 2016-17", "corrected", "70.0%", "71.0%: Two forms were found."),
        ("in_time", "Q4 2016-17", "now final", "80.0% (provisional)", "80.0%"),
        ("in_time", "England", "comparator", "none", "90.0% (2016)"),
        ("late", "Q4 2016-17", "came in", "no figure", "5"),
        ("gone", "Indicator", "left out", "Gone", ""),
        *({("new", "Indicator", "new indicator", "", "New")} if "new" not in str(before.content["rows"]) else set()),
    }


def test_two_editions_are_compared_on_a_page_and_the_one_before_is_offered(django_assert_num_queries: Any) -> None:
    one = indicator("referrals", title="Referrals")
    figure(one, "2016-17Q4", 861, on="2017-04-20")
    edition("2017-05-01")
    figure(one, "2016-17Q4", 870, on="2017-05-02")
    last = edition("2017-05-20")
    client = signed_in(person(LayMember))
    page = client.get(last.get_absolute_url()).content.decode()
    address = reverse("dataset:edition_compare", args=["2016-17Q4", 2])
    assert address in page
    shown = " ".join(client.get(address).content.decode().split())
    for text in ("edition 1, as at 1 May 2017", "corrected", ">861<", ">870<"):
        assert text in shown, text
    for since, status in (("2016-17Q4-1", 200), ("2016-17Q4-9", 404), ("nonsense", 200), ("x-1", 404)):
        assert client.get(address, {"since": since}).status_code == status


# ---- One content -----------------------------------------------------------------------------------------------------


@pytest.fixture
def scored() -> Edition:
    one = rated("looked_after", title="Looked after children", on_met=True, numerator_label="looked after children")
    figure(one, "2016-17Q3", numerator=573, denominator=49200)
    figure(one, "2016-17Q4", numerator=542, denominator=49200, comment="A planned fall.")
    figure(percent("in_time", title="Assessed in time", decimals=0), "2016-17Q4", numerator=33, denominator=40)
    figure(indicator("few", title="Few children", disclosure_class="sensitive"), "2016-17Q4", 3)
    indicator("nothing", title="Nobody sent this")
    return edition("2017-05-01")


def text_of(pdf: bytes, tmp_path: Path) -> str:
    file = tmp_path / "card.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)
    return " ".join(told.stdout.split())


@pytest.mark.parametrize("scorecard", ["main", "met"])
def test_page_pdf_xlsx_and_csv_hold_one_content(scored: Edition, scorecard: str, tmp_path: Path) -> None:
    client = signed_in(person(LayMember))
    address = f"?scorecard={scorecard}"
    page = client.get(scored.get_absolute_url() + address)
    rows = [row for table in page.context["tables"] for row, _ in table["rows"]]
    files = {
        kind: client.get(reverse("dataset:edition_export", args=["2016-17Q4", 1, kind]) + address).content
        for kind in ("pdf", "xlsx", "csv")
    }
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    sheet = [dict(zip([c.value for c in book["Scorecard"][1]], [c.value for c in row], strict=True))
             for row in book["Scorecard"].iter_rows(min_row=2)]  # fmt: skip
    table = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig"))))
    printed = text_of(files["pdf"], tmp_path)
    assert (
        [row.raw["title"] for row in rows] == [row["Indicator"] for row in sheet] == [row["Indicator"] for row in table]
    )
    assert ("Few children" in printed) == (scorecard == "main")
    for row, cells, line in zip(rows, sheet, table, strict=True):
        assert row.raw["title"] in printed
        assert row.current in printed
        assert str(row.reading) == cells["Reading"] == line["Reading"]
        assert str(cells["Current"]) == line["Current"]
    assert "3" not in {row.current for row in rows}, "a small number of a sensitive indicator is not for the board"
    assert "82.5" not in printed
    if scorecard == "main":
        assert "83%" in printed, "82.5 prints as 83"
        assert {row["Indicator"]: row["Current"] for row in sheet}["Few children"] == "suppressed"


def test_the_pdf_is_tagged_and_the_same_bytes_again(scored: Edition) -> None:
    client = signed_in(person(LayMember))
    address = reverse("dataset:edition_export", args=["2016-17Q4", 1, "pdf"])
    pdf = client.get(address).content
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.Lang == "en-GB"
        assert "/StructTreeRoot" in opened.Root
    assert client.get(address).content == pdf


# ---- Board packs -----------------------------------------------------------------------------------------------------


def test_a_pack_holds_the_chosen_indicators_and_leads_to_a_challenge(scored: Edition, tmp_path: Path) -> None:
    manager = person(BoardManager)
    client = signed_in(manager)
    made = client.post(
        reverse("dataset:pack_make", args=["2016-17Q4", 1]), {"title": "Main board", "codes": ["few", "looked_after"]}
    )
    pack = BoardPack.objects.get()
    assert made["Location"] == pack.get_absolute_url()
    assert [item.code for item in pack.items.all()] == ["few", "looked_after"]
    client.post(
        reverse("dataset:pack_questions", args=[pack.pk]),
        {"version": 1, "q-looked_after": "Is the fall safe?", "q-few": ""},
    )
    page = client.get(pack.get_absolute_url())
    shown = page.content.decode()
    for text in ("Is the fall safe?", "A planned fall.", "<svg", "Looked after children"):
        assert text in shown, text
    form = client.get(page.context["items"][1].challenge_url).context["form"]
    agency = scored.content["rows"][-1]["agency"]["key"]
    assert form["title"].value() == "Is the fall safe?"
    assert "Looked after children, Q4 2016-17: 542, -5.4% on the period before" in form["issue"].value()
    assert [one.pk for one in form.initial["agencies"]] == [
        next(row["agency"]["key"] for row in scored.content["rows"] if row["code"] == "looked_after")
    ]
    assert agency
    lay = signed_in(person(LayMember))
    seen = lay.get(pack.get_absolute_url()).content.decode()
    assert "Turn it into a challenge" not in seen
    assert "suppressed" in seen
    printed = text_of(lay.get(reverse("dataset:pack_pdf", args=[pack.pk])).content, tmp_path)
    assert "Is the fall safe?" in printed


def test_the_second_of_two_people_reads_both_questions(scored: Edition) -> None:
    pack = make_pack(edition=scored, title="Main board", codes=["looked_after"], by=None)
    ask_questions(pack=pack, questions={"looked_after": "Theirs?"}, version=1, by=None)
    with pytest.raises(Overtaken):
        ask_questions(pack=pack, questions={"looked_after": "Mine?"}, version=1, by=None)
    client = signed_in(person(BoardAnalyst))
    address = reverse("dataset:pack_questions", args=[pack.pk])
    answer = client.post(address, {"version": 1, "q-looked_after": "Mine?"})
    assert answer.status_code == 409
    assert all(text in answer.content.decode() for text in ("Theirs?", "Mine?"))
    client.post(address, {"version": answer.context["form"]["version"].value(), "q-looked_after": "Mine?"})
    assert pack.items.get().question == "Mine?"


# ---- Open data -------------------------------------------------------------------------------------------------------


def test_the_public_reads_what_was_previewed_and_nothing_else(scored: Edition) -> None:
    analyst = signed_in(person(BoardAnalyst))
    address = reverse("dataset:opendata_publish", args=["2016-17Q4", 1])
    assert "Few children" not in analyst.get(address).content.decode(), "sensitive indicators are not offered"
    chosen = {"codes": ["looked_after", "in_time"]}
    preview = analyst.post(address, chosen).context["preview"]
    assert not PublishedDataset.objects.exists()
    analyst.post(address, {**chosen, "seen": preview["digest"]})
    published = PublishedDataset.objects.get()
    public = Client()
    page = public.get(reverse("opendata:dataset", args=["2016-17Q4"]))
    text = page.content.decode()
    for there in ("Looked after children", "542", "83% (n"):
        assert there in text.replace("\xa0", " ").replace("&nbsp;", " "), there
    assert "Few children" not in text
    assert "public" in page["Cache-Control"]
    lines = list(
        csv.DictReader(io.StringIO(public.get(reverse("opendata:csv", args=["2016-17Q4"])).content.decode("utf-8-sig")))
    )
    told = json.loads(public.get(reverse("opendata:metadata", args=["2016-17Q4"])).content)
    assert {line["indicator"] for line in lines} == {"looked_after", "in_time"}
    assert [column["titles"] for column in told["tableSchema"]["columns"]] == list(lines[0])
    assert {one["code"] for one in told["indicators"]} == {"looked_after", "in_time"}
    assert told["dc:identifier"] == published.digest
    again = publish_open_data(edition=scored, codes=["in_time", "looked_after"], by=None)
    assert again == published, "the same content is the version that stands"


def test_open_data_hides_small_numbers_and_later_figures_change_nothing_public() -> None:
    one = percent("in_time", title="In time")
    figure(one, "2016-17Q3", numerator=30, denominator=60)
    figure(one, "2016-17Q4", numerator=3, denominator=60)
    final = edition("2017-05-01")
    publish_open_data(edition=final, codes=["in_time"], by=None)
    figure(one, "2016-17Q4", numerator=33, denominator=60, on="2017-05-02")
    compile_edition(quarter=Q4, as_at=moment("2017-05-20"), by=None)
    address = reverse("opendata:csv", args=["2016-17Q4"])
    told = list(csv.DictReader(io.StringIO(Client().get(address).content.decode("utf-8-sig"))))
    assert [(line["period"], line["value"], line["no value because"], line["numerator"]) for line in told] == [
        ("2016-17Q3", "50.0", "", "30"),
        ("2016-17Q4", "", "suppressed", ""),
    ]
    assert Client().get(reverse("opendata:csv", args=["2015-16Q4"])).status_code == 404
    provisional = compile_edition(quarter=Q4, as_at=moment("2017-05-21"), status="provisional", by=None)
    with pytest.raises(RuleBroken, match="Only a final edition"):
        publish_open_data(edition=provisional, codes=["in_time"], by=None)
    with pytest.raises(RuleBroken, match="has changed while"):
        publish_open_data(edition=final, codes=["in_time"], seen="x" * 64, by=None)
    with pytest.raises(TypeError, match="never changed"):
        PublishedDataset.objects.get().save()
    assert dt.date(2017, 5, 1) == final.as_at_day
