from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]

    operations = [
        migrations.AddField("ArrivalRow", "fetched_at", models.DateTimeField(null=True)),
        migrations.AddField("ArrivalRow", "fetched_by", models.TextField(default="")),
    ]
