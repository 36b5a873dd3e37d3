from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0004_editions")]

    operations = [
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
                    models.UniqueConstraint(fields=["organisation", "url"], name="registers_hook_once")
                ],
            },
        ),
    ]
