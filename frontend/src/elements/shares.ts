import { define } from "../lib/server.ts";
import { readPercent, showPercent, split } from "../lib/shares.ts";
import { Part } from "./base.ts";

/** Contributions as they are typed: an empty `[data-share]` takes an equal part of what is left; `[data-sum]` says how much is fixed. */
class ShareTable extends Part {
  protected start(signal: AbortSignal): void {
    this.addEventListener("input", () => this.#apply(), { signal });
    this.addEventListener(
      "click",
      (event) => {
        if (!(event.target instanceof Element && event.target.closest("[data-equal]"))) return;
        event.preventDefault();
        for (const input of this.#inputs()) if (!input.disabled) input.value = "";
        // As if it had been typed: whoever previews it has to know.
        this.dispatchEvent(new Event("input", { bubbles: true }));
      },
      { signal },
    );
    this.#apply();
  }

  #inputs = (): HTMLInputElement[] => [...this.querySelectorAll<HTMLInputElement>("input[data-share]")];

  #apply(): void {
    const inputs = this.#inputs();
    const read = inputs.map((input) => (input.value.trim() === "" ? null : (readPercent(input.value) ?? Number.NaN)));
    const shares = split(read);
    inputs.forEach((input, index) => {
      const part = shares.parts[index] ?? 0;
      input.placeholder = showPercent(part);
      const value = read[index] ?? null;
      const wrong = value !== null && !(value >= 0 && value <= 100);
      input.setAttribute("aria-invalid", String(wrong));
    });
    const sum = this.querySelector<HTMLElement>("[data-sum]");
    if (!sum) return;
    sum.textContent = Number.isNaN(shares.fixed) ? "–" : showPercent(shares.fixed);
    sum.classList.toggle("late", !shares.valid);
  }
}

define("n-shares", ShareTable);
