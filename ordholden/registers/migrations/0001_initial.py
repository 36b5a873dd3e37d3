import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ArrivalRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("nonce", models.CharField(max_length=120)),
                ("sender", models.TextField()),
                ("reference", models.TextField(default="")),
                ("known", models.TextField(default="")),
                ("size", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("sealed", models.BinaryField(default=b"")),
                ("taken_at", models.DateTimeField(null=True)),
                ("taken_by", models.TextField(default="")),
            ],
            options={
                "db_table": "registers_arrival",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "nonce"), name="registers_arrival_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CallNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("campaign", models.TextField()),
                ("system", models.TextField()),
                ("table", models.TextField()),
                ("key", models.TextField()),
                ("said", models.CharField(max_length=8)),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
            ],
            options={
                "db_table": "registers_call_note",
                "indexes": [
                    models.Index(
                        fields=["organisation", "campaign", "system", "table", "key"],
                        name="registers_call_note_who",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EditionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("number", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("significant", models.BooleanField()),
                ("note_da", models.TextField(default="")),
                ("note_en", models.TextField(default="")),
                ("text", models.TextField()),
                ("look", models.TextField(default="")),
            ],
            options={
                "db_table": "registers_edition",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "number"), name="registers_edition_number"
                    )
                ],
            },
        ),
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
                ("told_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "registers_hold",
                "indexes": [
                    models.Index(fields=["organisation", "released_on"], name="registers_hold_released")
                ],
            },
        ),
        migrations.CreateModel(
            name="HookRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("url", models.TextField()),
                ("secret", models.BinaryField()),
                ("told", models.BigIntegerField(default=0)),
                ("attempts", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(default="")),
                ("made_by", models.TextField()),
                ("made_on", models.DateField()),
            ],
            options={
                "db_table": "registers_hook",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "url"), name="registers_hook_once")
                ],
            },
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
                "indexes": [
                    models.Index(
                        fields=["organisation", "system", "table", "key"], name="registers_objection_whose"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("objection", "system", "table", "key"), name="registers_objection_card_once"
                    )
                ],
            },
        ),
    ]
