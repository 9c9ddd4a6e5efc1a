"""Declares the `territory` context to Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TerritoryConfig(AppConfig):
    name = "maillage.territory"
    label = "territory"

    def ready(self) -> None:
        """Word the verbs of the context for the journal's page."""
        from maillage.kernel.contributions import contribute
        from maillage.kernel.wording import name_terms, name_verbs
        from maillage.territory.contributions import CONTRIBUTION

        contribute(CONTRIBUTION)
        name_verbs(
            {
                "territory.pack_imported": _("a importé un jeu de données"),
                "territory.pack_build_asked": _("a demandé la préparation d’un jeu de données"),
                "territory.pack_update_asked": _("a demandé la mise à jour d’un jeu de données"),
                "territory.pack_check_asked": _("a demandé le contrôle d’un jeu de données"),
                "territory.pack_import_asked": _("a demandé l’import d’un jeu de données"),
                "territory.pack_back_asked": _("a demandé le retour à un jeu de données précédent"),
                "territory.pack_work_stopped": _("a arrêté un travail sur un jeu de données"),
                "territory.pack_work_failed": _("n’a pas pu finir un travail sur un jeu de données"),
                "territory.created": _("a créé un territoire"),
                "territory.renamed": _("a renommé un territoire"),
                "territory.perimeter_changed": _("a changé le périmètre d’un territoire"),
                "territory.flows_imported": _("a importé des flux observés"),
                "territory.flows_deleted": _("a supprimé des flux observés"),
                "territory.travel_matrix_imported": _("a importé des temps de trajet"),
                "territory.travel_matrix_deleted": _("a supprimé des temps de trajet"),
                "territory.draft_opened": _("a ouvert un brouillon de scénario"),
                "territory.scenario_changed": _("a changé un scénario"),
                "territory.scenario_change_undone": _("a annulé un changement d’un scénario"),
                "territory.scenario_cleared": _("a vidé un scénario"),
                "territory.scenario_saved": _("a enregistré un scénario"),
                "territory.scenario_loaded": _("a repris un scénario"),
                "territory.scenario_shared": _("a partagé un scénario"),
                "territory.scenario_unshared": _("a cessé de partager un scénario"),
                "territory.scenario_deleted": _("a supprimé un scénario"),
            }
        )
        name_terms(
            {
                "names": _("territoire"),
                "given": _("sources données"),
                "wanted": _("à importer avec"),
                "said": _("explication"),
                "finess": "FINESS",
                "annuaire_sante": "Annuaire Santé",
                "roads": _("routes"),
                "added": _("ajouts"),
                "removed": _("retraits"),
                "loaded": _("données lues"),
                "pairs": _("trajets"),
                "changed": _("changements"),
                "retired": _("fermetures"),
                "total": _("total"),
                "health_house": _("maison de santé"),
                "bus_stop": _("arrêt du médicobus"),
                "activity_centre": _("centre de l’activité"),
                "use_by_age": _("recours selon l’âge"),
                "interpolation": _("interpolation"),
                "bounds": _("bornes"),
                "weights": pgettext_lazy("pluriel", "poids"),
                "activity": _("activité"),
                "activity_60plus": _("activité à 60 ans et plus"),
                "left_out_60plus": _("écartés à 60 ans et plus"),
                "spearman": _("corrélation de rang"),
                "error": _("écart"),
                "spearman_65": _("corrélation de rang, moins de 65 ans"),
                "error_65": _("écart, moins de 65 ans"),
                "spearman_fitted": _("corrélation de rang, part ajustée"),
                "error_fitted": _("écart, part ajustée"),
                "spearman_exchanged": _("corrélation de rang, parts échangées"),
                "error_exchanged": _("écart, parts échangées"),
                "spearman_published": _("corrélation de rang, paramètres publiés"),
                "error_published": _("écart, paramètres publiés"),
                "spearman_steps_2012": _("corrélation de rang, paliers de 2012"),
                "error_steps_2012": _("écart, paliers de 2012"),
                "communes": _("communes"),
                "target": _("cible"),
                "calibrated": _("calé"),
                "calibrated_65": _("calé, moins de 65 ans"),
                "published": _("publié"),
                "steps_2012": _("paliers de 2012"),
                "share_65p": _("part des 65 ans et plus"),
                "no_referring_doctor": _("sans médecin traitant"),
                "no_gp_visit": _("sans visite chez le généraliste"),
                "income": _("revenu"),
                "poverty": _("pauvreté"),
                "access": _("accès"),
                "coefficient": _("coefficient"),
                "exponent": _("exposant"),
                "motorway": _("autoroute"),
                "motorway_link": _("bretelle d’autoroute"),
                "trunk": _("voie rapide"),
                "trunk_link": _("bretelle de voie rapide"),
                "primary": _("route principale"),
                "primary_link": _("bretelle de route principale"),
                "secondary": _("route secondaire"),
                "secondary_link": _("bretelle de route secondaire"),
                "tertiary": _("route tertiaire"),
                "tertiary_link": _("bretelle de route tertiaire"),
                "unclassified": _("petite route"),
                "residential": _("rue"),
                "road": _("route sans classe"),
                "living_street": _("zone de rencontre"),
                "service": _("voie de desserte"),
                "share_of_limit": _("part roulée de la limitation"),
                "worded": _("limitations en mots"),
                "FR:living_street": _("zone de rencontre (France)"),
                "ferry_kmh": _("vitesse d’un bac"),
                "boarding": _("embarquement"),
                "place_km": _("de la mairie ou du bourg"),
                "centre_km": _("du milieu de la commune"),
                "least_nodes": _("nœuds du plus petit réseau"),
                "address": _("adresse"),
                "addresses": _("adresses"),
                "licence": _("licence"),
                "vintage": _("millésime"),
                "required": _("indispensable"),
                "file": _("gardé sous le nom de"),
            }
        )
