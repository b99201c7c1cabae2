import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

const PAUSE = 150; // milliseconds after the last key
let made = 0;

/** Offers people after an `@` in its textarea; the name is put there as plain text. Asks `/mentions?q=`. */
class Mention extends Part {
  #list: HTMLElement | null = null;
  #timer = 0;
  #asked = 0;

  protected start(signal: AbortSignal): void {
    const text = this.querySelector("textarea");
    if (!text) return;
    made += 1;
    const list = document.createElement("div");
    list.className = "menu mentions";
    list.id = `mentions-${made}`;
    list.role = "listbox";
    list.ariaLabel = "People";
    list.hidden = true;
    this.#list = list;
    text.addEventListener("input", () => this.#soon(text), { signal });
    text.addEventListener("keydown", (event) => this.#key(event, text), { signal });
    text.addEventListener("blur", () => this.#close(text), { signal });
    list.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    list.addEventListener(
      "click",
      (event) => {
        const option = event.target instanceof Element ? event.target.closest<HTMLElement>('[role="option"]') : null;
        if (option) this.#choose(text, option);
      },
      { signal },
    );
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      list.remove();
    });
  }

  /** The name that is being typed: what stands between an `@` and the caret. */
  #typed(text: HTMLTextAreaElement): string | null {
    return /(?:^|[^\p{L}\p{N}])@([^@\n]{0,40})$/u.exec(text.value.slice(0, text.selectionStart))?.[1] ?? null;
  }

  #soon(text: HTMLTextAreaElement): void {
    clearTimeout(this.#timer);
    const typed = this.#typed(text);
    if (typed === null || / .* .* /.test(typed)) this.#close(text);
    else this.#timer = window.setTimeout(() => void this.#ask(text, typed), PAUSE);
  }

  async #ask(text: HTMLTextAreaElement, typed: string): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const answer = await fetch(`/mentions?q=${encodeURIComponent(typed)}`).catch(() => null);
    const list = this.#list;
    if (!answer?.ok || !list || mine !== this.#asked) return;
    // Only now: a live update of the page would take away what the server did not send.
    if (!list.isConnected) this.append(list);
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-controls", list.id);
    list.innerHTML = await answer.text();
    [...list.children].forEach((option, at) => (option.id = `${list.id}-${at}`));
    list.hidden = list.childElementCount === 0;
    this.#point(text, list.hidden ? -1 : 0);
  }

  #options = (): HTMLElement[] => [...(this.#list?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])];

  #point(text: HTMLTextAreaElement, at: number): void {
    text.removeAttribute("aria-activedescendant");
    this.#options().forEach((option, index) => {
      option.ariaSelected = String(index === at);
      if (index === at) text.setAttribute("aria-activedescendant", option.id);
    });
  }

  #close(text: HTMLTextAreaElement): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (this.#list) this.#list.hidden = true;
    this.#point(text, -1);
  }

  #key(event: KeyboardEvent, text: HTMLTextAreaElement): void {
    if (!this.#list || this.#list.hidden || event.ctrlKey || event.metaKey || event.isComposing) return;
    const options = this.#options();
    const at = options.findIndex((option) => option.ariaSelected === "true");
    const option = options[at];
    if (event.key === "ArrowDown") this.#point(text, Math.min(at + 1, options.length - 1));
    else if (event.key === "ArrowUp") this.#point(text, Math.max(at - 1, 0));
    else if ((event.key === "Enter" || event.key === "Tab") && option) this.#choose(text, option);
    else if (event.key === "Escape") this.#close(text);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(text: HTMLTextAreaElement, option: HTMLElement): void {
    const typed = this.#typed(text) ?? "";
    const end = text.selectionStart;
    text.setRangeText(`${option.dataset.name ?? ""} `, end - typed.length, end, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    this.#close(text);
    text.focus();
  }
}

define("n-mention", Mention);
