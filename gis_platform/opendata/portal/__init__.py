"""The public pages: values, templates, texts in both languages, style."""
