"""What waits at the counter of a pharmacist: reviews and vaccinations planned, shortages and answers."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import SHOWN, Line, PanelContent, Waiting, rows_waiting
from maillage.kernel.inboxes import nothing_waits
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.protocols.models import MedicationReview, Referral, Shortage, Vaccination
from maillage.protocols.pages.blocks import ANSWERS
from maillage.protocols.queries.pharmacy import (
    counter,
    is_pharmacist,
    reviews_of,
    shortages_of,
    vaccinations_of,
)
from maillage.protocols.queries.referrals import answers_to_read


def _shortages(count: int) -> str:
    said = ngettext("{count} rupture à signaler", "{count} ruptures à signaler", count)
    return said.format(count=formats.number(count))


def planned(person: Person) -> Waiting | None:
    """Say which reviews and vaccinations a pharmacist planned; no patient, no word of health."""
    here = counter(person)
    rows: list[MedicationReview | Vaccination] = [*here.reviews, *here.vaccinations]
    rows.sort(key=lambda one: one.planned_on)
    reviews, vaccinations = len(here.reviews), len(here.vaccinations)
    said = [_shortages(len(here.shortages))] if here.shortages else []
    if reviews:
        text = ngettext("{reviews} bilan à faire", "{reviews} bilans à faire", reviews)
        said.append(text.format(reviews=formats.number(reviews)))
    if vaccinations:
        text = ngettext("{doses} vaccination prévue", "{doses} vaccinations prévues", vaccinations)
        said.append(text.format(doses=formats.number(vaccinations)))
    url = _page(rows[0]) if rows else ""
    return rows_waiting(
        _("Bilans et vaccinations"), rows, _planned, ", ".join(said), url=url, gesture=_("Ouvrir le premier")
    )


def _page(one: MedicationReview | Vaccination) -> str:
    name = "review" if isinstance(one, MedicationReview) else "vaccination"
    return reverse(f"protocols:{name}", args=[one.pk])


def _planned(one: MedicationReview | Vaccination) -> Line:
    what = _("Bilan de médication") if isinstance(one, MedicationReview) else _("Vaccination")
    late = one.planned_on < timezone.localdate()
    return Line(what, _page(one), formats.date_short(one.planned_on), is_late=late)


def missing(person: Person) -> Waiting | None:
    """Say which shortages are to be signalled, and which answers of prescribers are to be read."""
    here = counter(person)
    answers = [] if nothing_waits(person, ANSWERS) else answers_to_read(person)
    rows: list[Shortage | Referral] = [*here.shortages, *answers]
    said = []
    if here.shortages and not (here.reviews or here.vaccinations):  # else the other block has said it
        said.append(_shortages(len(here.shortages)))
    if answers:
        text = ngettext("{answers} réponse à lire", "{answers} réponses à lire", len(answers))
        said.append(text.format(answers=formats.number(len(answers))))
    url = _line(rows[0]).url if rows else ""
    return rows_waiting(
        _("Ruptures et réponses"), rows, _line, ", ".join(said), url=url, gesture=_("Ouvrir la première")
    )


def _line(one: Shortage | Referral) -> Line:
    if isinstance(one, Shortage):
        url = reverse("protocols:pharmacy", args=[one.patient_id])
        return Line(_("Rupture à signaler"), url, formats.date_short(one.at))
    url = reverse("protocols:referral", args=[one.pk])
    return Line(str(one.get_purpose_display()), url, formats.date_short(one.answered_at))


def pharmacy_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say what a pharmacist does for a patient; None where nothing is, and nothing may be."""
    shortages, reviews, vaccinations = shortages_of(patient), reviews_of(patient), vaccinations_of(patient)
    own = patient.account_id == person.pk
    if not (shortages or reviews or vaccinations) and (own or not is_pharmacist(person)):
        return None
    lines = [
        *(Line(one.medicine, detail=_("rupture")) for one in shortages),
        *(Line(_("Bilan de médication"), _page(one), formats.date_short(one.planned_on)) for one in reviews),
        *(Line(one.vaccine, _page(one), formats.date_short(one.planned_on)) for one in vaccinations),
    ]
    said = "" if lines else _("Aucun acte de pharmacien.")
    url = reverse("protocols:pharmacy", args=[patient.pk])
    return PanelContent(_("Pharmacie"), said, tuple(lines[:SHOWN]), url, _("Ouvrir la pharmacie"))
