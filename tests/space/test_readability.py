"""The pages of the space are read by somebody of twelve: short sentences, common words, as rendered."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.space.actions import checks
from maillage.space.rules.booking import Reason
from tests.space.conftest import cleared, client_of
from tests.space.readability import kandel_moles, sentences, syllables, words

#: Words a sentence at most, and the score at least: « easy » on the scale of Flesch, as adapted to French.
LONGEST, EASIEST_AT_LEAST = 18, 60.0


def test_the_measure_tells_easy_from_hard() -> None:
    assert [syllables(one) for one in ("table", "rendez-vous", "médecin", "eau", "parlent")] == [
        1,
        3,
        3,
        1,
        1,
    ]
    easy = kandel_moles(["Le chat dort", "Il a bien mangé"])
    hard = kandel_moles(["L’établissement responsable assure l’interopérabilité organisationnelle"])
    assert easy > 90 > 20 > hard
    page = "<nav>Menu</nav><main><h1>Titre</h1><p>Un. Deux&nbsp;?</p><script>x</script></main>"
    assert list(sentences(page)) == ["Titre", "Un", "Deux ?"] or list(sentences(page)) == [
        "Titre",
        "Un",
        "Deux",
    ]
    assert words("Il y a 3 rendez-vous") == ["il", "y", "a", "rendez-vous"]


@pytest.fixture
def pages(own: Person, patient: Patient, slots: list[agenda.Slot]) -> dict[str, str]:
    """Every page of the space, rendered."""
    client, anonymous, check = client_of(own), Client(), cleared(own, patient)
    made = agenda.book(by=None, slot=slots[0], patient=patient, key="x")
    of = [patient.pk]
    closed = checks.start_check(
        by=own, patient=patient, key="c", signs=(), reason=Reason.PROBLEM, motive="M03.14"
    )
    query = f"?controle={check.pk}"
    found = {
        "home": client.get(reverse("space:home")),
        "documents": client.get(reverse("space:documents", args=of)),
        "appointments": client.get(reverse("space:appointments", args=of)),
        "appointment": client.get(reverse("space:appointment", args=[*of, made.pk])),
        "ask": client.get(reverse("space:ask", args=of)),
        "slots": client.get(reverse("space:slots", args=of) + query),
        "take": client.get(reverse("space:take", args=[*of, slots[1].pk]) + query),
        "refused": client.post(
            reverse("space:take", args=[*of, slots[0].pk]), {"controle": check.pk, "key": "k"}
        ),
        "closed": client.get(reverse("space:answers", args=[*of, closed.pk])),
        "enter": anonymous.get(reverse("space:enter")),
        "invitation": anonymous.get(reverse("space:invitation", args=["1-x"])),
        "mandates": client.get(reverse("people:mandates", args=of)),
        "plan": client.get(reverse("care:plan", args=of)),
        "circle": client.get(reverse("people:circle", args=of)),
        "log": client.get(reverse("people:access_log", args=of)),
        "file": client.get(reverse("people:patient", args=of)),
    }
    checks.start_check(by=own, patient=patient, key="z", signs=("chest",), reason=Reason.PROBLEM)
    found["alarm"] = client.get(reverse("space:ask", args=of))
    return {name: answer.content.decode() for name, answer in found.items()}


def test_every_page_is_read_by_somebody_of_twelve(pages: dict[str, str]) -> None:
    faults = []
    for name, page in pages.items():
        found = list(sentences(page))
        long = [one for one in found if len(words(one)) > LONGEST]
        score = kandel_moles(found)
        if long or score < EASIEST_AT_LEAST:
            faults.append(f"{name}: {score:.0f}, {long}")
    assert not faults, "\n".join(faults)
