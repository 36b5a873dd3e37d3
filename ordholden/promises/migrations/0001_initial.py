from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LookRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("at", models.DateTimeField()),
                ("content", models.JSONField()),
            ],
            options={
                "db_table": "promises_look",
                "indexes": [models.Index(fields=["organisation", "-id"], name="promises_look_newest")],
            },
        ),
    ]
