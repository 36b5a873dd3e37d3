from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DutyRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("name", models.CharField(max_length=32)),
                ("next_at", models.DateTimeField()),
                ("holder", models.TextField(default="")),
                ("until", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("came", models.JSONField(default=dict)),
                ("failures", models.IntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("reason", models.TextField(default="")),
            ],
            options={
                "db_table": "worker_duty",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "name"), name="worker_duty_once")
                ],
            },
        ),
    ]
