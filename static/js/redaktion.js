// What Django's picker of regions says in English: names of its buttons, for screen readers and tooltips.
Object.assign(django.catalog, {
  "Choose selected %s": "Markierte %s übernehmen",
  "Remove selected %s": "Markierte %s entfernen",
  "(click to clear)": "(ein Klick hebt sie auf)",
});
