"""The document of a step towards the contract: kept with it, opened again by who reads the project."""

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.project.models import Passage, PassageFile, Project
from tests.care.conftest import client_of
from tests.factories import make_person
from tests.factories.places import make_territory
from tests.keys import ABSENT


def letter() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "PNG")
    return SimpleUploadedFile("lettre d’intention.html", made.getvalue(), content_type="text/html")


def test_a_letter_filed_with_its_step_opens_again(
    coordinator: Person, doctor: Person, project: Project
) -> None:
    """Given a letter filed under a false name, when it is opened, then it is what it is, and nothing runs."""
    client = client_of(coordinator)
    here = reverse("project:project", args=[project.pk])
    on = str(timezone.localdate() - dt.timedelta(days=3))
    sent: dict[str, object] = {"do": "pass", "to": "letter_sent", "on": on, "key": "k"}
    script = SimpleUploadedFile("lettre.pdf", b"<svg onload='alert(1)'/>", content_type="application/pdf")
    assert client.post(here, sent | {"document": script}).status_code == 422
    assert not Passage.objects.of(project).exists()
    assert client.post(here, sent | {"document": letter()}).status_code == 302
    kept = PassageFile.objects.of(project).get()
    address = reverse("project:passage_file", args=[project.pk, kept.pk])
    assert address in client.get(here).content.decode()
    opened = client_of(doctor).get(address)
    assert (opened.status_code, opened["Content-Type"]) == (200, "image/png")
    assert opened["X-Content-Type-Options"] == "nosniff"
    assert opened["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Entry.objects.filter(verb="project.document_opened", by=doctor).count() == 1
    elsewhere = make_person("dora.ailleurs", Role.COORDINATOR, make_territory().scope)
    assert client_of(elsewhere).get(address).status_code == 404
    assert client.get(reverse("project:passage_file", args=[project.pk, ABSENT])).status_code == 404
