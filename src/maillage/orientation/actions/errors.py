"""Why the desk refuses, in a sentence that says what to do."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(StrEnum):
    """Why an action on a request was refused."""

    LOCKED = "locked"
    VITAL = "vital"
    RED_FLAG = "red_flag"
    IMPRECISE = "imprecise"
    NO_SHEET = "no_sheet"
    UNCHECKED = "unchecked"
    NO_CHECK_NOTE = "no_check_note"
    NO_CHECK = "no_check"
    NO_PROTOCOL = "no_protocol"
    UNANSWERED = "unanswered"
    URGENT = "urgent"
    STATE = "state"
    NO_COMMUNE = "no_commune"
    NO_PATIENT = "no_patient"
    NO_PLACE = "no_place"
    NO_NOTE = "no_note"
    NOT_ON_CALL = "not_on_call"
    PROPOSAL_GONE = "proposal_gone"
    HOLD_OVER = "hold_over"
    NOT_BEGUN = "not_begun"
    NO_EFFECTOR = "no_effector"
    NO_SLOT = "no_slot"
    OLD_SHEET = "old_sheet"
    OTHER_QUESTION = "other_question"
    CODE = "code"
    TIMES = "times"
    PAST = "past"
    TAKER = "taker"
    KEY_USED = "key_used"
    AGENDA = "agenda"
    NO_DUPLICATE = "no_duplicate"
    ALARM_NEEDS_NOTE = "alarm_needs_note"
    ALARM_LOST = "alarm_lost"
    TOO_OLD = "too_old"
    DECIDED = "decided"
    ALARM_STAYS = "alarm_stays"
    NO_REASON = "no_reason"
    OTHER_AGE = "other_age"
    LOWERED = "lowered"
    CHANGED = "changed"


_SENTENCES: dict[Refusal, str | Promise] = {
    Refusal.LOCKED: _("{name} a cette demande ouverte. Voyez ensemble, ou attendez que la main soit rendue."),
    Refusal.RED_FLAG: _(
        "Une réponse est un signe d’alerte : aucun rendez-vous. Transmettez au 15 avec une note."
    ),
    Refusal.VITAL: _("Ce motif engage la vie : aucun rendez-vous. Passez au 15, avec une note."),
    Refusal.IMPRECISE: _("Ce motif est trop large : choisissez-en un plus précis, puis cherchez."),
    Refusal.NO_SHEET: _(
        "Ce motif veut une fiche de sécurité et aucune n’est en usage : aucun rendez-vous. Voyez avec le 15."
    ),
    Refusal.UNCHECKED: _(
        "Aucune question validée pour ce motif : notez d’abord ce que vous avez vérifié, et qui a répondu."
    ),
    Refusal.NO_CHECK_NOTE: _("Écrivez ce que vous avez demandé et ce qui a été répondu."),
    Refusal.NO_PROTOCOL: _(
        "Aucun protocole connu ne s’applique à ce motif, à cet âge et à ce sexe : cherchez un médecin."
    ),
    Refusal.NO_CHECK: _("Ce motif ne se vérifie pas de vive voix : suivez ce que dit la demande."),
    Refusal.UNANSWERED: _("Des questions de sécurité sont sans réponse : posez-les avant de proposer."),
    Refusal.URGENT: _("Une demande P0 ou P1 ne cherche pas de créneau : transmettez-la au 15."),
    Refusal.STATE: _("Cette demande a changé d’état entre-temps. Rechargez la page."),
    Refusal.NO_COMMUNE: _("Dites d’abord dans quelle commune se trouve la personne."),
    Refusal.NO_PATIENT: _(
        "Enregistrez d’abord la personne, même sous une identité provisoire, puis réservez le créneau."
    ),
    Refusal.NO_PLACE: _("Cette commune n’est pas connue. Choisissez-la dans la liste."),
    Refusal.NO_NOTE: _("Écrivez la note de transmission : le 15 la lit en recevant l’appel."),
    Refusal.NOT_ON_CALL: _("Aucun médecin n’est de garde pour cette commune : voyez avec le 15."),
    Refusal.PROPOSAL_GONE: _("Cette proposition ne tient plus. Choisissez-en une autre dans la liste."),
    Refusal.HOLD_OVER: _(
        "Ce créneau n’est plus retenu : retenez-le de nouveau, ou réservez-le s’il est libre."
    ),
    Refusal.NOT_BEGUN: _(
        "Le rendez-vous n’a pas commencé : annulez-le dans l’agenda si la personne ne vient pas."
    ),
    Refusal.NO_EFFECTOR: _(
        "Dites qui a accepté au téléphone : un professionnel ou une structure en activité dans l’annuaire."
    ),
    Refusal.NO_SLOT: _("Ce lieu n’a pas de créneau à cette heure. Choisissez une heure de la liste."),
    Refusal.OLD_SHEET: _("Cette fiche n’est plus en usage, ou n’est pas celle du motif. Rechargez la page."),
    Refusal.OTHER_QUESTION: _("Cette question n’est pas dans la fiche. Rechargez la page."),
    Refusal.CODE: _("Ce code n’est pas dans la liste. Choisissez-en un autre."),
    Refusal.TIMES: _("L’heure de l’appel est dans l’avenir : corrigez-la."),
    Refusal.PAST: _("L’heure convenue est passée : corrigez-la, ou laissez-la vide."),
    Refusal.TAKER: _("Cette personne ne travaille pas à ce bureau. Choisissez un autre régulateur."),
    Refusal.AGENDA: "{sentence}",
    Refusal.NO_DUPLICATE: _(
        "Dites de quelle autre demande de ce bureau celle-ci est le doublon : une demande ouverte, ou close "
        "depuis moins de deux jours, qui ne soit pas elle-même un doublon."
    ),
    Refusal.ALARM_NEEDS_NOTE: _(
        "Cette demande porte un signe d’alerte ou une priorité P0 ou P1 : écrivez qui a renoncé, et ce qui "
        "a été dit, avant de la clore."
    ),
    Refusal.ALARM_LOST: _(
        "Cette demande porte un signe d’alerte, ou une priorité P0 ou P1, que l’autre n’a pas : fermez "
        "plutôt l’autre comme doublon de celle-ci."
    ),
    Refusal.DECIDED: _("Le bureau a déjà décidé : appelez-le s’il ne faut plus rien faire."),
    Refusal.ALARM_STAYS: _(
        "Une urgence ne s’annule pas ici : appelez le bureau, qui vérifie que le 15 a répondu."
    ),
    Refusal.NO_REASON: _("Dites pourquoi vous annulez cette demande : le bureau le lit."),
    Refusal.TOO_OLD: _(
        "Cette issue a été dite il y a plus de {hours} h : elle ne se corrige plus. Notez une nouvelle "
        "demande si la personne a encore besoin de soins."
    ),
    Refusal.OTHER_AGE: _(
        "{age} : ce n’est pas l’âge de {name}, de naissance {born} au dossier. Si la personne est quelqu’un "
        "d’autre, ouvrez son propre dossier ; sinon effacez l’âge dit, ou corrigez le dossier."
    ),
    Refusal.LOWERED: _(
        "Cette correction abaisse la priorité, ou mène à moins de questions : dites pourquoi, puis "
        "enregistrez de nouveau."
    ),
    Refusal.CHANGED: _("Quelqu’un a changé la demande entre-temps : relisez, puis enregistrez de nouveau."),
    Refusal.KEY_USED: _("Cette écriture a déjà servi à autre chose. Rechargez la page."),
}


class OrientationError(ValueError):
    """The desk refuses; `refusal` says why, the message (in the reader's language) what to do."""

    def __init__(self, refusal: Refusal, **values: object) -> None:
        super().__init__(str(_SENTENCES[refusal]).format(**values))
        self.refusal = refusal


class ChangedMeanwhileError(OrientationError):
    """Fields were changed by somebody else since they were shown: `conflicts` has what each says now."""

    def __init__(self, conflicts: dict[str, object]) -> None:
        super().__init__(Refusal.CHANGED)
        self.conflicts = conflicts
