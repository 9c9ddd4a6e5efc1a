"""A request to be replaced is its asker's: those that others inherited are closed."""

from django.db import migrations, models
from django.utils import timezone


def close_inherited(apps, _editor):
    Exchange = apps.get_model("roster", "Exchange")
    Assignment = apps.get_model("roster", "Assignment")
    asked = Exchange.objects.filter(state="open")
    holders = dict(Assignment.objects.filter(post__in=asked.values("post")).values_list("post", "volunteer"))
    for one in asked:
        if holders.get(one.post_id) != one.asked_by_id:
            one.state, one.closed_at = "overtaken", timezone.now()
            one.save(update_fields=["state", "closed_at"])


class Migration(migrations.Migration):
    dependencies = [("roster", "0004_job")]

    operations = [
        migrations.AlterField(
            model_name="exchange",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Ouverte"),
                    ("accepted", "Acceptée"),
                    ("withdrawn", "Retirée"),
                    ("overtaken", "Sans objet, la garde a changé de main"),
                ],
                default="open",
                max_length=10,
                verbose_name="état",
            ),
        ),
        migrations.RunPython(close_inherited, migrations.RunPython.noop),
    ]
