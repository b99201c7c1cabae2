import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** Keeps unsent text in this browser. `key`: what it belongs to, e.g. a goal's id. Wraps the controls. */
class Draft extends Part {
  protected start(signal: AbortSignal): void {
    for (const control of this.querySelectorAll<HTMLTextAreaElement>("textarea[name]")) {
      const kept = this.#read(control.name);
      if (kept === null || control.value !== "") continue;
      control.value = kept;
      const note = this.querySelector<HTMLElement>("[data-draft-note]");
      if (note) note.hidden = false;
    }
    this.addEventListener(
      "input",
      (event) => {
        const control = event.target;
        if (control instanceof HTMLTextAreaElement && control.name) this.#write(control.name, control.value);
      },
      { signal },
    );
    const form = this.closest("form");
    form?.addEventListener(
      "htmx:after:request",
      (event) => {
        const ctx = (event as CustomEvent<{ ctx: { request: { method: string }; response?: { raw: Response } } }>).detail.ctx;
        if (ctx.request.method !== "GET" && ctx.response?.raw.ok && event.target === form) this.#clear();
      },
      { signal },
    );
    // Sent as a plain form: what the server refuses, it sends back itself.
    form?.addEventListener("submit", () => form.hasAttribute("hx-post") || this.#clear(), { signal });
    this.addEventListener(
      "click",
      (event) => {
        if (!(event.target instanceof Element && event.target.closest("[data-draft-discard]"))) return;
        for (const control of this.querySelectorAll<HTMLTextAreaElement>("textarea[name]")) control.value = "";
        this.#clear();
      },
      { signal },
    );
  }

  #name = (field: string): string => `northing.draft.${this.getAttribute("key") ?? location.pathname}.${field}`;

  // Storage may be forbidden or full: then a draft is not kept, and nothing else suffers.
  #read(field: string): string | null {
    try {
      return localStorage.getItem(this.#name(field));
    } catch {
      return null;
    }
  }

  #write(field: string, text: string): void {
    try {
      if (text === "") localStorage.removeItem(this.#name(field));
      else localStorage.setItem(this.#name(field), text);
    } catch {
      console.warn("This browser keeps no drafts.");
    }
  }

  #clear(): void {
    for (const control of this.querySelectorAll<HTMLTextAreaElement>("textarea[name]")) this.#write(control.name, "");
    const note = this.querySelector<HTMLElement>("[data-draft-note]");
    if (note) note.hidden = true;
  }
}

define("n-draft", Draft);
