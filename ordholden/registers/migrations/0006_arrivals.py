from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0005_hooks")]

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
                    models.UniqueConstraint(fields=["organisation", "nonce"], name="registers_arrival_once")
                ],
            },
        ),
    ]
