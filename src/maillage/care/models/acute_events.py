"""What happens to a resident who gets worse: signs asked, call, advice, ending, transfer, review by peers."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.care.rules.transfers import Decider, Ending, Judgement
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people import api as people

ENDING_LABELS = {
    Ending.AVOIDED: _("Reste ici : rien de plus à prévoir"),
    Ending.DEFERRED: _("Reste ici cette nuit : vu demain"),
    Ending.TRANSFERRED: _("Part aux urgences"),
}
DECIDER_LABELS = {
    Decider.ON_CALL: _("Le médecin de garde"),
    Decider.SAMU: _("Le 15 (SAMU)"),
    Decider.OWN_DOCTOR: _("Le médecin traitant ou coordonnateur"),
    Decider.HOME: _("L’équipe de l’EHPAD"),
    Decider.PERSON: _("La personne ou ses proches"),
}
JUDGEMENT_LABELS = {
    Judgement.NOT_JUDGED: _("On ne peut pas le dire"),
    Judgement.POTENTIALLY_AVOIDABLE: _("Potentiellement évitable"),
    Judgement.JUSTIFIED: _("Justifié"),
}
TOLD_LABELS = {
    "reached": _("Jointe au téléphone"),
    "message": _("Message laissé : rappeler"),
    "no_answer": _("Sans réponse : rappeler"),
    "morning": _("À appeler au matin, comme la fiche le dit"),
}
#: What is said of a relative once nobody has to call any more.
TOLD_AT_LAST = "reached"


class OfStayQuerySet(ScopedQuerySet[Row]):
    """Rows about a resident of a home: read by whom the circle opens the crisis card to."""

    path = ""

    def visible_to(self, person: Person) -> models.Q:
        readable = people.Patient.objects.for_person(person, people.Part.CRISIS)
        return models.Q(**{f"{self.path}stay__patient__in": readable.values("pk")})

    def of_home(self, home: models.Model) -> Self:
        """Keep those of a home, for counting them."""
        return self.filter(**{f"{self.path}stay__home": home})._scoped()

    def of_event(self, event: models.Model) -> Self:
        """Keep the rows of an event that was itself read in scope."""
        return self.filter(event=event)._scoped()


class AcuteEventQuerySet(OfStayQuerySet["AcuteEvent"]):
    scope_path = "stay__patient__scope"

    def locked(self, pk: int) -> AcuteEventQuerySet:
        """Keep and lock one row, for an action that then checks who acts."""
        return self.filter(pk=pk).select_for_update(of=("self",))._scoped()


class AcuteEvent(Keyed):
    """A resident gets worse, from what was seen to how it ended.

    `signs` are those of the rule `care.vital_signs` that were there: one is enough for the 15. `request` is
    what the desk was asked; `advice` what a doctor said, whose name is `advised_by`.
    """

    stay = models.ForeignKey(
        "care.Stay", on_delete=models.PROTECT, related_name="events", verbose_name=_("séjour")
    )
    at = models.DateTimeField(_("constaté à"), default=timezone.now)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("constaté par"))
    reason = models.CharField(_("ce qui se passe"), max_length=500)
    signs = models.JSONField(_("signes qui engagent la vie"), default=list)
    request = models.ForeignKey(
        "orientation.Request",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demande au bureau"),
    )
    advice = models.TextField(_("conseil du médecin"), max_length=1000, blank=True)
    advised_by = models.CharField(_("médecin qui a conseillé"), max_length=120, blank=True)
    advised_at = models.DateTimeField(_("conseil noté à"), null=True, blank=True)
    ending = models.CharField(_("suite"), max_length=11, blank=True, choices=as_choices(ENDING_LABELS))
    decider = models.CharField(
        _("qui a décidé"), max_length=10, blank=True, choices=as_choices(DECIDER_LABELS)
    )
    ended_at = models.DateTimeField(_("décidé à"), null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noté par")
    )
    appointment = models.ForeignKey(
        "agenda.Appointment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("visite prévue"),
    )
    told = models.CharField(_("proche prévenu"), max_length=9, blank=True, choices=list(TOLD_LABELS.items()))
    told_at = models.DateTimeField(_("proche appelé à"), null=True, blank=True)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = AcuteEventQuerySet.as_manager()

    personal = ("stay", "at", "by", "advised_by", "advised_at", "ended_at", "ended_by", "told", "told_at")
    health = ("reason", "signs", "request", "advice", "ending", "decider", "appointment")
    neither = ("id", "key", "is_demonstration")

    class Meta:
        verbose_name = _("événement aigu")
        verbose_name_plural = _("événements aigus")
        ordering = ("-at", "-id")
        constraints = [
            *made_once("acute_event", "by"),
            models.CheckConstraint(
                condition=models.Q(ending="") | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="acute_event_ending_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stay_id} · {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_vital(self) -> bool:
        """Whether a sign that engages life was there: the 15, and no routine answer."""
        return bool(self.signs)


class TransferQuerySet(OfStayQuerySet["Transfer"]):
    scope_path = "event__stay__patient__scope"
    path = "event__"


class Transfer(AnnotatedModel):
    """A resident left for an emergency department, and came back or not. None: nobody noted it."""

    event = models.OneToOneField(
        AcuteEvent, on_delete=models.PROTECT, related_name="transfer", verbose_name=_("événement")
    )
    left_at = models.DateTimeField(_("parti à"))
    destination = models.CharField(_("vers"), max_length=120, blank=True)
    with_call = models.BooleanField(_("après un appel"), null=True, blank=True)
    with_sheet = models.BooleanField(_("avec la fiche de liaison"), null=True, blank=True)
    is_admitted = models.BooleanField(_("hospitalisé"), null=True, blank=True)
    returned_at = models.DateTimeField(_("revenu à"), null=True, blank=True)
    summary = models.TextField(_("ce que dit le compte rendu"), max_length=1000, blank=True)
    medicines = models.TextField(_("traitements au retour"), max_length=1000, blank=True)

    objects = TransferQuerySet.as_manager()

    personal = ("event", "left_at", "returned_at")
    health = ("destination", "is_admitted", "summary", "medicines")
    neither = ("id", "with_call", "with_sheet")

    class Meta:
        verbose_name = _("transfert")
        verbose_name_plural = _("transferts")
        ordering = ("-left_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(returned_at=None) | models.Q(returned_at__gte=models.F("left_at")),
                name="transfer_returns_after_it_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.left_at:%Y-%m-%d %H:%M}"


class PeerReviewQuerySet(OfStayQuerySet["PeerReview"]):
    scope_path = "event__stay__patient__scope"
    path = "event__"


class PeerReview(Authored):
    """What peers said of an event at a meeting of the home: an opinion, never computed."""

    event = models.OneToOneField(
        AcuteEvent, on_delete=models.PROTECT, related_name="review", verbose_name=_("événement")
    )
    judgement = models.CharField(_("avis"), max_length=21, choices=as_choices(JUDGEMENT_LABELS))
    attended = models.CharField(_("présents"), max_length=300)
    text = models.TextField(_("ce qui aurait aidé"), max_length=1000, blank=True)

    objects = PeerReviewQuerySet.as_manager()

    personal = ("event", "attended", "by", "at")
    health = ("judgement", "text")
    neither = ("id",)

    class Meta:
        verbose_name = _("revue entre pairs")
        verbose_name_plural = _("revues entre pairs")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.event_id} · {self.judgement}"
