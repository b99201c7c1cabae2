import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** Copies the field that `[data-copy]` names; a click into the field selects all of it. */
class Copy extends Part {
  protected start(signal: AbortSignal): void {
    const button = this.querySelector<HTMLButtonElement>("[data-copy]");
    const field = document.getElementById(button?.dataset.copy ?? "");
    if (!button || !(field instanceof HTMLInputElement)) return;
    field.addEventListener("focus", () => field.select(), { signal });
    button.hidden = false;
    button.addEventListener("click", () => void this.#copy(button, field), { signal });
  }

  async #copy(button: HTMLButtonElement, field: HTMLInputElement): Promise<void> {
    field.select();
    const words = button.querySelector<HTMLElement>("[data-copy-text]") ?? button;
    try {
      await navigator.clipboard.writeText(field.value);
      words.textContent = "Copied";
      const live = document.getElementById("live");
      if (live) live.textContent = "Copied";
    } catch {
      // Without TLS a browser has no clipboard for us: the text is selected, the keys do the rest.
      words.textContent = "Press Ctrl C";
    }
  }
}

define("n-copy", Copy);
