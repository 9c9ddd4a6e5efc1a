"""Residents of a home (EHPAD): their stay, their crisis card, their AGGIR grid, the booklet of a night."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.care.rules.aggir import Activity, Grade
from maillage.care.rules.crisis_card import Answer, Entry, Hospital, Part, Value
from maillage.directory import api as directory
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people import api as people

HOSPITAL_LABELS = {
    Hospital.UNKNOWN: _("Pas encore demandé"),
    Hospital.ACCEPTED: _("Accepte d’aller à l’hôpital"),
    Hospital.IF_USEFUL: _("Hôpital seulement si le bénéfice est net"),
    Hospital.AVOID: _("Souhaite rester ici, sauf pour soulager"),
}
ANSWER_LABELS = {
    Answer.UNKNOWN: _("Pas encore demandé"),
    Answer.YES: _("Oui"),
    Answer.NO: _("Non"),
}
ENTRY_LABELS = {
    Entry.WHAT_TO_DO: _("Que faire si son état s’aggrave"),
    Entry.HOSPITAL: _("Aller à l’hôpital"),
    Entry.WISHES: _("Ses souhaits, dans ses mots"),
    Entry.ALLERGY: _("Allergie connue"),
    Entry.ALLERGIES: _("Lesquelles"),
    Entry.TREATMENTS: _("Traitements qui comptent en urgence"),
    Entry.BASELINE: _("État habituel : parole, mémoire, marche, repas"),
    Entry.DIRECTIVES: _("Directives anticipées écrites"),
    Entry.DIRECTIVES_WHERE: _("Où elles se trouvent"),
    Entry.TRUSTED_PERSON: _("Personne de confiance"),
    Entry.TRUSTED_PHONE: _("Son téléphone"),
    Entry.TO_CALL: _("Proche à prévenir"),
    Entry.TO_CALL_PHONE: _("Son téléphone"),
    Entry.TO_CALL_AT_NIGHT: _("L’appeler la nuit"),
    Entry.PALLIATIVE: _("Soins palliatifs"),
    Entry.HISTORY: _("Antécédents"),
    Entry.PRESCRIPTIONS_ON: _("Ordonnances en cours, copie au dossier du"),
    Entry.LABORATORY_ON: _("Biologie récente, copie au dossier du"),
}

PART_LABELS = {
    Part.WHAT_TO_DO: _("Que faire"),
    Part.WISHES: _("Souhaits"),
    Part.ALLERGIES: _("Allergies"),
    Part.TREATMENTS: _("Traitements qui comptent"),
    Part.BASELINE: _("État habituel"),
    Part.DIRECTIVES: _("Directives anticipées"),
    Part.TRUSTED_PERSON: _("Personne de confiance"),
    Part.TO_CALL: _("Proche à prévenir"),
    Part.PALLIATIVE: _("Soins palliatifs"),
    Part.HISTORY: _("Antécédents"),
    Part.ANNEXES: _("Ordonnances et biologie jointes"),
    Part.DOCTOR: _("Médecin traitant"),
    Part.IDENTITY: _("Identité vérifiée"),
}

ACTIVITY_LABELS = {
    Activity.COHERENCE: _("Cohérence : communiquer et se conduire de façon sensée"),
    Activity.ORIENTATION: _("Orientation : se repérer dans le temps et les lieux"),
    Activity.WASHING: _("Toilette, haut et bas du corps"),
    Activity.DRESSING: _("Habillage, haut, milieu et bas"),
    Activity.FEEDING: _("Alimentation : se servir et manger"),
    Activity.ELIMINATION: _("Élimination : hygiène urinaire et fécale"),
    Activity.TRANSFERS: _("Transferts : se lever, s’asseoir, se coucher"),
    Activity.MOVING_INSIDE: _("Déplacements à l’intérieur"),
    Activity.MOVING_OUTSIDE: _("Déplacements à l’extérieur"),
    Activity.COMMUNICATION: _("Communication à distance : téléphone, sonnette"),
}
GRADE_LABELS = {
    Grade.A: _("A : fait seul"),
    Grade.B: _("B : fait en partie"),
    Grade.C: _("C : ne fait pas"),
}


class OfResidentQuerySet(ScopedQuerySet[Row]):
    """Rows that say something of a resident's health: read by whom the circle opens the crisis card to."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose crisis card `person` may read."""
        readable = people.Patient.objects.for_person(person, people.Part.CRISIS)
        return models.Q(patient__in=readable.values("pk"))

    def of_patient(self, patient: models.Model) -> Self:
        """Keep the rows of a patient who was read in scope, for a part of the file that was decided."""
        return self.filter(patient=patient)._scoped()

    def of_patients(self, patients: list[int]) -> Self:
        """Keep the rows of patients, by key, whose part of the file was decided."""
        return self.filter(patient__in=patients)._scoped()


