// What every element needs of htmx and the page.
import htmx from "htmx.org";

/** Opens a server-rendered dialog in the page's dialog region. */
export function openDialog(href: string): void {
  const region = document.getElementById("dialog");
  if (region) void htmx.ajax("GET", href, { source: region, target: region, swap: "innerHTML" });
  else location.assign(href);
}

/** The goal that a key means: the focused row, else the open panel or page, else the row last visited. */
export function goalHere(): string | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-goal]");
  const here = focused ?? document.querySelector<HTMLElement>("#panel[data-goal], #panel [data-goal], main > [data-goal]") ?? document.querySelector<HTMLElement>('[data-goal][tabindex="0"]');
  return here?.dataset.goal ?? null;
}

/** The form token of the session; empty where nobody is signed in. */
export function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"], meta[name="csrf"]')?.content ?? "";
}

/** Says in a toast of the page's own why something could not be done, where the server had no chance to. */
export function failed(text: string): void {
  toast(text, "alert");
}

/** Says in a toast of the page's own what was done without the server. */
export function told(text: string): void {
  toast(text, "status");
}

function toast(text: string, role: "alert" | "status"): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const note = document.createElement("div");
  note.className = "toast";
  note.setAttribute("role", role);
  note.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "btn btn-q";
  close.type = "button";
  close.dataset.dismiss = "";
  close.textContent = "Dismiss";
  note.append(words, close);
  region.append(note);
}

/** Registers an element once, whatever loads the script again. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
