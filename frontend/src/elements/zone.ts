// Takes the browser's own time zone for a field that nobody has filled in yet.
const field = document.querySelector<HTMLInputElement>("input[data-zone-guess]");
if (field && (field.value === "" || field.value === field.dataset.zoneGuess)) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && [...(field.list?.options ?? [])].some((option) => option.value === zone)) field.value = zone;
}