class StayQuerySet(ScopedQuerySet["Stay"]):
    """Stays, read by the home of that time and by the circle of the resident."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """The stays under way of the homes where `person` works today, and of the residents they care for."""
        here = models.Q(home__in=directory.homes_of(person))
        cared = people.Patient.objects.for_person(person, people.Part.CRISIS)
        return models.Q(until=None) & (here | models.Q(patient__in=cared.values("pk")))

    def of_home(self, home: directory.Structure) -> StayQuerySet:
        """Keep every stay of a home, ended ones included: for counting, and for whoever works there."""
        return self.filter(home=home)._scoped()

    def under_way(self) -> StayQuerySet:
        """Keep the stays under way of every home, for a job that counts them or prints them."""
        return self.filter(until=None)._scoped()

    def current_of(self, patient: people.Patient) -> StayQuerySet:
        """Keep the stay under way of a patient who was read in scope."""
        return self.filter(patient=patient, until=None)._scoped()


class Stay(Authored):
    """Somebody lives in a home from a day on, in one at a time; until `until`, the day on which they left."""

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="stays", verbose_name=_("résident")
    )
    home = models.ForeignKey(
        "directory.Structure", on_delete=models.PROTECT, related_name="stays", verbose_name=_("EHPAD")
    )
    room = models.CharField(_("chambre"), max_length=20, blank=True)
    since = models.DateField(_("entré le"))
    until = models.DateField(_("sorti le"), null=True, blank=True)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = StayQuerySet.as_manager()

    personal = ("patient", "home", "room", "since", "until", "by", "at")
    neither = ("id", "is_demonstration")

    class Meta:
        verbose_name = _("séjour en EHPAD")
        verbose_name_plural = _("séjours en EHPAD")
        ordering = ("patient__search_name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(until=None), name="one_stay_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="stay_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.home_id} · {self.since:%Y-%m-%d}"


class CrisisCardQuerySet(OfResidentQuerySet["CrisisCard"]):
    """Cards, read for a person or for a patient."""


class CrisisCard(Authored):
    """What one must know of a resident at night, one row a version: none is ever changed.

    Its columns are the entries of `rules.crisis_card`; `as_role` is the role in which it was revised.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="crisis_cards", verbose_name=_("résident")
    )
    version = models.PositiveIntegerField(_("version"))
    as_role = models.CharField(_("revue en tant que"), max_length=20)
    what_to_do = models.TextField(ENTRY_LABELS[Entry.WHAT_TO_DO], max_length=600, blank=True)
    hospital = models.CharField(
        ENTRY_LABELS[Entry.HOSPITAL], max_length=10, blank=True, choices=as_choices(HOSPITAL_LABELS)
    )
    wishes = models.TextField(ENTRY_LABELS[Entry.WISHES], max_length=600, blank=True)
    allergy = models.CharField(
        ENTRY_LABELS[Entry.ALLERGY], max_length=3, blank=True, choices=as_choices(ANSWER_LABELS)
    )
    allergies = models.CharField(ENTRY_LABELS[Entry.ALLERGIES], max_length=300, blank=True)
    treatments = models.TextField(ENTRY_LABELS[Entry.TREATMENTS], max_length=600, blank=True)
    baseline = models.TextField(ENTRY_LABELS[Entry.BASELINE], max_length=600, blank=True)
    directives = models.CharField(
        ENTRY_LABELS[Entry.DIRECTIVES], max_length=3, blank=True, choices=as_choices(ANSWER_LABELS)
    )
    directives_where = models.CharField(ENTRY_LABELS[Entry.DIRECTIVES_WHERE], max_length=200, blank=True)
    trusted_person = models.CharField(ENTRY_LABELS[Entry.TRUSTED_PERSON], max_length=120, blank=True)
    trusted_phone = models.CharField(_("téléphone de la personne de confiance"), max_length=16, blank=True)
    to_call = models.CharField(ENTRY_LABELS[Entry.TO_CALL], max_length=120, blank=True)
    to_call_phone = models.CharField(_("téléphone du proche"), max_length=16, blank=True)
    to_call_at_night = models.CharField(
        ENTRY_LABELS[Entry.TO_CALL_AT_NIGHT], max_length=3, blank=True, choices=as_choices(ANSWER_LABELS)
    )
    palliative = models.CharField(
        ENTRY_LABELS[Entry.PALLIATIVE], max_length=3, blank=True, choices=as_choices(ANSWER_LABELS)
    )
    history = models.TextField(ENTRY_LABELS[Entry.HISTORY], max_length=1500, blank=True)
    prescriptions_on = models.DateField(ENTRY_LABELS[Entry.PRESCRIPTIONS_ON], null=True, blank=True)
    laboratory_on = models.DateField(ENTRY_LABELS[Entry.LABORATORY_ON], null=True, blank=True)

    objects = CrisisCardQuerySet.as_manager()

    personal = ("patient", "trusted_person", "trusted_phone", "to_call", "to_call_phone", "by", "at")
    health = (
        "what_to_do", "hospital", "wishes", "allergy", "allergies", "treatments", "baseline", "directives",
        "directives_where", "to_call_at_night", "palliative", "history", "prescriptions_on", "laboratory_on",
    )  # fmt: skip
    neither = ("id", "version", "as_role")

    class Meta:
        verbose_name = _("fiche de nuit")
        verbose_name_plural = _("fiches de nuit")
        ordering = ("patient", "-version")
        constraints = [
            models.UniqueConstraint(fields=["patient", "version"], name="one_card_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.version}"

    @property
    def written(self) -> dict[Entry, Value]:
        """What it holds, for the rules."""
        return {entry: getattr(self, entry.value) for entry in Entry}


class AggirGridQuerySet(OfResidentQuerySet["AggirGrid"]):
    """Grids, read for a person or for a patient."""


class AggirGrid(Authored):
    """What somebody saw that a resident does alone, and the GIR that the rule of that day gives."""

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="aggir_grids", verbose_name=_("résident")
    )
    grades = models.JSONField(_("cotations"))
    gir = models.PositiveSmallIntegerField(_("GIR"))
    rank = models.PositiveSmallIntegerField(_("rang"))
    group = models.CharField(_("groupe qui a décidé"), max_length=1)
    rule_from = models.DateField(_("règle en vigueur depuis"))

    objects = AggirGridQuerySet.as_manager()

    personal = ("patient", "by", "at")
    health = ("grades", "gir", "rank", "group")
    neither = ("id", "rule_from")

    class Meta:
        verbose_name = _("grille AGGIR")
        verbose_name_plural = _("grilles AGGIR")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.at:%Y-%m-%d}"


