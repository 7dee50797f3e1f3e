import itertools
import re
from decimal import Decimal
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lscb.common.charts import (
    Line,
    Point,
    as_data_uri,
    bar_chart,
    line_chart,
    small_multiples,
    sparkline,
    stacked_bar_chart,
)
from lscb.common.charts.labels import Box, spread
from lscb.common.charts.scale import Axis
from lscb.common.charts.text import shorten, width_of, wrap

SVG = "{http://www.w3.org/2000/svg}"
QUARTERS = ["Q1 2015-16", "Q2", "Q3", "Q4", "Q1 2016-17", "Q2", "Q3", "Q4"]
NAMES = {"id": "chart", "title": "Looked after children", "description": "They fell from 611 to 542."}


def points(values, labels=QUARTERS):
    return [
        Point(label, None if value is None else Decimal(str(value)), "not collected" if value is None else f"{value:,}")
        for label, value in zip(labels, values, strict=False)
    ]


def line(values, name="Southampton", breaks=()):
    return Line(name, points(values), frozenset(breaks))


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def strokes(svg, colour="#12436D"):
    """How many points each stroke of a line joins."""
    return [
        element.get("d").count("L") + 1
        for element in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if element.get("stroke") == colour and element.get("stroke-width") == "2"
    ]


def boxes(svg):
    """Where each text lies, as wide as it is in Source Sans 3."""
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        size = float(text.get("font-size"))
        width = width_of(text.text, size) / 1.1
        x, y = float(text.get("x")), float(text.get("y"))
        left = x - {"middle": width / 2, "end": width}.get(text.get("text-anchor"), 0)
        yield text.text, Box(left, y - size * 0.7, left + width, y)


def assert_sound(svg):
    """Well-formed, named, without styles and scripts, and with no text over another or outside the picture."""
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == root.get("aria-labelledby").split()
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "path", "rect", "circle", "text")
    }
    assert not any("style" in element.attrib for element in root.iter())
    _, _, width, height = map(float, root.get("viewBox").split())
    placed = list(boxes(svg))
    for text, box in placed:
        assert Box(-1, -1, width + 1, height + 1).holds(box), f"“{text}” is outside"
    for (first, one), (second, other) in itertools.combinations(placed, 2):
        assert not one.overlaps(other), f"“{first}” lies over “{second}”"


numbers = st.none() | st.integers(-(10**7), 10**7) | st.integers(0, 100) | st.decimals(0, 100, places=1)
series = st.builds(line, st.lists(numbers, min_size=8, max_size=8), st.text(max_size=60), st.sets(st.integers(0, 8)))


@settings(deadline=None, max_examples=150)
@given(st.lists(series, min_size=1, max_size=5), st.sampled_from([480, 640, 900]))
def test_a_line_chart_of_anything_is_sound(lines, width):
    assert_sound(line_chart(lines, **NAMES, width=width))


@settings(deadline=None, max_examples=60)
@given(st.lists(series, max_size=7), st.booleans())
def test_small_multiples_of_anything_are_sound(panels, same_scale):
    assert_sound(small_multiples(panels, **NAMES, same_scale=same_scale))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.tuples(st.text(max_size=80), numbers), max_size=12),
    st.lists(st.tuples(st.text(max_size=80), numbers), max_size=3),
)
def test_a_bar_chart_of_anything_is_sound(bars, comparators):
    own, others = (points([value for _, value in rows], [label for label, _ in rows]) for rows in (bars, comparators))
    assert_sound(bar_chart(own, comparators=others, **NAMES))


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.builds(line, st.lists(st.none() | st.integers(0, 5000), min_size=8, max_size=8), st.text()), max_size=9)
)
def test_stacked_bars_of_anything_are_sound(lines):
    assert_sound(stacked_bar_chart(lines, **NAMES))


@given(series)
def test_a_sparkline_of_anything_is_sound(one):
    assert_sound(sparkline(one, **NAMES))


@pytest.mark.parametrize("chart", [line_chart, stacked_bar_chart, small_multiples, bar_chart])
def test_a_chart_of_nothing_is_a_picture_too(chart):
    assert_sound(chart([], **NAMES))


def test_a_line_is_broken_at_missing_values_and_at_a_new_definition():
    svg = line_chart([line([6.1, 6, None, 5.8, 5.7, 4.2, 4.3, 4.3], breaks=[5])], **NAMES)
    assert strokes(svg) == [2, 2, 3]
    assert "new definition" in texts(svg)
    assert strokes(line_chart([line(range(8))], **NAMES)) == [8]


def test_a_small_line_is_broken_too():
    broken = line([6.1, 6, None, 5.8, 5.7, 4.2, 4.3, 4.3], breaks=[5])
    assert strokes(sparkline(broken, **NAMES)) == strokes(small_multiples([broken], **NAMES)) == [2, 2, 3]


def test_first_last_highest_and_lowest_values_are_printed():
    svg = line_chart([line([588, 592, 597, 604, 611, 596, 573, 542])], **NAMES)
    assert {"588", "611", "542"} <= set(texts(svg))
    assert "592" not in texts(svg)


def test_an_axis_that_does_not_start_at_zero_says_so():
    assert "The axis starts at 525." in texts(line_chart([line([588, 611, 542])], **NAMES))
    assert not any(text.startswith("The axis") for text in texts(line_chart([line([5, 11, 42])], **NAMES)))


def test_lines_are_named_at_their_ends_and_differ_without_colour():
    svg = line_chart([line([124, 110]), line([60, 60], "England"), line([None, None], "Hull")], **NAMES)
    assert {"Southampton 110", "England 60", "Hull: no figures"} <= set(texts(svg))
    dashes = [
        (path.get("stroke"), path.get("stroke-dasharray"))
        for path in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if path.get("stroke-width") == "2"
    ]
    assert dashes == [("#12436D", None), ("#28A197", "7 3")]


