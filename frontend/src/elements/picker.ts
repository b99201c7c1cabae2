import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

let made = 0;

/** A combobox over what the server finds. `data-several`: more than one may be chosen. */
class Picker extends Part {
  protected start(signal: AbortSignal): void {
    const input = this.#input();
    const list = this.#list();
    if (!input || !list) return;
    list.setAttribute("role", "listbox");
    // Searching without scripts; with them Enter in another field must not press it.
    for (const plain of this.querySelectorAll<HTMLButtonElement>("button[data-plain]")) plain.type = "button";
    if (this.#several()) list.setAttribute("aria-multiselectable", "true");
    input.setAttribute("aria-autocomplete", "list");
    this.#mark();
    const watch = new MutationObserver(() => this.#mark());
    watch.observe(list, { childList: true });
    signal.addEventListener("abort", () => watch.disconnect());
    input.addEventListener("keydown", (event) => this.#key(event), { signal });
    input.addEventListener("focus", () => this.#open(list.childElementCount > 0), { signal });
    this.addEventListener("focusout", (event) => this.contains(event.relatedTarget as Node | null) || this.#open(false), { signal });
    list.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    list.addEventListener(
      "click",
      (event) => {
        const option = event.target instanceof Element ? event.target.closest<HTMLElement>('[role="option"]') : null;
        if (!option) return;
        event.preventDefault();
        this.#choose(option);
      },
      { signal },
    );
  }

  #input = (): HTMLInputElement | null => this.querySelector('[role="combobox"]');
  #list = (): HTMLElement | null => this.querySelector(".menu");
  #several = (): boolean => this.hasAttribute("data-several");
  #options = (): HTMLElement[] => [...(this.#list()?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])];

  /** Turns found boxes into options of the list; the box itself waits unseen for the choice. */
  #mark(): void {
    const chosen = new Set([...this.querySelectorAll<HTMLInputElement>("[data-chosen] input")].map((box) => box.value));
    for (const label of this.#list()?.querySelectorAll<HTMLElement>("label") ?? []) {
      const box = label.querySelector("input");
      if (!box) continue;
      if (chosen.has(box.value)) {
        label.remove();
        continue;
      }
      box.hidden = true;
      box.checked = false;
      label.role = "option";
      label.ariaSelected = "false";
      made += 1;
      label.id ||= `n-option-${made}`;
    }
    this.#open(document.activeElement === this.#input() && (this.#list()?.childElementCount ?? 0) > 0);
  }

  #open(open: boolean): void {
    const input = this.#input();
    const list = this.#list();
    if (!input || !list) return;
    list.hidden = !open;
    input.ariaExpanded = String(open);
    if (!open) this.#point(-1);
  }

  #point(at: number): void {
    const input = this.#input();
    input?.removeAttribute("aria-activedescendant");
    this.#options().forEach((option, index) => {
      option.ariaSelected = String(index === at);
      if (index !== at) return;
      input?.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  }

  #key(event: KeyboardEvent): void {
    const options = this.#options();
    const at = options.findIndex((option) => option.ariaSelected === "true");
    const input = this.#input();
    switch (event.key) {
      case "ArrowDown":
        this.#open(options.length > 0);
        this.#point(Math.min(at + 1, options.length - 1));
        break;
      case "ArrowUp":
        this.#point(Math.max(at - 1, 0));
        break;
      case "Enter": {
        if (event.ctrlKey || event.metaKey || event.isComposing) return;
        const option = options[at];
        if (option) this.#choose(option);
        else if (input?.value === "") return;
        break; // never submits the form half-way through a search
      }
      case "Escape":
        if (input?.ariaExpanded !== "true") return;
        this.#open(false);
        event.stopPropagation();
        break;
      case "Backspace": {
        if (input?.value !== "") return;
        const last = [...this.querySelectorAll<HTMLElement>("[data-chosen] label")].at(-1);
        last?.remove();
        this.#changed();
        return;
      }
      default:
        return;
    }
    event.preventDefault();
  }

  #choose(option: HTMLElement): void {
    const chosen = this.querySelector<HTMLElement>("[data-chosen]");
    const box = option.querySelector("input");
    const input = this.#input();
    if (!chosen || !box || !input) return;
    if (!this.#several()) chosen.replaceChildren();
    option.removeAttribute("role");
    option.removeAttribute("aria-selected");
    box.hidden = false;
    box.checked = true;
    chosen.append(option);
    input.value = "";
    this.#open(false);
    input.focus();
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

define("n-picker", Picker);