class Booklet(AnnotatedModel):
    """All the cards of a home, sealed one evening for a night without network; the file is beside the base.

    `seed` makes its password with the secret key of the installation; neither alone opens it.
    """

    home = models.ForeignKey(
        "directory.Structure", on_delete=models.PROTECT, related_name="+", verbose_name=_("EHPAD")
    )
    day = models.DateField(_("soir du"))
    made_at = models.DateTimeField(_("fait le"), default=timezone.now)
    cards = models.PositiveIntegerField(_("fiches"))
    without_card = models.PositiveIntegerField(_("résidents sans fiche"))
    left_out = models.PositiveIntegerField(_("résidents laissés de côté"))
    digest = models.CharField(_("empreinte"), max_length=64)
    seed = models.CharField(_("germe du mot de passe"), max_length=32)

    neither = (
        "id", "home", "day", "made_at", "cards", "without_card", "left_out", "digest", "seed",
    )  # fmt: skip

    class Meta:
        verbose_name = _("cahier de nuit")
        verbose_name_plural = _("cahiers de nuit")
        ordering = ("-day", "-id")
        constraints = [models.UniqueConstraint(fields=["home", "day"], name="one_booklet_an_evening")]

    def __str__(self) -> str:
        return f"{self.home_id} · {self.day:%Y-%m-%d}"
