"""Patients: identity, how to reach them, who their doctor is, and who read their file."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.kernel import access, formats
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person, Scope, made_once
from maillage.kernel.name_search import named_like
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.rules import Permission, Role
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.kernel.statements import given
from maillage.people.models.reader import Reader, readable, readable_by, unrestricted
from maillage.people.rules.addresses import State, Use
from maillage.people.rules.circle import Part
from maillage.people.rules.identity import (
    AdministrativeSex,
    Doubt,
    Evidence,
    IdentityDocument,
    IdentityStatus,
    InsiAnswer,
)
from maillage.people.rules.referring_doctor import OPEN

STATUS_LABELS = {
    IdentityStatus.PROVISIONAL: _("Identité provisoire"),
    IdentityStatus.RETRIEVED: _("Identité récupérée"),
    IdentityStatus.VALIDATED: _("Identité validée"),
    IdentityStatus.QUALIFIED: _("Identité qualifiée"),
}
DOCUMENT_LABELS = {
    IdentityDocument.NONE: _("Aucune"),
    IdentityDocument.PASSPORT: _("Passeport"),
    IdentityDocument.IDENTITY_CARD: _("Carte d’identité"),
    IdentityDocument.RESIDENCE_PERMIT: _("Titre de séjour"),
    IdentityDocument.FAMILY_BOOK: _("Livret de famille"),
    IdentityDocument.BIRTH_CERTIFICATE: _("Extrait d’acte de naissance"),
    IdentityDocument.HEALTH_CARD: _("Carte Vitale"),
}
INSI_LABELS = {
    InsiAnswer.NOT_ASKED: _("Téléservice INSi non interrogé"),
    InsiAnswer.ONE: _("00 : une identité trouvée"),
    InsiAnswer.NONE: _("01 : aucune identité trouvée"),
    InsiAnswer.SEVERAL: _("02 : plusieurs identités trouvées"),
}
DOUBT_LABELS = {
    Doubt.NONE: _("Aucun"),
    Doubt.DOUBTFUL: _("Identité douteuse"),
    Doubt.HOMONYM: _("Homonyme à distinguer"),
    Doubt.FICTIVE: _("Identité fictive"),
}
USE_LABELS = {
    Use.HOME: _("Domicile"),
    Use.CARE_HOME: _("EHPAD ou établissement"),
    Use.FAMILY: _("Séjour chez un proche"),
    Use.SECOND: _("Résidence secondaire"),
}
ADDRESS_STATE_LABELS = {
    State.CONFIRMED: _("confirmée"),
    State.PROPOSED: _("proposée par la personne"),
    State.REFUSED: _("écartée"),
}
#: How a birth is told, by administrative sex; where it is not known, both endings.
_BORN = {
    AdministrativeSex.FEMALE.value: _("née le {day}"),
    AdministrativeSex.MALE.value: _("né le {day}"),
}
_BORN_UNKNOWN = _("né(e) le {day}")
SEX_LABELS = {
    AdministrativeSex.FEMALE: _("Féminin"),
    AdministrativeSex.MALE: _("Masculin"),
    AdministrativeSex.INDETERMINATE: _("Indéterminé"),
    AdministrativeSex.UNKNOWN: _("Inconnu"),
}


class PatientQuerySet(ScopedQuerySet["Patient"]):
    """Patients, read for a person or inside a scope."""

    scope_path = "scope"

    def for_person(self, person: Person, part: Part | None = None) -> Self:
        """Keep the files that `person` may see, or of which they may read `part` by the circle of care."""
        if part is None:
            return super().for_person(person)
        return self.filter(readable(person, part))._scoped()

    def read_in(self, home: directory.Structure, part: Part) -> Self:
        """Keep the files of which the circle lets the staff of a home read `part`, in the role of a home."""
        staff = Reader(0, None, frozenset({home.pk}), frozenset({Role.EHPAD.value}))
        return self.filter(readable_by(staff, part))._scoped()

    def visible_to(self, person: Person) -> models.Q:
        """Those opened to `person`; the patients of the scopes where they receive whoever asks for care.

        These are found by their identity, never listed: `opened_to` is what a person lists and opens.
        """
        condition = _opened(person) | _in_scopes(access.scopes_of(person, Permission.VIEW_PATIENTS))
        return models.Q(pk__in=Patient.objects.filter(condition).values("pk"))

    def opened_to(self, person: Person) -> Self:
        """Keep the files that `person` lists and opens: by a link, their own, by the search of a doctor."""
        return self.filter(pk__in=Patient.objects.filter(_opened(person)).values("pk"))._scoped()

    def viewed_in_given(self, count: int | None) -> PatientQuerySet:
        """Keep those of the scopes given to a statement, `scope0`, `scope1`…; None: everywhere.

        For those alone where the reader views every patient by role.
        """
        given_scopes = None if count is None else [given(f"scope{place}") for place in range(count)]
        return self.filter(_in_scopes(given_scopes))._scoped()

    def matching(self, text: str) -> PatientQuerySet:
        """Keep those with each word of `text` at the start of a word of a name, accents and case aside."""
        return self.filter(named_like(text))


def _opened(person: Person) -> models.Q:
    """Return the condition « opened to `person` ».

    A coordinator opens only those who ask for a médecin traitant: a CPTS is not a care team. The search waits
    while the use of how to reach them is frozen.
    """
    still_open = models.Q(referring_doctor_requests__state__in=[state.value for state in OPEN])
    proposed = models.Q(
        referring_doctor_requests__proposals__doctor__account=person,
        referring_doctor_requests__proposals__answer__in=["", "accepted"],
    )
    attributed = _in_scopes(access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR))
    return readable(person) | still_open & (proposed | attributed) & unrestricted(Part.REACH)


def _in_scopes(scopes: list[Any] | None) -> models.Q:
    """Return the condition « in one of those scopes »; None is everywhere, an empty list nowhere."""
    if scopes is None:
        return models.Q(pk__isnull=False)
    return reduce(or_, (models.Q(scope=one) for one in scopes), models.Q(pk__in=[]))


class Patient(AnnotatedModel):
    """Somebody who asked for care in a scope, with what makes their identity sure and how to reach them.

    The five strict traits of the INS are the birth name, the birth first names, the birth date, the sex and
    the code of the birthplace; each may still be unknown. Phones are stored as digits, `+33…` included.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="patients", verbose_name=_("périmètre")
    )
    account = models.OneToOneField(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patient_file",
        verbose_name=_("compte"),
    )
    birth_name = models.CharField(_("nom de naissance"), max_length=100)
    birth_first_names = models.CharField(_("prénoms de naissance"), max_length=150, blank=True)
    used_name = models.CharField(_("nom utilisé"), max_length=100, blank=True)
    used_first_name = models.CharField(_("prénom utilisé"), max_length=100, blank=True)
    search_name = models.TextField(_("nom de recherche"), editable=False)
    birth_sound = models.CharField(
        _("son des noms de naissance"), max_length=80, blank=True, db_index=True, editable=False
    )
    used_sound = models.CharField(
        _("son des noms utilisés"), max_length=80, blank=True, db_index=True, editable=False
    )
    birth_date = models.DateField(_("date de naissance"), null=True, blank=True, db_index=True)
    sex = models.CharField(_("sexe"), max_length=13, blank=True, default="", choices=as_choices(SEX_LABELS))
    birthplace_code = models.CharField(_("code INSEE du lieu de naissance"), max_length=5, blank=True)
    ins_number = models.CharField(_("matricule INS"), max_length=13, blank=True, db_index=True)
    ins_oid = models.CharField(_("OID du matricule"), max_length=40, blank=True)
    document = models.CharField(
        _("pièce d’identité présentée"),
        max_length=20,
        blank=True,
        default="",
        choices=as_choices(DOCUMENT_LABELS),
    )
    insi = models.CharField(
        _("réponse d’INSi"), max_length=2, blank=True, default="", choices=as_choices(INSI_LABELS)
    )
    doubt = models.CharField(
        _("doute sur l’identité"), max_length=10, blank=True, default="", choices=as_choices(DOUBT_LABELS)
    )
    identity_status = models.CharField(
        _("statut de l’identité"),
        max_length=10,
        default=IdentityStatus.PROVISIONAL.value,
        editable=False,
        choices=as_choices(STATUS_LABELS),
    )
    phone = models.CharField(_("téléphone"), max_length=16, blank=True, db_index=True)
    other_phone = models.CharField(_("autre téléphone"), max_length=16, blank=True, db_index=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    language = models.CharField(_("langue"), max_length=3, default="fr")
    needs_interpreter = models.BooleanField(_("interprète nécessaire"), default=False)
    disability = models.CharField(_("handicap à prendre en compte"), max_length=200, blank=True)
    joins_by_phone = models.BooleanField(_("joint par téléphone"), default=False)
    no_smartphone = models.BooleanField(_("sans téléphone connecté"), default=False)
    carer_name = models.CharField(_("aidant à appeler"), max_length=120, blank=True)
    carer_phone = models.CharField(_("téléphone de l’aidant"), max_length=16, blank=True, db_index=True)
    referring_doctor = models.ForeignKey(
        directory.Professional,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="patients",
        verbose_name=_("médecin traitant"),
    )
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now, editable=False)

    objects = PatientQuerySet.as_manager()

    personal = (
        "scope", "account", "birth_name", "birth_first_names", "used_name", "used_first_name", "search_name",
        "birth_sound", "used_sound", "birth_date", "sex", "birthplace_code", "ins_number", "ins_oid",
        "document", "insi", "doubt", "identity_status", "phone", "other_phone", "email", "language",
        "needs_interpreter", "joins_by_phone", "no_smartphone", "carer_name", "carer_phone",
    )  # fmt: skip
    health = ("disability", "referring_doctor")
    neither = ("id", "is_demonstration", "created_at")

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ("search_name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def born(self) -> str:
        """When they were born, in words that agree with their sex; empty where nobody knows the day."""
        if self.birth_date is None:
            return ""
        return str(_BORN.get(self.sex, _BORN_UNKNOWN)).format(day=formats.date_short(self.birth_date))

    @property
    def name(self) -> str:
        """The name in use: « Marie DUPONT », from the names of birth where no other is used."""
        first = self.used_first_name or self.birth_first_names.split(" ")[0]
        return f"{first} {(self.used_name or self.birth_name).upper()}".strip()

    @property
    def evidence(self) -> Evidence:
        """What the status of the identity is derived from."""
        return Evidence(IdentityDocument(self.document), InsiAnswer(self.insi), Doubt(self.doubt))


class OfPatientQuerySet(ScopedQuerySet[Row]):
    """Rows of a patient are visible to those who may see the patient."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        return models.Q(patient__in=Patient.objects.for_person(person).values("pk"))


class AddressQuerySet(OfPatientQuerySet["PatientAddress"]):
    """Addresses, read for a person or inside a scope."""

    def of_patient(self, patient: Any) -> AddressQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()


def own_key() -> str:
    """Return the key of an address that no form of its own sent: it came with its file."""
    return uuid4().hex


class PatientAddress(AnnotatedModel):
    """Where a patient lives or stays, from `since` to `until`, its last day; `rules.addresses` picks one.

    `state`: what the person proposes counts for nothing before a professional confirms it.
    """

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="addresses", verbose_name=_("patient")
    )
    use = models.CharField(
        _("ce que c’est"), max_length=9, default=Use.HOME.value, choices=as_choices(USE_LABELS)
    )
    label = models.CharField(_("intitulé"), max_length=60, blank=True)
    line = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    commune = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("commune"),
    )
    since = models.DateField(_("premier jour"), null=True, blank=True)
    until = models.DateField(_("dernier jour"), null=True, blank=True)
    state = models.CharField(
        _("état"), max_length=9, default=State.CONFIRMED.value, choices=as_choices(ADDRESS_STATE_LABELS)
    )
    by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noté par")
    )
    at = models.DateTimeField(_("noté le"), null=True, blank=True)
    key = models.CharField(_("clé d’idempotence"), max_length=64, default=own_key)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    objects = AddressQuerySet.as_manager()

    personal = (
        "patient",
        "use",
        "label",
        "line",
        "postcode",
        "commune",
        "since",
        "until",
        "state",
        "by",
        "at",
    )
    neither = ("id", "key", "position")

    class Meta:
        verbose_name = _("adresse d’un patient")
        verbose_name_plural = _("adresses des patients")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["patient", "position"], name="one_address_per_rank"),
            *made_once("patient_address", "by", or_program=True),
            models.CheckConstraint(
                condition=models.Q(until=None)
                | models.Q(since=None)
                | models.Q(until__gte=models.F("since")),
                name="patient_address_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.commune_id}"

    @property
    def named(self) -> str:
        """What it is called: its own name, else what it is."""
        return self.label or str(self.get_use_display())

    @property
    def said(self) -> str:
        """The address in a line."""
        town = f"{self.postcode} {self.commune.name if self.commune else ''}".strip()
        return ", ".join(filter(None, (self.line, town)))

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for a professional to confirm it."""
        return self.state == State.PROPOSED.value


class AccessLogQuerySet(OfPatientQuerySet["AccessLogEntry"]):
    """Lines of the access log, read for a person or inside a scope."""


class AccessLogEntry(AnnotatedModel):
    """Somebody read a patient's file, at that moment, to do that. Rows are only ever added."""

    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="access_log", verbose_name=_("patient")
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("lu par"))
    at = models.DateTimeField(_("lu le"), default=timezone.now, editable=False)
    what = models.CharField(_("ce qui a été lu"), max_length=20)
    purpose = models.CharField(_("motif de la lecture"), max_length=200)

    objects = AccessLogQuerySet.as_manager()

    personal = ("patient", "person", "at", "what", "purpose")
    neither = ("id",)

    class Meta:
        verbose_name = _("lecture d’un dossier")
        verbose_name_plural = _("lectures des dossiers")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["patient", "-at"], name="access_log_of_a_patient")]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.at:%Y-%m-%d %H:%M}"
