"""Photos shown with a question: written anew, read by whom the question names the person to, gone at once."""

import io
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from maillage.exchange import api as exchange
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Origin, Patient
from maillage.people.models import AccessLogEntry, CareOpposition
from maillage.telehealth import api
from maillage.telehealth.models import Question, QuestionFile
from maillage.territory.api import Territory
from tests.exchange.test_attachments import PLACE, document, photo
from tests.factories import declare_doctor, make_patient, make_person, make_professional
from tests.telehealth.conftest import NOW, Ask, client_of

WORDS = "Jambe gauche, plaie de 3 cm"


def shown(name: str = "plaie.jpg", seen: str = WORDS, content: bytes = b"") -> api.ShownFile:
    content = content or photo(size=(900, 600))
    (taken,) = exchange.take_files([(name, len(content), io.BytesIO(content))])
    return api.ShownFile(taken, seen)


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def piece_of(question: api.Question, file: QuestionFile) -> str:
    return reverse("telehealth:question_piece", args=[question.pk, file.pk])


def page_of(question: api.Question) -> str:
    return reverse("telehealth:question", args=[question.pk])


@pytest.fixture
def sent(expert: Person) -> dict[str, Any]:
    return {
        "key": "f1",
        "none_said": "on",
        "to": f"p{expert.professional.pk}",
        "text": "Changer de pansement ?",
        "hurry": "today",
        "consented_on": NOW.date().isoformat(),
    }


