"""Draws Django forms with the templates of `templates/form`: label, hint, error and control, in this order."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Form, field and error list of the house."""

    form_template_name = "form/form.html"
    field_template_name = "form/field.html"
