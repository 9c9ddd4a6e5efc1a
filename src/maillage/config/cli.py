"""The `maillage` command.

Exit status: 0 done, 1 refused or defective (the message says why), 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maillage.config import environment
from maillage.config.progress import shown
from maillage.directory.rules.extractions import Format
from maillage.kernel import demonstration_clock

if TYPE_CHECKING:
    from maillage.territory.api import ImportReport

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Le système d’exploitation d’un territoire de soins de premier recours.",
)
data = typer.Typer(no_args_is_help=True, help="Lister, contrôler et importer des jeux de données.")
journal = typer.Typer(no_args_is_help=True, help="Le journal scellé de tout ce qui a été écrit.")
app.add_typer(data, name="data")
app.add_typer(journal, name="journal")


Json = Annotated[bool, typer.Option("--json", help="Répondre en JSON, pour un programme.")]
Pack = Annotated[Path, typer.Argument(help="Dossier du jeu de données.", exists=True, file_okay=False)]
Quiet = Annotated[bool, typer.Option("--quiet", help="Ne pas montrer l’avancement.")]
Host = Annotated[str, typer.Option(help="Adresse d’écoute.")]
Seed = Annotated[int, typer.Option(help="Graine du tirage.")]
Workers = Annotated[int, typer.Option(help="Processus qui servent ; un par cœur par défaut.", min=0, max=64)]
Port = Annotated[int, typer.Option(help="Port d’écoute.", min=1, max=65535)]


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    app()


@app.command(help="Préparer un territoire peuplé, un compte par rôle, et le servir.")
def demo(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 0, quiet: Quiet = False) -> None:
    """Prepare the demonstration and serve it."""
    os.environ["MAILLAGE_DEMO"] = "1"
    os.environ.setdefault("MAILLAGE_URL", f"http://{host}:{port}")
    # Its mail goes to nobody: one file a process, so that the console keeps to the accounts to sign in with.
    os.environ.setdefault("MAILLAGE_EMAIL_URL", f"filemail:///{(environment.home() / 'mail').as_posix()}")
    demonstration_clock.advance(environment.home())
    with _ready():
        from maillage.config import demonstration

        _refuse_busy_port(host, port)
        with shown(quiet) as progress:
            prepared = demonstration.prepare(progress)
        address = f"http://{host}:{port}"
        typer.echo(f"\n  {prepared.territory.name} : {address}\n")
        for role, person in prepared.accounts:
            typer.echo(f"  {role:<42} {person.get_full_name():<22} {person.email}")
        typer.echo("\n  Sans mot de passe : la page de connexion propose chaque rôle en un clic.")
        typer.echo("  Ctrl+C arrête le serveur.\n")
        _serve(host, port, workers)


@app.command(help="Servir l’installation, après avoir mis à jour la base si besoin.")
def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 0, quiet: Quiet = False) -> None:
    """Serve the installation."""
    with _ready():
        from maillage.config import installation

        _refuse_busy_port(host, port)
        with shown(quiet) as progress:
            installation.prepare(progress)
        typer.echo(f"Maillage : http://{host}:{port}")
        _serve(host, port, workers)


@app.command(
    help="Préparer les créneaux à venir, faire suivre le calendrier aux gardes : à lancer chaque nuit."
)
def slots() -> None:
    """Extend every agenda to its horizon; `serve` does it too when it starts."""
    with _ready():
        from maillage.config import installation

        with shown(quiet=True) as progress:
            installation.prepare(progress)
        typer.echo(f"Agendas prolongés : {installation.extend_agendas()}")
        typer.echo(f"Étapes de tableaux de garde : {installation.follow_rosters()}")


@app.command(
    help="Noter les dossiers au terme de leur conservation, que le DPO confirme à l’écran ; n’efface rien."
)
def retention(as_json: Json = False) -> None:
    """Note the files whose years of keeping are over, and say how many lines they hold, by kind."""
    with _ready():
        from maillage.config import installation

        noted, waiting, kinds = installation.retention_preview()
        answer = {"noted": noted, "waiting": waiting, "kinds": dict(kinds)}
        told = [f"Dossiers notés : {noted}", f"Dossiers qui attendent le DPO : {waiting}"]
        _answer(answer, as_json, "\n".join([*told, *(f"  {title} : {count}" for title, count in kinds)]))


@app.command(help="Calculer les tableaux de garde demandés, puis s’arrêter ; `serve` le lance au besoin.")
def solve(worker: Annotated[str, typer.Option(hidden=True)] = "") -> None:
    """Do the computations of rosters that wait."""
    with _ready():
        from maillage.config import workers
        from maillage.roster import api as roster

        workers.lower_priority()
        typer.echo(f"Tableaux calculés : {roster.run_waiting(worker or workers.new_name())}")


@app.command(help="Créer le premier compte d’administration ; demande un mot de passe.")
def administrator(email: Annotated[str, typer.Argument(help="Adresse électronique du compte.")]) -> None:
    """Create an administrator."""
    with _ready():
        from maillage.config import installation

        with shown() as progress:
            installation.prepare(progress)
        installation.create_administrator(
            email=email,
            first_name=typer.prompt("Prénom"),
            last_name=typer.prompt("Nom"),
            password=typer.prompt("Mot de passe", hide_input=True, confirmation_prompt=True),
        )
        typer.echo(f"{email} administre cette installation.")


@app.command(help="Écrire le diagnostic d’un territoire (PDF, HTML, CSV) sans passer par le web.")
def diagnose(
    territory: Annotated[str, typer.Argument(help="Nom court du territoire : charolais-brionnais…")],
    out: Annotated[Path, typer.Option("--out", help="Dossier du rapport, créé au besoin.", file_okay=False)],
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the report; an empty installation first gets its data and the demonstration territory."""
    with _ready():
        from maillage.config import demonstration, installation
        from maillage.territory import api as territories
        from maillage.web import report

        with shown(quiet or as_json) as progress:
            installation.prepare(progress)
            if not territories.territories():
                demonstration.prepare_territory(progress)
            files = [str(file) for file in report.write_report(territory, out, progress=progress)]
        _answer(files, as_json, "\n".join(files))


