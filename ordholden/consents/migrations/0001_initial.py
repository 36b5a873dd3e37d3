from django.db import migrations, models

from ordholden.store.triggers import refused


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Asked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("activity", models.TextField()),
                ("system", models.TextField()),
                ("table", models.TextField()),
                ("key", models.TextField()),
                ("asked_on", models.DateField()),
                ("actor", models.TextField()),
            ],
            options={
                "db_table": "consents_asked",
                "indexes": [
                    models.Index(
                        fields=["organisation", "system", "table", "key", "activity", "asked_on"],
                        name="consents_asked_card",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentRecord",
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
                ("consent", models.TextField()),
                ("at", models.DateTimeField()),
                ("given", models.BooleanField()),
                ("by_request", models.BooleanField(default=False)),
                ("actor", models.TextField()),
                ("note", models.TextField(default="")),
            ],
            options={
                "db_table": "consents_record",
                "indexes": [
                    models.Index(
                        fields=["organisation", "system", "table", "key", "at", "id"],
                        name="consents_record_card",
                    )
                ],
            },
        ),
        refused("consents_record", "UPDATE"),
        refused("consents_asked", "UPDATE"),
    ]
