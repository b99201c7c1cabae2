import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** Shows dialogs that the server put into `#dialog` as modal ones; Esc closes, focus returns to what opened them. */
class Dialog extends Part {
  #opener: HTMLElement | null = null;
  /** What had the focus last outside of dialogs: a dialog may take it before it is shown as modal. */
  #outside: HTMLElement | null = null;

  protected start(signal: AbortSignal): void {
    document.addEventListener("click", (event) => this.#click(event), { signal });
    document.addEventListener(
      "focusin",
      (event) => {
        if (event.target instanceof HTMLElement && !event.target.closest("dialog")) this.#outside = event.target;
      },
      { signal },
    );
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("htmx:finally:request", (event) => this.#accepted(event), { signal });
    document.addEventListener("dialog:close", () => this.#region()?.querySelector("dialog")?.close(), { signal });
    const watch = new MutationObserver(() => this.#show());
    const region = this.#region();
    if (region) watch.observe(region, { childList: true });
    signal.addEventListener("abort", () => watch.disconnect());
    this.#show();
  }

  #region(): HTMLElement | null {
    return document.getElementById("dialog");
  }

  #show(): void {
    const dialog = this.#region()?.querySelector<HTMLDialogElement>("dialog");
    if (!dialog) {
      // The server answered with nothing: the dialog is done.
      const back = this.#opener;
      this.#opener = null;
      if (back?.isConnected) back.focus();
      return;
    }
    if (dialog.matches(":modal")) return;
    this.#opener ??= this.#outside;
    dialog.open = false;
    dialog.addEventListener("close", () => dialog.remove(), { once: true });
    dialog.showModal();
    const first = dialog.querySelector<HTMLElement>('[aria-invalid="true"]') ?? dialog.querySelector<HTMLElement>("[autofocus]") ?? dialog.querySelector<HTMLElement>("input:not([type=hidden]):not([disabled]), textarea, select");
    first?.focus();
    if (first instanceof HTMLInputElement && first.type !== "checkbox" && first.type !== "radio") first.select();
  }

  /** The dialog's own form was accepted and no other dialog came back: it is done. */
  #accepted(event: Event): void {
    const { ctx } = (event as CustomEvent<{ ctx: { request: { method: string }; response?: { raw: Response } } }>).detail;
    const form = event.target instanceof Element ? event.target : null;
    if (ctx.request.method === "GET" || !ctx.response?.raw.ok || form?.getAttribute("hx-target") !== "#dialog") return;
    form.closest<HTMLDialogElement>("#dialog dialog")?.close();
  }

  #click(event: MouseEvent): void {
    const close = event.target instanceof Element ? event.target.closest("[data-close]") : null;
    const dialog = close?.closest<HTMLDialogElement>("#dialog dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>("[data-default], .btn-p[type=submit], .btn-p:not([type])");
    if (button && !button.disabled && button.ariaBusy !== "true") form.requestSubmit(button);
  }
}

define("n-dialog", Dialog);
