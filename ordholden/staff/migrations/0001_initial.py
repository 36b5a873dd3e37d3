import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PartyRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("level", models.CharField(max_length=12)),
                ("digest", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("registered_by", models.TextField()),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                (
                    "above",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="below",
                        to="staff.partyrow",
                    ),
                ),
            ],
            options={
                "db_table": "staff_party",
            },
        ),
        migrations.CreateModel(
            name="MemberRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                ("role", models.CharField(max_length=30)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("confidential_at", models.DateTimeField(null=True)),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="staff.partyrow"
                    ),
                ),
            ],
            options={
                "db_table": "staff_member",
            },
        ),
        migrations.CreateModel(
            name="TokenRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("name", models.TextField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("deeds", models.JSONField(default=list)),
                ("made_by", models.TextField()),
                ("made_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("used_on", models.DateField(null=True)),
                ("revoked_on", models.DateField(null=True)),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="staff.partyrow"
                    ),
                ),
            ],
            options={
                "db_table": "staff_token",
            },
        ),
        migrations.AddConstraint(
            model_name="partyrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("organisation", "level", "above", "digest"),
                name="staff_party_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("organisation", "digest"),
                name="staff_member_once",
            ),
        ),
    ]
