import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("scope", models.CharField(max_length=8)),
                ("activity", models.TextField(default="")),
                ("reason", models.TextField()),
                ("restriction", models.BooleanField(default=False)),
                ("identifiers", models.BinaryField(default=b"")),
                ("placed_by", models.TextField()),
                ("placed_on", models.DateField()),
                ("review_on", models.DateField()),
                ("released_by", models.TextField(default="")),
                ("released_on", models.DateField(null=True)),
                ("release_reason", models.TextField(default="")),
            ],
            options={
                "db_table": "registers_hold",
                "indexes": [
                    models.Index(fields=["organisation", "released_on"], name="registers_hold_released")
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("system", models.TextField()),
                ("table", models.TextField()),
                ("name", models.TextField(default="")),
                ("key", models.TextField()),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="registers.hold",
                    ),
                ),
            ],
            options={
                "db_table": "registers_hold_target",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("hold", "system", "table", "name", "key"), name="registers_hold_target_once"
                    )
                ],
            },
        ),
    ]
