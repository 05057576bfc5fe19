from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from opensps.accounts.name_words import words_of

BATCH = 2000


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Write the words of everybody who is there already."""
    person, word = apps.get_model("accounts", "Person"), apps.get_model("accounts", "PersonWord")
    rows = person.objects.order_by("pk").values_list("pk", "authority", "name", "email")
    made = (
        word(authority=authority, person_id=pk, word=each)
        for pk, authority, name, email in rows.iterator(chunk_size=BATCH)
        for each in sorted(words_of(name, email))
    )
    word.objects.bulk_create(made, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_bodies_beside_us"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(max_length=3)),
                ("word", models.BinaryField(max_length=96)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="words",
                        to="accounts.person",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="personword",
            constraint=models.UniqueConstraint(
                fields=("authority", "word", "person"), name="accounts_one_word_per_person"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["authority", "name", "id"], name="accounts_person_by_name"),
        ),
        migrations.AddIndex(
            model_name="rolegrant",
            index=models.Index(fields=["authority", "office", "role"], name="accounts_grant_office"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