def test_lines_of_one_chart_share_their_labels():
    with pytest.raises(ValueError, match="same labels"):
        line_chart([line([1, 2]), line([1, 2, 3])], **NAMES)


def test_comparators_have_another_colour_and_hatching():
    svg = bar_chart(points([110], ["Southampton"]), comparators=points([76], ["England"]), **NAMES)
    own, other = ElementTree.fromstring(svg).findall(f"{SVG}rect")
    assert [own.get("fill"), other.get("fill")] == ["#12436D", "#28A197"]
    assert float(own.get("width")) / float(other.get("width")) == pytest.approx(110 / 76, rel=0.01)
    assert svg.count('stroke-opacity="0.6"') == 1


def test_a_bar_without_value_says_why():
    assert "not collected" in texts(bar_chart(points([110, None]), **NAMES))


def test_a_stacked_bar_prints_its_total_unless_a_part_is_missing():
    svg = stacked_bar_chart([line([104, 92]), line([34, None], "Level 3")], **NAMES)
    assert "138" in texts(svg)
    assert texts(svg).count("92") == 1  # the part, and no total that would be that of a part alone
    assert {"Southampton", "Level 3"} <= set(texts(svg))


def test_given_totals_are_printed_as_they_are():
    assert "about 140" in texts(stacked_bar_chart([line([104])], totals=["about 140"], **NAMES))


def test_a_negative_part_is_refused():
    with pytest.raises(ValueError, match="cannot be negative"):
        stacked_bar_chart([line([-1])], **NAMES)


def test_what_people_wrote_cannot_become_markup():
    evil = '"><script>alert(1)</script>&\x00'
    for svg in [
        line_chart([Line(evil, points([1], [evil]))] * 2, id="a", title=evil, description=evil),
        bar_chart(points([1], [evil]), id="a", title=evil, description=evil),
        stacked_bar_chart([Line(evil, points([1], [evil]))], id="a", title=evil, description=evil),
        small_multiples([Line(evil, points([1], [evil]))], id="a", title=evil, description=evil),
        sparkline(Line(evil, points([1], [evil])), id="a", title=evil, description=evil),
    ]:
        assert "<script" not in svg
        assert ElementTree.fromstring(svg).find(f"{SVG}title").text == evil.replace("\x00", "")


@pytest.mark.parametrize("wrong", [{"id": 'a"b'}, {"id": ""}, {"brand": "red"}, {"brand": '#fff"'}])
def test_unusable_ids_and_colours_are_refused(wrong):
    with pytest.raises(ValueError, match=r"is not a colour|cannot be the id"):
        line_chart([line([1])], **{**NAMES, **wrong})


def test_the_brand_colour_is_that_of_the_first_series():
    assert strokes(line_chart([line([1, 2])], **NAMES, brand="#5A2D81"), "#5A2D81") == [2]


def test_the_same_chart_is_the_same_text_and_fits_in_an_address():
    svg = line_chart([line([1, 2, 3])], **NAMES)
    assert svg == line_chart([line([1, 2, 3])], **NAMES)
    head, _, body = as_data_uri(svg).partition(",")
    assert head == "data:image/svg+xml"
    assert not set(body) & set("\"'()<> ")
    assert unquote(body) == svg


# -- Scale and text ---------------------------------------------------------------------------------------------------


@given(st.lists(st.decimals(-(10**12), 10**12, places=3), min_size=1), st.integers(1, 6))
def test_an_axis_holds_all_values_on_evenly_spaced_ticks(values, steps):
    axis = Axis.over(values, steps=steps)
    assert axis.ticks[0] <= min(values) <= max(values) <= axis.ticks[-1]
    assert len({second - first for first, second in itertools.pairwise(axis.ticks)}) == 1
    assert 2 <= len(axis.ticks) <= steps + 4
    assert len(set(axis.labels)) == len(axis.ticks)


@pytest.mark.parametrize(
    "values, labels",
    [
        ([], ["0", "1"]),
        ([0], ["0", "1"]),
        ([3], ["0", "1", "2", "3"]),
        (["4.2", "6.1"], ["3%", "4%", "5%", "6%", "7%"]),
        ([4_100_000_000], ["0", "2bn", "4bn", "6bn"]),
        ([-20, 14], ["-40", "-20", "0", "20"]),
    ],
)
def test_ticks_are_round_numbers(values, labels):
    form = "{}%" if labels[-1].endswith("%") else "{}"
    assert Axis.over([Decimal(value) for value in values], form=form).labels == labels


@given(st.text(), st.floats(20, 400))
def test_wrapped_words_fit_or_say_that_they_do_not(text, width):
    lines = wrap(text, width, 13, lines=2)
    assert len(lines) <= 2
    assert all(width_of(text, 13) <= width for text in lines)
    assert "".join(lines).replace(" ", "") == "".join(text.split()) or any(text.endswith("…") for text in lines)


def test_words_are_cut_only_where_they_must_be():
    assert shorten("Southampton", 200, 13) == "Southampton"
    assert re.fullmatch("South.*…", shorten("Southampton City Council", 80, 13))


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 20)), max_size=5))
def test_spread_blocks_do_not_overlap(blocks):
    wanted, heights = [block[0] for block in blocks], [block[1] for block in blocks]
    edges = spread(wanted, heights, top=0, bottom=100)
    places = sorted(zip(edges, heights, strict=True))
    assert all(edge + height <= later + 1e-6 for (edge, height), (later, _) in itertools.pairwise(places))
    assert all(edge >= -1e-6 and edge + height <= 100 + 1e-6 for edge, height in places)
