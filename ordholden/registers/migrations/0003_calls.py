from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0002_objections")]

    operations = [
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
    ]
