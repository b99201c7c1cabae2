// What every element needs of htmx and the page.
import htmx from "htmx.org";

/** Opens a server-rendered dialog in the page's dialog region. */
export function openDialog(href: string): void {
  const region = document.getElementById("dialog");
  if (region) void htmx.ajax("GET", href, { source: region, target: region, swap: "innerHTML" });
  else location.assign(href);
}

/** The form token of the session; empty where nobody is signed in. */
export function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"], meta[name="csrf"]')?.content ?? "";
}

/** Shows a toast of the page's own, where the server had no chance to send one. */
export function failed(text: string): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.setAttribute("role", "alert");
  toast.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "btn btn-q";
  close.type = "button";
  close.dataset.dismiss = "";
  close.textContent = "Dismiss";
  toast.append(words, close);
  region.append(toast);
}

/** Registers an element once, whatever loads the script again. */
export function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
