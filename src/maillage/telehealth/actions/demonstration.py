"""Advices of invented patients in several states, so that each role has something to answer or to read."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.telehealth.actions import answers, files, following, outcomes, questions
from maillage.telehealth.models import Question, QuestionStep
from maillage.telehealth.rules.questions import Appointment, Hurry, Shared, Side, State
from maillage.territory.api import Territory

#: Patients about whom the demonstration asks.
PATIENTS = 6
_WOUND = questions.Asked(
    "Plaie de jambe qui ne se ferme plus depuis trois semaines : changer de pansement ?",
    "Hydrocellulaire un jour sur deux, compression bien portée.",
    "Pas de fièvre, pas d’odeur ; bords fibrineux, douleur modérée au soin.",
    (Shared.PROBLEMS, Shared.INTERVENTIONS),
    Hurry.TODAY,
)
_DIURETIC = questions.Asked(
    "Poids qui remonte malgré le traitement du cœur : faut-il revoir la dose avant la consultation ?",
    "Repas moins salés, pesée chaque matin.",
    "Chevilles un peu gonflées le soir, dort à plat.",
    (Shared.PROBLEMS, Shared.MEASURES),
    Hurry.WEEK,
)
_WALK = questions.Asked(
    "Peut-on reprendre la marche dehors après deux chutes dans le mois ?",
    "Barre d’appui posée, tapis retirés.",
    "",
    (Shared.PROBLEMS, Shared.GOALS),
    Hurry.WEEK,
)
_PILLS = questions.Asked(
    "Oublis de comprimés le soir : peut-on regrouper les prises le matin ?",
    "Pilulier préparé chaque semaine.",
    "",
    (Shared.PROBLEMS,),
    Hurry.MONTH,
)
_MIDWIFE = questions.Asked(
    "Suivi gynécologique interrompu depuis six ans : quel premier rendez-vous proposer ?",
    "",
    "La personne préfère une femme, près de chez elle.",
    (),
    Hurry.MONTH,
)


@transaction.atomic
def create_demonstration_questions(*, place: Territory, now: datetime) -> int:
    """Write the advices of some invented patients, once; return how many. It needs their circles."""
    if Question.objects.in_scope(place.scope).exists():
        return 0
    nurse, physician = demonstration_account(Role.NURSE), demonstration_account(Role.PHYSICIAN)
    if nurse is None or physician is None:
        return 0
    invented = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True).order_by("pk")
    followed = [one for one in invented if _writes(nurse, one)][:PATIENTS]
    if not followed:
        return 0
    asks = _Asks(followed, now)
    wound = asks.ask(nurse, physician, _WOUND, hours=1)
    if wound is not None:
        files.keep_files(wound, [_drawn_wound()], by=nurse, side=Side.ASKER)
    answered = asks.ask(nurse, physician, _DIURETIC, hours=20)
    if answered is not None:
        advice = answers.Advice(
            "Prise de poids récente, sans gêne couchée : pas d’urgence, mais à corriger cette semaine.",
            "Peser chaque matin pendant cinq jours ; me rappeler au-delà de 1 kg de plus.",
            "Dans huit jours, ou avant si l’essoufflement vient",
            Appointment.EXPERT,
        )
        answers.answer(by=physician, question=answered, advice=advice, key=f"demonstration-{answered.pk}")
        asks.date(answered, hours=3.5)
    _with_others(asks, nurse, physician)
    return asks.made


def _with_others(asks: _Asks, nurse: Person, physician: Person) -> None:
    """Ask the other professions, where the demonstration has their accounts."""
    physiotherapist, pharmacist = (
        demonstration_account(Role.PHYSIOTHERAPIST),
        demonstration_account(Role.PHARMACIST),
    )
    midwife = demonstration_account(Role.MIDWIFE)
    if physiotherapist is not None and (asked := asks.ask(nurse, physiotherapist, _WALK, hours=30)):
        text = "Les chutes étaient-elles dedans ou dehors, et avec quelle aide à la marche ?"
        key = f"demonstration-{asked.pk}"
        answers.ask_precision(by=physiotherapist, question=asked, text=text, key=key)
    if pharmacist is not None and (asked := asks.ask(nurse, pharmacist, _PILLS, hours=50)):
        text = "Le dernier traitement est délivré ailleurs : demandez plutôt à qui l’a prescrit."
        answers.decline(by=pharmacist, question=asked, reason=text, key=f"demonstration-{asked.pk}")
        asks.date(asked, hours=6)
    if midwife is not None and asks.turn_to(people.AdministrativeSex.FEMALE):
        asks.ask(nurse, directory.Profession.MIDWIFE.value, _MIDWIFE, hours=5)
    if pharmacist is not None and (asked := asks.ask(nurse, pharmacist, _PILLS, hours=90)):
        advice = answers.Advice(
            "Rien ne s’oppose à une prise unique le matin pour deux des trois traitements.",
            "Proposer la prise unique au médecin traitant, puis refaire le pilulier.",
        )
        answers.answer(by=pharmacist, question=asked, advice=advice, key=f"demonstration-{asked.pk}")
        outcomes.open_task(by=nurse, question=asked)
        asks.date(asked, hours=21)
    if (asked := asks.ask(nurse, physician, _WALK, hours=60)) is not None:
        row = following.locked(asked)
        following.move(row, State.EXPIRED, by=None, key=f"expired-{row.pk}")
        asks.date(asked, hours=48)


class _Asks:
    """Asks about one patient after the other, some hours before now."""

    def __init__(self, patients: list[people.Patient], now: datetime) -> None:
        self.patients, self.now, self.made = patients, now, 0

    def ask(self, by: Person, to: Person | str, asked: questions.Asked, *, hours: int) -> Question | None:
        """Ask somebody, or all of a profession, `hours` before now; None for an account without a sheet."""
        sheet = to if isinstance(to, str) else getattr(to, "professional", None)
        if sheet is None:
            return None
        patient = self.patients[self.made % len(self.patients)]
        self.made += 1
        at = self.now - timedelta(hours=hours)
        row = questions.send_question(
            by=by,
            patient=patient,
            to=sheet,
            asked=asked,
            consented_on=at.date(),
            none_said=True,
            key=f"demonstration-{self.made}",
        )
        Question.objects.keyed(row.pk).update(at=at)
        QuestionStep.objects.of(row).update(at=at)
        return row

    def turn_to(self, sex: people.AdministrativeSex) -> bool:
        """Bring the next patient of that sex first; return whether there is one."""
        known = [one for one in self.patients if one.sex == sex.value]
        if known:
            place = self.made % len(self.patients)
            self.patients.remove(known[-1])
            self.patients.insert(min(place, len(self.patients)), known[-1])
        return bool(known)

    def date(self, question: Question, *, hours: float) -> None:
        """Put the steps that followed a question `hours` after it, but its first."""
        row = Question.objects.keyed(question.pk).get()
        at = row.at + timedelta(hours=hours)
        Question.objects.keyed(row.pk).update(taken_at=at if row.taken_at else None, closed_at=at)
        QuestionStep.objects.of(row).exclude(state=State.SENT.value).update(at=at)


def _drawn_wound() -> files.ShownFile:
    """Return a drawing that stands for a photo of a wound, with its ruler: nobody's."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (900, 600), (226, 190, 168))
    pen = ImageDraw.Draw(image)
    pen.ellipse((280, 150, 620, 400), fill=(190, 92, 84))
    pen.ellipse((340, 200, 540, 350), fill=(222, 200, 120))
    for centimetre in range(10):
        left = 150 + centimetre * 60
        pen.rectangle(
            (left, 470, left + 60, 520), fill="white" if centimetre % 2 else "black", outline="black"
        )
    written = io.BytesIO()
    image.save(written, "PNG")
    (taken,) = exchange.take_files([("plaie.png", written.tell(), io.BytesIO(written.getvalue()))])
    return files.ShownFile(taken, _("Dessin : plaie de jambe, bords fibrineux, règle en centimètres"))


def _writes(person: Person, patient: people.Patient) -> bool:
    return care.may_write(people.decision(person, patient, people.Part.HEALTH))
