// What is not shown is not sent.

/** Switches off the controls inside `part` that stand in something marked `data-silent`, and the others on again. */
export function silence(part: HTMLElement): void {
  for (const control of part.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLButtonElement>("input, select, textarea, button")) {
    control.disabled = control.closest("[data-silent]") !== null;
  }
}
