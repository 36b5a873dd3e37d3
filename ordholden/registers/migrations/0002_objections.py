import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="told_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("activity", models.TextField()),
                ("standing", models.CharField(max_length=12)),
                ("absolute", models.BooleanField(default=False)),
                ("words", models.BinaryField(default=b"")),
                ("raised_by", models.TextField()),
                ("raised_on", models.DateField()),
                ("settled_by", models.TextField(default="")),
                ("settled_on", models.DateField(null=True)),
                ("reason", models.BinaryField(default=b"")),
            ],
            options={
                "db_table": "registers_objection",
                "indexes": [
                    models.Index(fields=["organisation", "standing"], name="registers_objection_standing")
                ],
            },
        ),
        migrations.CreateModel(
            name="ObjectionCard",
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
                ("key", models.TextField()),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cards",
                        to="registers.objection",
                    ),
                ),
            ],
            options={
                "db_table": "registers_objection_card",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["objection", "system", "table", "key"], name="registers_objection_card_once"
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["organisation", "system", "table", "key"], name="registers_objection_whose"
                    )
                ],
            },
        ),
    ]