@data.command("list", help="Lister les jeux importés ; une flèche marque celui qui sert.")
def list_packs(as_json: Json = False) -> None:
    """List the packs."""
    with _ready():
        from maillage.config import installation
        from maillage.territory import api as territories

        with shown(quiet=True) as progress:
            installation.prepare(progress)
        rows = [
            {
                "title": pack.title,
                "geography": pack.geography,
                "communes": pack.commune_count,
                "imported_at": pack.imported_at,
                "in_use": pack.is_current,
                "fingerprint": pack.fingerprint,
            }
            for pack in territories.list_packs()
        ]
        lines = [
            f"{'→' if row['in_use'] else ' '} {row['title']} · {row['geography']} · "
            f"{row['communes']} communes · importé le {row['imported_at']:%d/%m/%Y}"
            for row in rows
        ]
        _answer(rows, as_json, "\n".join(lines) or "Aucun jeu de données : `maillage data import DOSSIER`.")


@data.command("check", help="Contrôler un jeu sans l’importer : chaque défaut, où, et comment le corriger.")
def check_pack(folder: Pack, as_json: Json = False, quiet: Quiet = False) -> None:
    """Check a pack whole; status 1 where it would be refused."""
    with _ready():
        from maillage.config import installation

        with shown(quiet or as_json) as progress:
            installation.prepare(progress)
            report = installation.check_pack(folder, progress=progress)
        verdict = "Aucun défaut." if report.is_sound else "Jeu refusé : rien ne serait importé."
        lines = [str(found) for found in (*report.defects, *report.remarks)]
        _answer(report.as_dict(), as_json, "\n".join([*lines, verdict]))
        if not report.is_sound:
            raise typer.Exit(1)


Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="clé=FICHIER ou clé=ADRESSE, à la place de l’adresse connue ; répétable."),
]


