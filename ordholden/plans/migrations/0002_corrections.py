from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CorrectionRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("plan", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "plans_correction",
                "constraints": [
                    models.UniqueConstraint(fields=["organisation", "plan"], name="plans_correction_once")
                ],
            },
        ),
    ]
