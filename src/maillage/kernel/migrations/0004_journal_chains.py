"""One chain a scope: the rows written so far are the chain of the installation, with the ranks they had."""

from django.core.management.color import no_style
from django.db import migrations, models
from django.db.models import F

from maillage.kernel import databases

TABLE = "kernel_entry"


def allow(apps, schema_editor):
    databases.allow_changes(TABLE, schema_editor.connection)


def forbid(apps, schema_editor):
    databases.allow_changes(TABLE, schema_editor.connection)
    databases.forbid_changes(TABLE, schema_editor.connection)


def number(apps, schema_editor):
    apps.get_model("kernel", "Entry").objects.update(rank=F("position"))


def count_on(apps, schema_editor):
    """Let the database number the next row after the last one: a new identity column begins at 1."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [apps.get_model("kernel", "Entry")]):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_scope_time_zone")]

    operations = [
        migrations.RunPython(allow, forbid),
        migrations.AddField(
            "entry", "chain", models.BigIntegerField(default=0, verbose_name="chaîne")
        ),
        migrations.AddField(
            "entry", "rank", models.BigIntegerField(default=0, verbose_name="rang"), preserve_default=False
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AlterField(
            "entry",
            "position",
            models.BigAutoField(primary_key=True, serialize=False, verbose_name="numéro"),
        ),
        migrations.RunPython(count_on, migrations.RunPython.noop),
        migrations.AddConstraint(
            "entry",
            models.UniqueConstraint(fields=("chain", "rank"), name="journal_has_one_row_a_rank"),
        ),
        migrations.RemoveConstraint("chainhead", "journal_has_one_head"),
        migrations.RenameField("chainhead", "position", "rank"),
        migrations.AddField(
            "chainhead",
            "chain",
            models.BigIntegerField(default=0, unique=True, verbose_name="chaîne"),
            preserve_default=False,
        ),
        migrations.RunPython(forbid, allow),
    ]
