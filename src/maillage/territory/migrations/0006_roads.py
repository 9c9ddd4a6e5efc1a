"""Travel times say whether they were imported or follow roads, and keep the roads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0005_time_zone_of_the_scope"),
    ]

    operations = [
        migrations.AddField(
            model_name="travelmatrix",
            name="kind",
            field=models.CharField(
                choices=[("imported", "temps importés"), ("road", "temps par la route")],
                default="imported",
                max_length=10,
                verbose_name="nature",
            ),
        ),
        migrations.AddField(
            model_name="travelmatrix",
            name="roads",
            field=models.BinaryField(null=True, verbose_name="réseau routier"),
        ),
        migrations.AddField(
            model_name="travelmatrix",
            name="details",
            field=models.JSONField(default=dict, verbose_name="détails"),
        ),
    ]
