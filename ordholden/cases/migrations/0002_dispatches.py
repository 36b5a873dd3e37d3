import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DispatchRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("incoming", models.BooleanField()),
                ("partner", models.TextField()),
                ("form", models.CharField(max_length=40)),
                ("nonce", models.CharField(max_length=64)),
                ("key", models.CharField(default="", max_length=200)),
                ("reference", models.CharField(default="", max_length=24)),
                ("at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("sealed", models.BinaryField(default=b"")),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dispatches",
                        to="cases.caserow",
                    ),
                ),
            ],
            options={
                "db_table": "cases_dispatch",
                "indexes": [models.Index(fields=["organisation", "reference"], name="cases_dispatch_their")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "incoming", "nonce"), name="cases_dispatch_once"
                    )
                ],
            },
        ),
    ]
