from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField("caserow", "asked_by", models.BigIntegerField(default=0)),
        migrations.AddField("caserow", "asked_for", models.BigIntegerField(default=0)),
        migrations.AddIndex(
            "caserow", models.Index(fields=["organisation", "asked_by", "due"], name="cases_case_asked")
        ),
    ]
