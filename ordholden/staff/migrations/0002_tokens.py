import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]

    operations = [
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
            options={"db_table": "staff_token"},
        ),
    ]
