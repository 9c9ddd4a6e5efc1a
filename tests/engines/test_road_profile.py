"""What the tags of OpenStreetMap say of a road: speeds, ways, barriers, ferries."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.engines.traveltime import CAR, CarProfile
from maillage.engines.traveltime.profile import duration, is_open, one_way, speed_limit, stops

TAGS = st.dictionaries(
    st.sampled_from([
        "highway", "oneway", "junction", "access", "vehicle", "motor_vehicle", "motorcar", "maxspeed",
        "maxspeed:forward", "maxspeed:backward", "barrier", "area", "route", "duration", "foot",
    ]),
    st.sampled_from([
        "primary", "residential", "motorway", "footway", "track", "yes", "no", "-1", "roundabout", "private",
        "destination", "gate", "bollard", "50", "30 mph", "FR:urban", "none", "ferry", "1:30", "", "é",
    ]),
)  # fmt: skip


@given(TAGS)
def test_whatever_the_tags_say_speeds_make_sense(tags):
    way = CAR.way(tags)
    assert all(0 <= kmh <= 200 for kmh in way)
    assert isinstance(stops(tags), bool)
    if max(way) > 0:
        assert is_open(tags)
        assert (way.forward > 0, way.backward > 0) == (one_way(tags) >= 0, one_way(tags) <= 0)
    minutes = CAR.ferry_minutes(tags, 12.0)
    assert minutes is None or minutes >= CAR.boarding


@pytest.mark.parametrize(
    ("tags", "speeds"),
    [
        ({"highway": "secondary"}, (55, 55)),
        ({"highway": "secondary", "maxspeed": "50"}, (40, 40)),
        ({"highway": "secondary", "maxspeed": "none"}, (55, 55)),
        ({"highway": "primary", "maxspeed:forward": "80", "maxspeed": "70"}, (64, 56)),
        ({"highway": "primary", "oneway": "yes"}, (65, 0)),
        ({"highway": "primary", "oneway": "-1"}, (0, 65)),
        ({"highway": "tertiary", "junction": "roundabout"}, (40, 0)),
        ({"highway": "tertiary", "junction": "circular", "oneway": "no"}, (40, 40)),
        ({"highway": "motorway"}, (90, 0)),
        ({"highway": "motorway_link", "oneway": "no"}, (45, 45)),
        ({"highway": "secondary", "oneway": "reversible"}, (55, 0)),
        ({"highway": "residential", "access": "private"}, (0, 0)),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, (25, 25)),
        ({"highway": "residential", "access": "yes", "motorcar": "no"}, (0, 0)),
        ({"highway": "residential", "access": "destination"}, (25, 25)),
        ({"highway": "residential", "access": "unknown"}, (25, 25)),
        ({"highway": "service", "area": "yes"}, (0, 0)),
        ({"highway": "footway"}, (0, 0)),
        ({"highway": "track", "maxspeed": "30"}, (0, 0)),
        ({"building": "yes"}, (0, 0)),
    ],
)
def test_speeds_by_hand(tags, speeds):
    assert CAR.way(tags) == pytest.approx(speeds)


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({}, False),
        ({"highway": "crossing", "access": "no"}, False),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "bollard"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "bollard", "access": "unknown"}, True),
        ({"barrier": "lift_gate", "access": "no", "motorcar": "yes"}, False),
    ],
)
def test_barriers_by_hand(tags, stopped):
    assert stops(tags) is stopped


@pytest.mark.parametrize(
    ("tags", "minutes"),
    [
        ({"route": "ferry"}, 46.0),
        ({"route": "ferry", "duration": "00:25"}, 35.0),
        ({"route": "ferry", "duration": "90"}, 100.0),
        ({"route": "ferry", "duration": "a while"}, 46.0),
        ({"route": "ferry", "motor_vehicle": "no"}, None),
        ({"route": "ferry", "foot": "yes"}, None),
        ({"route": "ferry", "foot": "yes", "motorcar": "yes"}, 46.0),
        ({"route": "shuttle_train", "duration": "0:35:30"}, 45.5),
        ({"route": "bus"}, None),
    ],
)
def test_ferries_by_hand(tags, minutes):
    assert CAR.ferry_minutes(tags, 12.0) == (None if minutes is None else pytest.approx(minutes))


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0), ("50;30", 50.0), ("50 km/h", 50.0), ("30mph", 48.28032), ("FR:zone30", 30.0),
        ("12.5", 12.5), ("", None), ("walk", None), ("0", None), ("999", None), ("-50", None), ("٥٠", None),
        ("²", None), (".", None), (";", None),
    ],
)  # fmt: skip
def test_limits_by_hand(text, kmh):
    assert speed_limit(text) == (None if kmh is None else pytest.approx(kmh))


@given(st.text(max_size=8))
def test_no_text_breaks_a_limit_or_a_duration(text):
    for found in (speed_limit(text), duration(text)):
        assert found is None or (math.isfinite(found) and found >= 0)


def test_too_many_parts_are_no_duration():
    assert duration("1:2:3:4") is None


@pytest.mark.parametrize(
    "wrong",
    [{"share_of_limit": 0.0}, {"ferry_kmh": -1.0}, {"boarding": -1.0}, {"classes": (("road", math.inf),)}],
)
def test_a_senseless_profile_is_refused(wrong):
    with pytest.raises(ValueError, match="car profile"):
        CarProfile(**wrong)
