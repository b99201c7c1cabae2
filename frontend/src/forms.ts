// A form marked `data-lean` (the filters) sends only what is filled in, so that its address stays short and can be read.
document.addEventListener("formdata", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.hasAttribute("data-lean")) return;
  for (const name of new Set(event.formData.keys())) {
    const filled = event.formData.getAll(name).filter((value) => value !== "");
    event.formData.delete(name);
    for (const value of filled) event.formData.append(name, value);
  }
});
