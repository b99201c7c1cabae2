import htmx from "htmx.org";
import { isCommand } from "../lib/keys.ts";
import { define, goalHere, openDialog } from "../lib/server.ts";
import { Part } from "./base.ts";

/** The command palette: opens by key or link, walks what the server found. */
class Palette extends Part {
  protected start(signal: AbortSignal): void {
    document.addEventListener(
      "keydown",
      (event) => {
        if (!isCommand(event) || event.shiftKey || event.key.toLowerCase() !== "k") return;
        event.preventDefault();
        this.#show();
      },
      { signal },
    );
    document.addEventListener(
      "click",
      (event) => {
        const opener = event.target instanceof Element ? event.target.closest("[data-palette]") : null;
        if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.#show();
      },
      { signal },
    );
    document.addEventListener("n-palette", () => this.#show(), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener(
      "click",
      (event) => {
        const dialog = this.#dialog();
        if (event.target === dialog) dialog?.close();
        const option = event.target instanceof Element ? event.target.closest<HTMLElement>('[role="option"]') : null;
        if (option) this.#go(option);
      },
      { signal },
    );
    this.addEventListener("htmx:after:swap", () => this.#select(0), { signal });
  }

  #dialog(): HTMLDialogElement | null {
    return this.querySelector("dialog");
  }

  #show(): void {
    const dialog = this.#dialog();
    const input = this.querySelector<HTMLInputElement>('input[type="search"]');
    const about = this.querySelector<HTMLInputElement>('input[name="goal"]');
    if (!dialog || !input || !about) return;
    // What keys would act on here is offered too.
    about.value = goalHere() ?? "";
    about.disabled = about.value === "";
    if (!dialog.open) dialog.showModal();
    input.select();
    input.focus();
    htmx.trigger(input, "n-open");
  }

  #options(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role="option"]')];
  }

  #key(event: KeyboardEvent): void {
    const options = this.#options();
    const at = options.findIndex((option) => option.ariaSelected === "true");
    switch (event.key) {
      case "ArrowDown":
        this.#select(Math.min(at + 1, options.length - 1));
        break;
      case "ArrowUp":
        this.#select(Math.max(at - 1, 0));
        break;
      case "Enter": {
        const option = options[at];
        if (!option || event.isComposing) return;
        this.#go(option);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  }

  #select(at: number): void {
    const input = this.querySelector('input[type="search"]');
    this.#options().forEach((option, index) => {
      option.ariaSelected = String(index === at);
      if (index !== at) return;
      if (option.id) input?.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  }

  #go(option: HTMLElement): void {
    this.#dialog()?.close();
    const { href, dialog } = option.dataset;
    if (href && dialog !== undefined) openDialog(href);
    else if (href) location.assign(href);
  }
}

define("n-palette", Palette);
