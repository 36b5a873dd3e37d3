from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("key", models.CharField(max_length=200)),
                ("token", models.CharField(max_length=64)),
                ("case", models.CharField(default="", max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=2)),
                ("sealed", models.BinaryField(default=b"")),
                ("put_at", models.DateTimeField()),
                ("state", models.CharField(max_length=10)),
                ("attempts", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("code", models.IntegerField(default=0)),
                ("reason", models.BinaryField(default=b"")),
            ],
            options={
                "db_table": "post_outgoing",
                "indexes": [
                    models.Index(fields=["organisation", "state", "next_at"], name="post_outgoing_due"),
                    models.Index(fields=["organisation", "case"], name="post_outgoing_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "key"), name="post_outgoing_once"),
                    models.UniqueConstraint(fields=("organisation", "token"), name="post_outgoing_token"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Arrived",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("key", models.CharField(max_length=64)),
                ("case", models.CharField(default="", max_length=40)),
                ("state", models.CharField(max_length=10)),
                ("reason", models.CharField(default="", max_length=60)),
                ("sealed", models.BinaryField(default=b"")),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "post_arrived",
                "indexes": [
                    models.Index(fields=["organisation", "state", "at"], name="post_arrived_state"),
                    models.Index(fields=["organisation", "case"], name="post_arrived_case"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "key"), name="post_arrived_once")
                ],
            },
        ),
    ]
