import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DocumentRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("at", models.DateTimeField()),
                ("incoming", models.BooleanField()),
                ("purpose", models.CharField(max_length=24)),
                ("type", models.CharField(max_length=120)),
                ("size", models.BigIntegerField()),
                ("name", models.BinaryField()),
            ],
            options={
                "db_table": "cases_document",
            },
        ),
        migrations.CreateModel(
            name="CaseNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("year", models.IntegerField()),
                ("last", models.IntegerField(default=0)),
            ],
            options={
                "db_table": "cases_number",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "year"), name="cases_number_year")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("number", models.CharField(max_length=24)),
                ("right", models.CharField(max_length=40)),
                ("channel", models.CharField(max_length=16)),
                ("state", models.CharField(max_length=16)),
                ("open", models.BooleanField(default=True)),
                ("outcome", models.CharField(default="", max_length=16)),
                ("language", models.CharField(max_length=2)),
                ("received_at", models.DateTimeField()),
                ("received_on", models.DateField()),
                ("months", models.SmallIntegerField(default=1)),
                ("own_days", models.SmallIntegerField(null=True)),
                ("customary", models.BooleanField(default=False)),
                ("due", models.DateField()),
                ("legal", models.DateField()),
                ("paused_days", models.IntegerField(default=0)),
                ("paused_since", models.DateField(null=True)),
                ("owner", models.TextField(default="")),
                ("identity", models.CharField(max_length=12)),
                ("representation", models.CharField(max_length=12)),
                ("controller", models.TextField(default="")),
                ("campaign", models.TextField(default="")),
                ("plan", models.CharField(default="", max_length=80)),
                ("ground", models.CharField(default="", max_length=40)),
                ("waits_for", models.CharField(default="", max_length=12)),
                ("proposed_by", models.TextField(default="")),
                ("decided_by", models.TextField(default="")),
                ("needs_staff", models.BooleanField(default=False)),
                ("warned", models.SmallIntegerField(default=0)),
                ("origin", models.CharField(default="", max_length=64)),
                ("asked_by", models.BigIntegerField(default=0)),
                ("asked_for", models.BigIntegerField(default=0)),
                ("fingerprint", models.CharField(max_length=64)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("answer_days", models.IntegerField(null=True)),
                ("version", models.IntegerField(default=1)),
                ("sealed", models.BinaryField()),
                ("decision", models.BinaryField(default=b"")),
                ("cards", models.BinaryField(default=b"")),
            ],
            options={
                "db_table": "cases_case",
                "indexes": [
                    models.Index(fields=["organisation", "open", "due", "id"], name="cases_case_due"),
                    models.Index(fields=["organisation", "owner", "open", "due"], name="cases_case_owner"),
                    models.Index(fields=["organisation", "open", "legal"], name="cases_case_legal"),
                    models.Index(fields=["organisation", "closed_on"], name="cases_case_closed"),
                    models.Index(
                        fields=["organisation", "fingerprint", "received_at"], name="cases_case_same"
                    ),
                    models.Index(fields=["organisation", "asked_by", "due"], name="cases_case_asked"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "number"), name="cases_case_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContentRow",
            fields=[
                ("organisation", models.TextField()),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="cases.documentrow",
                    ),
                ),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "cases_content",
            },
        ),
        migrations.AddField(
            model_name="documentrow",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="documents", to="cases.caserow"
            ),
        ),
        migrations.CreateModel(
            name="EntryRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("what", models.CharField(max_length=60)),
                ("facts", models.JSONField(default=dict)),
                ("note", models.BinaryField(default=b"")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="cases.caserow",
                    ),
                ),
            ],
            options={
                "db_table": "cases_entry",
            },
        ),
        migrations.CreateModel(
            name="LinkRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("purpose", models.CharField(max_length=40)),
                ("until", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="cases.caserow"
                    ),
                ),
            ],
            options={
                "db_table": "cases_link",
            },
        ),
        migrations.CreateModel(
            name="MessageRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("incoming", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("actor", models.TextField()),
                ("kind", models.CharField(default="message", max_length=40)),
                ("sealed", models.BinaryField()),
                ("documents", models.JSONField(default=list)),
                ("delivery", models.TextField(default="")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="cases.caserow",
                    ),
                ),
            ],
            options={
                "db_table": "cases_message",
            },
        ),
        migrations.CreateModel(
            name="ContactRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="cases.caserow",
                    ),
                ),
            ],
            options={
                "db_table": "cases_contact",
                "indexes": [models.Index(fields=["organisation", "digest"], name="cases_contact_digest")],
            },
        ),
        migrations.CreateModel(
            name="TaskRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.TextField()),
                ("kind", models.CharField(max_length=20)),
                ("key", models.CharField(max_length=200)),
                ("system", models.TextField(default="")),
                ("together", models.CharField(default="", max_length=64)),
                ("state", models.CharField(max_length=12)),
                ("due", models.DateField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("leased_by", models.CharField(default="", max_length=80)),
                ("leased_until", models.DateTimeField(null=True)),
                ("fields", models.JSONField(default=list)),
                ("receipts", models.BinaryField(default=b"")),
                ("steps", models.JSONField(default=dict)),
                ("reason", models.TextField(default="")),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.TextField(default="")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="cases.caserow"
                    ),
                ),
            ],
            options={
                "db_table": "cases_task",
                "indexes": [
                    models.Index(fields=["organisation", "state", "next_at", "id"], name="cases_task_next"),
                    models.Index(fields=["organisation", "state", "due"], name="cases_task_due"),
                    models.Index(fields=["organisation", "leased_by"], name="cases_task_leased"),
                ],
                "constraints": [models.UniqueConstraint(fields=("case", "key"), name="cases_task_once")],
            },
        ),
    ]
