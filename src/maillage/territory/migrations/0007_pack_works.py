"""A pack keeps the folder it came from; what is asked for packs from the web is a row."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from maillage.kernel.new_tables import CreateModel


class Migration(migrations.Migration):

    dependencies = [
        ('territory', '0006_roads'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='datapack',
            name='folder',
            field=models.CharField(blank=True, max_length=1000, verbose_name='dossier'),
        ),
        CreateModel(
            name='PackWork',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='demandé le')),
                ('state', models.CharField(choices=[('queued', 'En attente'), ('running', 'En cours'), ('done', 'Terminé'), ('failed', 'Abandonné')], default='queued', max_length=8, verbose_name='état')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='essais')),
                ('worker', models.CharField(blank=True, max_length=40, verbose_name='processus')),
                ('started_at', models.DateTimeField(null=True, verbose_name='commencé le')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='dernier signe de vie')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='terminé le')),
                ('said', models.TextField(blank=True, verbose_name='explication')),
                ('kind', models.CharField(choices=[('build', 'Préparation'), ('update', 'Mise à jour'), ('check', 'Contrôle'), ('import', 'Import'), ('back', 'Retour à un jeu précédent')], max_length=8, verbose_name='nature')),
                ('asked', models.CharField(blank=True, max_length=600, verbose_name='territoire demandé')),
                ('names', models.TextField(blank=True, verbose_name='territoire demandé, en mots')),
                ('given', models.JSONField(default=list, verbose_name='fichiers et adresses donnés')),
                ('folder', models.CharField(blank=True, max_length=120, verbose_name='dossier')),
                ('fingerprint', models.CharField(blank=True, max_length=64, verbose_name='empreinte')),
                ('wanted', models.JSONField(default=list, verbose_name='à importer avec')),
                ('step', models.CharField(blank=True, max_length=200, verbose_name='étape')),
                ('done', models.BigIntegerField(default=0, verbose_name='fait')),
                ('total', models.BigIntegerField(default=0, verbose_name='à faire')),
                ('answer', models.JSONField(default=dict, verbose_name='résultat')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='demandé par')),
                ('pack', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.datapack', verbose_name='jeu importé')),
                ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='territory.packwork', verbose_name='jeu préparé')),
                ('stopped_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='arrêté par')),
            ],
            options={
                'verbose_name': 'travail sur un jeu de données',
                'verbose_name_plural': 'travaux sur des jeux de données',
                'ordering': ('-asked_at', '-id'),
                'constraints': [models.UniqueConstraint(models.Case(models.When(models.Q(('state__in', ['queued', 'running'])), then=models.Value(1))), name='one_pack_work_at_a_time')],
            },
        ),
    ]
