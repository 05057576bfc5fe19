"""Install the triggers that keep events insert-only (`reliability.md` 4.4)."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from opensps.events.guards import install_triggers


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 the shape RunPython calls
    """Protect the tables from their first moment on."""
    install_triggers(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