@data.command("build", help="Faire le jeu de données d’un territoire à partir des fichiers publiés.")
def build_pack(
    territory: Annotated[
        str, typer.Option(help="Départements (71,03), EPCI (SIREN), régions (region:27), ou france.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Dossier du jeu, créé au besoin.", file_okay=False)],
    source: Sources = None,
    created: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Jour du jeu ; celui de la source la plus récente par défaut."
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a pack; killed or cut at any moment, the same command goes on where it was."""
    with _ready():
        from maillage.config import data_packs

        with shown(quiet or as_json) as progress:
            answer = data_packs.build(
                out,
                asked=territory,
                given=source or [],
                created=created.date().isoformat() if created else "",
                progress=progress,
            )
        _answer(answer.as_dict(), as_json, answer.told())


@data.command("update", help="Refaire un jeu fait par build : dit ce qui a changé, garde l’ancien à côté.")
def update_pack(folder: Pack, source: Sources = None, as_json: Json = False, quiet: Quiet = False) -> None:
    """Make a pack again from what is published now."""
    with _ready():
        from maillage.config import data_packs

        with shown(quiet or as_json) as progress:
            answer = data_packs.update(folder, given=source or [], progress=progress)
        _answer(answer.as_dict(), as_json, answer.told())


@data.command("import", help="Contrôler un jeu et le mettre en service : tout ou rien. Dit ce qui a changé.")
def import_pack(folder: Pack, as_json: Json = False, quiet: Quiet = False) -> None:
    """Import a pack."""
    with _ready():
        from maillage.config import installation

        with shown(quiet or as_json) as progress:
            installation.prepare(progress)
            report = installation.import_pack(folder, by=None, progress=progress)
        _answer(report.as_dict(), as_json, _told(report))


@data.command("work", hidden=True, help="Faire ce qui a été demandé à l’écran ; `serve` le lance au besoin.")
def work_on_packs(worker: Annotated[str, typer.Option(hidden=True)] = "") -> None:
    """Do the work on packs that waits."""
    with _ready():
        from maillage.config import data_packs, workers

        workers.lower_priority()
        typer.echo(f"Travaux faits : {data_packs.work(worker or workers.new_name())}")


@data.command(
    "travel-times",
    help="Importer des temps de trajet mesurés (CSV ou Parquet : origine, destination, minutes).",
)
def import_travel_times(
    file: Annotated[Path, typer.Argument(help="Table des temps de trajet.", exists=True, dir_okay=False)],
    provider: Annotated[str, typer.Option(help="D’où ils viennent : INSEE Metric, OSRM…")],
    vintage: Annotated[str, typer.Option(help="Leur millésime : 2024…")],
    quiet: Quiet = False,
) -> None:
    """Import a travel-time matrix, used from then on between the communes it covers."""
    with _ready():
        from maillage.config import installation
        from maillage.territory import api as territories

        with shown(quiet) as progress:
            installation.prepare(progress)
            matrix = territories.import_travel_matrix(
                by=None, provider=provider, vintage=vintage, file=file.name, content=file.read_bytes()
            )
            territories.warm(progress=progress)
        typer.echo(f"{matrix.pair_count} temps de trajet de {matrix.provider} ({matrix.vintage}) en service.")


@data.command(
    "roads",
    help="Lire un extrait OpenStreetMap et suivre ses routes entre les communes qu’il couvre.",
)
def import_roads(
    extract: Annotated[
        Path, typer.Argument(help="Extrait .osm.pbf, .osm ou .osm.gz.", exists=True, dir_okay=False)
    ],
    places: Annotated[
        Path | None,
        typer.Option(
            help="Mairies, en CSV : code, lon, lat ; sinon celles de l’extrait.", exists=True, dir_okay=False
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Import the roads of an extract, followed from then on between the communes it covers."""
    with _ready():
        from maillage.config import installation
        from maillage.territory import api as territories

        with shown(quiet or as_json) as progress:
            installation.prepare(progress)
            matrix = territories.import_roads(by=None, extract=extract, places=places, progress=progress)
            territories.warm(progress=progress)
        _answer(matrix.details, as_json, territories.told_roads(matrix))


@data.command(
    "import-directory",
    help="Importer dans l’annuaire l’Annuaire Santé (PS_LibreAcces) ou le fichier FINESS géolocalisé.",
)
def import_directory(
    format: Annotated[Format, typer.Argument(help="Lequel des deux fichiers.")],
    file: Annotated[
        Path, typer.Argument(help="Fichier tel que publié : texte, GZ ou ZIP.", exists=True, dir_okay=False)
    ],
    extracted_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Jour de l’extraction ; celui du fichier par défaut."),
    ] = None,
    departement: Annotated[
        list[str] | None, typer.Option(help="Ne garder que ce département ; plusieurs fois au besoin.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Lire et compter sans rien écrire.")] = False,
    errors: Annotated[
        Path | None, typer.Option(help="Fichier CSV où écrire erreurs et remarques.", dir_okay=False)
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Import a national file; status 1 where a line is left out, so that a script notices."""
    with _ready():
        from maillage.config import directory_files, installation

        with shown(quiet or as_json) as progress:
            installation.prepare(progress)
            answer = directory_files.run(
                format,
                file,
                day=extracted_on.date() if extracted_on else None,
                departements=departement or [],
                write=not preview,
                errors=errors,
                progress=progress,
            )
        _answer(answer.as_dict(), as_json, answer.told())
        if answer.left_out:
            raise typer.Exit(1)


@data.command("fictional", help="Écrire un jeu de données fictif, pour essayer sans données ni réseau.")
def write_fictional(
    folder: Annotated[Path, typer.Argument(help="Dossier à créer.", file_okay=False)], seed: Seed = 1
) -> None:
    """Write the fictional pack."""
    with _ready():
        from maillage.territory import api as territories

        typer.echo(str(territories.write_fictional_pack(folder, seed)))


def _told(report: ImportReport) -> str:
    if report.already_imported:
        return f"{report.title} est déjà en service : rien à faire."
    lines = [f"{report.title} · {report.geography} · {report.communes} communes."]
    for label, communes in (("ajoutées", report.added), ("retirées", report.removed)):
        if communes:
            lines.append(
                f"Communes {label} : {', '.join(name for _, name in communes[:10])} ({len(communes)})."
            )
    lines += [
        f"{change.label} : {change.communes} communes modifiées."
        for change in report.columns
        if change.status == "changed"
    ]
    lines += [str(remark) for remark in report.remarks]
    return "\n".join(lines)


@journal.command("verify", help="Recalculer chaque sceau du journal ; nomme la première ligne altérée.")
def verify_journal(
    anchor: Annotated[
        list[str] | None,
        typer.Option(help="Empreinte « chaîne:rang:empreinte » imprimée ou reçue par courriel ; répétable."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify the chains against the anchors kept, and those given; status 1 where a row was tampered with."""
    with _ready():
        from maillage.kernel import api as kernel

        noted = [kernel.parse_anchor(one) for one in anchor or []]
        found, kept = kernel.verify(noted=noted), kernel.read_anchors()
        answer: dict[str, Any] = {
            "entries": found.entries,
            "chains": len(found.heads),
            "anchors": found.anchors,
            "intact": found.intact,
            "seal": found.seal,
        }
        if found.fault is None:
            text = f"Journal intact : {found.entries} lignes, {found.anchors} empreintes retrouvées."
            if not kept and not noted and found.entries:
                text += " Aucune empreinte n’est encore gardée hors de la base : rien ne prouve sa fin."
        else:
            answer |= {"chain": found.fault.chain, "first_tampered": found.fault.rank}
            text = f"Ligne {found.fault.rank} : {found.fault.explanation}"
        _answer(answer, as_json, text)
        if not found.intact:
            raise typer.Exit(1)


@journal.command("anchor", help="Noter hors de la base où en est le journal, et l’écrire pour l’imprimer.")
def anchor_journal(as_json: Json = False) -> None:
    """Note the ends of the chains in the file of the installation; print the last anchor."""
    with _ready():
        from maillage.kernel import api as kernel

        kernel.take_anchor()
        kept = kernel.read_anchors()
        if not kept:
            _answer({"lines": []}, as_json, "Le journal est vide.")
            return
        last = kept[-1]
        answer = {"at": last.at.isoformat(), "seal": last.seal, "lines": last.lines()}
        _answer(answer, as_json, "\n".join([f"{last.at.isoformat()}  {last.seal}", *last.lines()]))


@app.command(help="Dire où ouvrir une consultation avancée, une maison de santé ou un arrêt du médicobus.")
def siting(
    territory: Annotated[str, typer.Argument(help="Nom court du territoire : charolais-brionnais…")],
    opening: Annotated[
        str, typer.Option(help="Quoi : consultation, health_house (maison de santé) ou stop (arrêt).")
    ] = "consultation",
    sites: Annotated[int, typer.Option(help="Combien de lieux, de 1 à 5.")] = 1,
    public: Annotated[str, typer.Option(help="Pour qui : everyone, older, ald ou no_doctor.")] = "everyone",
    minutes: Annotated[int | None, typer.Option(help="À combien de minutes au plus.")] = None,
    aim: Annotated[
        str, typer.Option(help="Chercher : coverage (personnes à portée) ou p_median (trajets courts).")
    ] = "coverage",
    around: Annotated[bool, typer.Option("--around", help="Ouvrir aussi à moins de 25 km autour.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say where to open, with the proof; status 1 where the question means nothing."""
    with _ready():
        from maillage.config import installation
        from maillage.territory import api as territories

        with shown(quiet or as_json) as progress:
            installation.prepare(progress)
        answer = territories.answer_siting(
            territory,
            opening=opening,
            sites=sites,
            public=public,
            minutes=minutes,
            aim=aim,
            around=around,
        )
        _answer(answer.as_dict(), as_json, answer.told)


@app.command(help="Écrire toute la base dans une archive que SQLite comme PostgreSQL savent relire.")
def backup(
    file: Annotated[Path, typer.Argument(help="Archive à écrire.", dir_okay=False)],
    quiet: Quiet = False,
) -> None:
    """Back up the database."""
    with _ready():
        from maillage.kernel import api as kernel

        with shown(quiet) as progress:
            written = kernel.backup(file, progress=progress)
            kernel.note_backup(written)
        typer.echo(f"{written.path} : {written.rows} lignes, empreinte {written.digest}.")


@app.command(help="Remplacer toute la base par le contenu d’une archive : tout ou rien.")
def restore(
    file: Annotated[Path, typer.Argument(help="Archive à relire.", exists=True, dir_okay=False)],
    digest: Annotated[str | None, typer.Option(help="Empreinte notée à la sauvegarde.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remplacer sans demander confirmation.")] = False,
    quiet: Quiet = False,
) -> None:
    """Restore the database."""
    with _ready():
        from maillage.config import installation
        from maillage.kernel import api as kernel

        if not yes:
            typer.confirm("Le contenu actuel de la base sera remplacé. Continuer ?", abort=True)
        with shown(quiet) as progress:
            installation.prepare(progress)
            restored = kernel.restore(file, digest=digest, progress=progress)
        typer.echo(f"Base restaurée : {restored.rows} lignes, état du {restored.created_at}.")


@app.command(
    help="Lancer une commande de Django : `maillage manage shell`…",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def manage(context: typer.Context) -> None:
    """Pass the words on to Django."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["maillage manage", *context.args])


@contextmanager
def _ready() -> Iterator[None]:
    """Start Django; turn a refusal that carries a message into that message and status 1."""
    import django

    django.setup()
    from django.core.exceptions import PermissionDenied, ValidationError

    try:
        yield
    except ValidationError as error:
        raise _refusal(" ".join(error.messages)) from error
    except (ValueError, LookupError, FileNotFoundError, PermissionDenied, RuntimeError) as error:
        if not type(error).__module__.startswith("maillage.") and not isinstance(error, FileNotFoundError):
            raise
        raise _refusal(str(error)) from error


def _refusal(message: str) -> typer.Exit:
    typer.secho(message, err=True, fg=typer.colors.RED)
    return typer.Exit(1)


def _answer(value: Any, as_json: bool, text: str) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str) if as_json else text)


def _refuse_busy_port(host: str, port: int) -> None:
    import socket

    with socket.socket() as probe:
        if probe.connect_ex((host, port)) == 0:
            raise _refusal(
                f"Le port {port} est déjà utilisé : arrêtez l’autre programme ou ajoutez --port {port + 1}."
            )


def _serve(host: str, port: int, workers: int) -> None:
    from maillage.config import serving

    serving.replace_process(host=host, port=port, workers=workers)
