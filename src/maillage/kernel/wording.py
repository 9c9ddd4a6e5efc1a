"""The words of the kernel's own lists, in the reader's language: roles, permissions, verbs of the journal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.kernel.rules import InboxGroup, Permission, Role

ROLES: dict[Role, str | Promise] = {
    Role.COORDINATOR: _("Coordination de CPTS"),
    Role.REGULATOR: _("Régulation (OSNP)"),
    Role.PHYSICIAN: _("Médecin généraliste"),
    Role.NURSE: _("Infirmier, infirmière"),
    Role.PHARMACIST: _("Pharmacien, pharmacienne"),
    Role.MIDWIFE: _("Sage-femme"),
    Role.PHYSIOTHERAPIST: _("Kinésithérapeute"),
    Role.EHPAD: _("EHPAD"),
    Role.CASE_MANAGER: _("Référent de parcours (DAC)"),
    Role.PATIENT: _("Patient, patiente"),
    Role.CARER: _("Aidant, aidante"),
    Role.BOARD: _("Gouvernance, usagers"),
    Role.PREVENTION_LEAD: _("Prévention et crise"),
    Role.ANALYST: _("Analyse (ARS, CPAM)"),
    Role.ADMINISTRATOR: _("Administration"),
    Role.DPO: _("Protection des données (DPO)"),
}

PERMISSIONS: dict[Permission, str | Promise] = {
    Permission.VIEW_DIAGNOSIS: _("lire le diagnostic d’un territoire"),
    Permission.EDIT_TERRITORY: _("créer et modifier des territoires"),
    Permission.EDIT_SCENARIO: _("construire et partager des scénarios"),
    Permission.IMPORT_DATA: _("importer des données"),
    Permission.VIEW_JOURNAL: _("lire le journal"),
    Permission.MANAGE_ACCOUNTS: _("gérer les comptes et les rôles"),
    Permission.WITHDRAW_PEOPLE: _("retirer d’un geste les droits de qui s’en va"),
    Permission.EDIT_DIRECTORY: _("tenir l’annuaire"),
    Permission.VIEW_PATIENTS: _("lire les dossiers des patients du périmètre"),
    Permission.REGISTER_PATIENTS: _("enregistrer un patient"),
    Permission.MANAGE_REFERRING_DOCTOR: _("attribuer un médecin traitant"),
    Permission.VIEW_RESIDENTS: _("tenir les fiches de nuit des résidents d’un EHPAD où l’on travaille"),
    Permission.ANSWER_COMPLEX_CASES: _("répondre aux demandes faites au DAC"),
    Permission.VIEW_TRANSITION_COUNTS: _("lire les comptes des parcours, sans aucun nom"),
    Permission.BOOK_FOR_ONESELF: _("prendre rendez-vous pour soi, ou pour un proche qui l’a permis"),
    Permission.VIEW_PROTOCOLS: _("lire les protocoles du périmètre, y adhérer"),
    Permission.MANAGE_PROTOCOLS: _(
        "écrire les protocoles du périmètre, noter qui y adhère, compter les actes"
    ),
    Permission.VIEW_EVALUATIONS: _("lire les évaluations du périmètre"),
    Permission.WRITE_EVALUATIONS: _("évaluer ce qu’une mesure a changé dans le périmètre"),
    Permission.VIEW_INDICATORS: _("lire les indicateurs du périmètre, en comptes"),
    Permission.VIEW_INDICATOR_ROWS: _("lire les lignes d’un indicateur, sans aucun nom"),
    Permission.PUBLISH_INDICATORS: _("publier la valeur d’un indicateur"),
    Permission.IMPORT_INDICATORS: _("importer les fichiers dont les indicateurs sont calculés"),
    Permission.VIEW_PROJECT: _("lire le projet de santé du territoire et ses conventions"),
    Permission.EDIT_PROJECT: _("écrire le projet de santé du territoire, ses actions, ses conventions"),
    Permission.CONFIDE_INBOX: _("confier sa boîte « À traiter », suivre celle d’un collègue"),
    Permission.VIEW_FUNDING: _("lire les contrats, le budget et ce qui est dépensé, par mission"),
    Permission.MANAGE_FUNDING: _("tenir les contrats, valider et payer les indemnités, tenir les comptes"),
    Permission.VIEW_CRISIS: _("suivre les cellules de crise du périmètre"),
    Permission.MANAGE_CRISIS: _("ouvrir et diriger les cellules de crise du périmètre"),
    Permission.VIEW_LISTENING: _("lire ce que patients, aidants et professionnels ont répondu, en comptes"),
    Permission.MANAGE_LISTENING: _("tenir les enquêtes, lire les textes libres, publier ce qui en est fait"),
    Permission.VIEW_GOVERNANCE: _("suivre les instances du périmètre, leurs séances et leurs décisions"),
    Permission.MANAGE_GOVERNANCE: _("tenir les instances du périmètre, leurs membres et leurs séances"),
    Permission.SIT_IN_BODIES: _("siéger là où un siège est donné, voter, s’inscrire aux formations croisées"),
    Permission.VIEW_PREVENTION: _("suivre les campagnes de prévention du périmètre, en comptes"),
    Permission.MANAGE_PREVENTION: _("ouvrir des campagnes, tenir leurs journées, les lots, les actions"),
    Permission.SEND_REQUEST: _("envoyer une demande au bureau de régulation"),
    Permission.BOOK_APPOINTMENT: _("prendre un rendez-vous pour une personne"),
    Permission.MANAGE_AGENDA: _("tenir un agenda : le sien, ou celui qui lui est confié"),
    Permission.VIEW_ROSTER: _("lire les tableaux de permanence"),
    Permission.MANAGE_ROSTER: _("tenir les tableaux de permanence du territoire"),
    Permission.VIEW_DUTY_PAY: _("lire l’état du service fait et ses montants"),
    Permission.REGULATE: _("répondre aux demandes au bureau de régulation"),
    Permission.WRITE_SAFETY_SHEETS: _("écrire les fiches de questions de sécurité, les signer"),
    Permission.VIEW_DELIVERIES: _("lire ce qui a été envoyé, relancer un envoi"),
    Permission.MANAGE_MEETINGS: _("tenir les réunions du périmètre, leurs présences et le temps payé"),
    Permission.WRITE_SAFETY_SHEETS: _("écrire, publier et retirer les fiches de sécurité"),
}

INBOX_GROUPS: dict[InboxGroup, str | Promise] = {
    InboxGroup.CALLS: _("Appels et rappels à passer"),
    InboxGroup.MESSAGES: _("Messages, conversations, courriels"),
    InboxGroup.TASKS: _("Tâches et demandes de coordination"),
    InboxGroup.VISITS: _("Venues et téléconsultations"),
    InboxGroup.CLINICAL: _("Avis, inquiétudes d’aidants, réponses"),
    InboxGroup.SIGNATURES: _("À signer, à décider"),
}

_VERBS: dict[str, str | Promise] = {
    "kernel.signed_in": _("a ouvert une session"),
    "kernel.signed_out": _("a fermé sa session"),
    "kernel.person_invited": _("a créé un compte"),
    "kernel.account_closed": _("a fermé un compte"),
    "kernel.account_reopened": _("a rouvert un compte"),
    "kernel.role_granted": _("a donné un rôle"),
    "kernel.role_withdrawn": _("a retiré un rôle"),
    "kernel.person_withdrawn": _("a retiré les droits de quelqu’un qui s’en va"),
    "kernel.withdrawal_done": _("a rendu compte d’un départ"),
    "kernel.read_unscoped": _("a lu au-delà de son périmètre"),
    "kernel.inbox_confided": _("a confié sa boîte « À traiter »"),
    "kernel.inbox_taken_back": _("a mis fin à une boîte confiée"),
    "kernel.backup_made": _("a fait une sauvegarde"),
    "kernel.backup_restored": _("a restauré une sauvegarde"),
}


def name_verbs(names: dict[str, str | Promise]) -> None:
    """Tell how the journal's page words the verbs of a context (« a créé un territoire »)."""
    _VERBS.update(names)


_TERMS: dict[str, str | Promise] = {
    "created_at": _("faite le"),
    "digest": _("empreinte"),
    "rows": _("lignes"),
    "successor": _("successeur"),
    "roles": _("rôles"),
    "holder": _("qui suit la boîte"),
    "groups": _("lignes confiées"),
    "on_behalf_of": _("pour"),
}


def name_terms(names: dict[str, str | Promise]) -> None:
    """Tell how the pages of rules and of the journal word the names inside a value (« jour férié »)."""
    _TERMS.update(names)


def term(key: str) -> str:
    """Return the words of a name inside the value of a rule; what no context named is a code, shown as is."""
    return str(_TERMS.get(key, key))


def terms() -> dict[str, str | Promise]:
    """Return the words of every named term."""
    return dict(_TERMS)


def verb(key: str) -> str | Promise:
    """Return the words of a verb of the journal, the verb itself where its context has not named it."""
    return _VERBS.get(key, key)


def verbs() -> dict[str, str | Promise]:
    """Return the words of every named verb."""
    return dict(_VERBS)