def test_a_photo_goes_with_the_question_small_in_the_page_and_large_on_demand(
    patient: Patient, nurse: Person, expert: Person, sent: dict[str, Any]
) -> None:
    url = reverse("telehealth:new_question", args=[patient.pk])
    files = {
        "file_1": uploaded("plaie.jpg", photo(size=(900, 600))),
        "seen_1": WORDS,
        "file_3": uploaded("ordonnance.pdf", document()),
    }
    assert 'enctype="multipart/form-data"' in client_of(nurse).get(url).content.decode()
    answer = client_of(nurse).post(url, sent | files)
    assert answer.status_code == 302
    (one,) = Question.objects.of_patient(patient)
    kept = list(QuestionFile.objects.of(one))
    assert [(row.side, row.position, row.kind, row.seen) for row in kept] == [
        ("asker", 1, "jpeg", WORDS),
        ("asker", 2, "pdf", ""),
    ]
    # Turned as the telephone meant it, and without its place.
    assert (kept[0].width, kept[0].height) == (600, 900)
    for row in kept:
        assert PLACE not in bytes(row.content)
        assert PLACE not in bytes(row.thumbnail)
    with Image.open(io.BytesIO(bytes(kept[0].thumbnail))) as small:
        assert (small.format, max(small.size)) == ("JPEG", 360)
    assert bytes(kept[1].thumbnail) == b""
    reader = client_of(expert)
    page = unescape(reader.get(page_of(one)).content.decode())
    assert f'alt="{WORDS}"' in page
    assert page.count("data:image/jpeg;base64,") == 1
    assert "ordonnance.pdf" in page
    before = AccessLogEntry._base_manager.count()
    for row, media, how in ((kept[0], "image/jpeg", "inline"), (kept[1], "application/pdf", "attachment")):
        opened = reader.get(piece_of(one, row))
        assert (opened.status_code, opened["Content-Type"]) == (200, media)
        assert opened["Content-Disposition"].startswith(f"{how}; filename=")
        assert opened["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert opened["Cache-Control"] == "no-store"
    logged = AccessLogEntry._base_manager.filter(person=expert).order_by("-pk")[:2]
    assert AccessLogEntry._base_manager.count() == before + 2
    assert {line.purpose for line in logged} == {"photo ou document d’une demande d’avis"}
    assert Entry.objects.filter(verb="telehealth.question_files").count() == 1


def test_the_same_form_twice_keeps_its_files_once(
    patient: Patient, nurse: Person, sent: dict[str, Any]
) -> None:
    url = reverse("telehealth:new_question", args=[patient.pk])
    for _again in range(2):
        files = {"file_1": uploaded("plaie.jpg", photo()), "seen_1": WORDS}
        assert client_of(nurse).post(url, sent | files).status_code == 302
    assert QuestionFile._base_manager.count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"file_1": ("plaie.jpg", photo())}, "ce que l’on voit"),
        ({"file_2": ("plaie.jpg", photo()), "seen_2": "   "}, "ce que l’on voit"),
        ({"seen_1": "Une plaie sans photo"}, "Choisissez la photo"),
        ({"file_1": ("x.jpg", b"<svg onload=alert(1)>"), "seen_1": WORDS}, "n’est ni une photo"),
        ({"file_1": ("vide.jpg", b""), "seen_1": WORDS}, "est vide"),
        ({"file_4": ("grand.jpg", b"\xff\xd8\xff" + b"0" * 10_000_001), "seen_4": WORDS}, "dépasse 10"),
        ({"file_5": ("clos.pdf", document(password="x"))}, "mot de passe"),
        ({"file_1": ("plaie.jpg", photo()), "seen_1": "nul\x00nul"}, "caractère"),
        ({"file_1": ("plaie.jpg", photo()), "seen_1": "a" * 161}, "160"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_beside_it_and_the_words_are_kept(
    patient: Patient, nurse: Person, sent: dict[str, Any], values: dict[str, Any], words: str
) -> None:
    url = reverse("telehealth:new_question", args=[patient.pk])
    files = {name: uploaded(*one) if isinstance(one, tuple) else one for name, one in values.items()}
    answer = client_of(nurse).post(url, sent | {"tried": "Hydrocellulaire essayé"} | files)
    page = unescape(answer.content.decode()).replace("\xa0", " ")
    assert answer.status_code == 422
    assert words in page
    assert "Hydrocellulaire essayé" in page
    assert ("Choisissez de nouveau vos fichiers" in page) is any(
        isinstance(one, tuple) for one in values.values()
    )
    assert not Question.objects.of_patient(patient).exists()
    assert not QuestionFile._base_manager.exists()


def test_a_vital_sign_leads_to_the_15_whatever_the_file(
    patient: Patient, nurse: Person, sent: dict[str, Any]
) -> None:
    url = reverse("telehealth:new_question", args=[patient.pk])
    values = {"signs": ["chest"], "file_1": uploaded("x.exe", b"MZ"), "seen_2": "a" * 400}
    answer = client_of(nurse).post(url, sent | values)
    assert answer.status_code == 422
    assert "appelez le 15 maintenant" in answer.content.decode()


READERS = {
    "nurse": True, "doctor": True, "patient": True, "expert": True, "other": False, "stranger": False,
    "coordinator": False, "ended": False, "opposed": False,
}  # fmt: skip


@pytest.mark.parametrize("who", READERS)
def test_a_photo_opens_for_whom_the_question_names_the_person_to(
    ask: Ask, place: Territory, patient: Patient, nurse: Person, doctor: Person, expert: Person,
    other: Person, who: str,
) -> None:  # fmt: skip
    one = ask(files=[shown()])
    (row,) = QuestionFile.objects.of(one)
    known = {"nurse": nurse, "doctor": doctor, "patient": patient.account, "expert": expert, "other": other}
    reader = known.get(who)
    if reader is None:
        reader = make_person(
            "ada.loriot", Role.COORDINATOR if who == "coordinator" else Role.NURSE, place.scope
        )
        sheet = make_professional("Loriot", "Ada", reader, profession="60")
        if who in {"ended", "opposed"}:
            link = circle.add_to_circle(
                by=doctor, patient=patient, who=sheet, origin=Origin.TEAM, role=Role.NURSE, is_informed=True
            )
            assert client_of(reader).get(piece_of(one, row)).status_code == 200
            if who == "ended":
                circle.end_link(by=doctor, link=link)
            else:
                CareOpposition.objects.create(
                    patient=patient, professional=sheet, means="spoken", recorded_by=doctor
                )
    before = AccessLogEntry._base_manager.filter(person=reader).count()
    status = client_of(reader).get(piece_of(one, row)).status_code
    assert status == (200 if READERS[who] else 404)
    assert AccessLogEntry._base_manager.filter(person=reader).count() - before == int(READERS[who])


def test_a_group_sees_no_photo_before_one_of_it_takes_the_question(
    ask: Ask, expert: Person, other: Person
) -> None:
    one = ask(to="SM04", files=[shown()])
    (row,) = QuestionFile.objects.of(one)
    for reader in (expert, other):
        page = client_of(reader).get(page_of(one)).content.decode()
        assert "data:image" not in page
        assert WORDS not in page
        assert client_of(reader).get(piece_of(one, row)).status_code == 404
    api.take(by=expert, question=one, key="t")
    assert "data:image" in client_of(expert).get(page_of(one)).content.decode()
    assert client_of(expert).get(piece_of(one, row)).status_code == 200
    assert client_of(other).get(piece_of(one, row)).status_code == 404


@pytest.mark.parametrize("how", ["opposed", "withdrawn", "declined", "read long ago"])
def test_the_expert_loses_the_photos_with_the_question(
    ask: Ask, patient: Patient, nurse: Person, doctor: Person, expert: Person, clock: Any, how: str
) -> None:
    one = ask(files=[shown()])
    (row,) = QuestionFile.objects.of(one)
    browser = client_of(expert)
    assert browser.get(piece_of(one, row)).status_code == 200
    if how == "opposed":
        CareOpposition.objects.create(
            patient=patient, professional=expert.professional, means="spoken", recorded_by=doctor
        )
    elif how == "withdrawn":
        api.withdraw(by=nurse, question=one, reason="Guérie.", key="w")
    elif how == "declined":
        api.decline(by=expert, question=one, reason="Pas mon domaine.", key="d")
    else:
        api.answer(by=expert, question=one, advice=api.Advice("Oui."), key="a")
        assert browser.get(piece_of(one, row)).status_code == 200
        clock.move_to(NOW.replace(month=9))
        browser = client_of(expert)
    assert browser.get(piece_of(one, row)).status_code == 404
    assert browser.get(page_of(one)).status_code == 404


def test_the_address_of_another_question_opens_nothing(ask: Ask, nurse: Person) -> None:
    one = ask(files=[shown()])
    beside = ask(key="k2")
    (row,) = QuestionFile.objects.of(one)
    assert client_of(nurse).get(piece_of(beside, row)).status_code == 404


def test_the_answer_and_the_precision_carry_theirs(ask: Ask, nurse: Person, expert: Person) -> None:
    one = ask(files=[shown()])
    api.ask_precision(by=expert, question=one, text="Plus près ?", key="p")
    page = page_of(one)
    nearer = {"file_1": uploaded("pres.png", photo("PNG")), "seen_1": "De plus près"}
    said = {"do": "complete", "key": "c", "text": "La voici en gros plan."}
    assert client_of(nurse).post(page, said | nearer).status_code == 302
    drawn = {"file_2": uploaded("pose.webp", photo("WEBP")), "seen_2": "Comment poser la bande"}
    said = {"do": "answer", "key": "a", "answer": "Oui, ainsi.", "appointment": "none"}
    assert client_of(expert).post(page, said | drawn).status_code == 302
    assert [(row.side, row.position, row.seen) for row in QuestionFile.objects.of(one)] == [
        ("asker", 1, WORDS),
        ("asker", 2, "De plus près"),
        ("expert", 3, "Comment poser la bande"),
    ]
    found = unescape(client_of(nurse).get(page).content.decode())
    assert found.index("joints à l’avis") < found.index("Comment poser") < found.index("joints à la demande")


def test_a_refused_answer_gives_its_words_back_and_says_that_files_are_to_be_chosen_again(
    ask: Ask, expert: Person
) -> None:
    one = ask()
    said = {"do": "answer", "key": "a", "answer": "Un long avis tapé", "appointment": "none"}
    answer = client_of(expert).post(page_of(one), said | {"file_1": uploaded("x.gif", b"GIF89a")})
    page = unescape(answer.content.decode()).replace("\xa0", " ")
    assert answer.status_code == 409
    for words in ("n’est ni une photo", "Un long avis tapé", "Choisissez de nouveau vos fichiers"):
        assert words in page


def test_a_question_asked_again_shows_the_same_photos_where_one_says_so(
    ask: Ask, patient: Patient, nurse: Person, expert: Person, other: Person, sent: dict[str, Any]
) -> None:
    one = ask(files=[shown()])
    api.decline(by=expert, question=one, reason="Pas mon domaine.", key="d")
    url = f"{reverse('telehealth:new_question', args=[patient.pk])}?de={one.pk}"
    assert 'name="carried"' in client_of(nurse).get(url).content.decode()
    fresh = sent | {"to": f"p{other.professional.pk}"}
    assert client_of(nurse).post(url, fresh | {"key": "no"}).status_code == 302
    values = {"key": "yes", "carried": "on", "file_1": uploaded("b.jpg", photo()), "seen_1": "Aujourd’hui"}
    assert client_of(nurse).post(url, fresh | values).status_code == 302
    kept = {
        question.key: [row.seen for row in QuestionFile.objects.of(question)]
        for question in Question.objects.of_patient(patient)
    }
    assert kept == {"k1": [WORDS], "no": [], "yes": [WORDS, "Aujourd’hui"]}


def test_photos_of_one_person_are_not_carried_to_another(
    ask: Ask, place: Territory, nurse: Person, doctor: Person, professional: object
) -> None:
    one = ask(files=[shown()])
    beside = make_patient("Orme", place)
    declare_doctor(beside, professional)
    circle.add_to_circle(
        by=doctor, patient=beside, who=nurse.professional, origin=Origin.TEAM, role=Role.NURSE,
        is_informed=True,
    )  # fmt: skip
    with pytest.raises(ValidationError, match="autre personne"):
        ask(patient=beside, key="k9", carried_from=one)
    assert not Question.objects.of_patient(beside).exists()
    empty = ask(key="k10")
    again = ask(key="k11", carried_from=empty)
    assert not QuestionFile.objects.of(again).exists()


def test_the_action_refuses_too_many_files_and_a_photo_without_words(ask: Ask) -> None:
    with pytest.raises(ValidationError, match="5 fichiers"):
        ask(files=[shown()] * 6)
    with pytest.raises(ValidationError, match=r"plaie\.jpg"):
        ask(files=[shown(seen=" ")])
    assert not Question._base_manager.exists()


def test_what_is_shown_is_in_the_copy_of_the_person_s_data(ask: Ask, patient: Patient) -> None:
    from maillage.people.queries.rights import parts

    one = ask(files=[shown()])
    (found,) = [part for part in parts(patient) if part.table == "telehealth.questionfile"]
    assert found.raw[0]["seen"] == WORDS
    assert QuestionFile.objects.for_person(patient.account).get().question == one
    assert str(QuestionFile.objects.of(one).get()) == f"{one.pk} · 1"
