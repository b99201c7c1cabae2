import { define, failed } from "../lib/server.ts";
import { Part } from "./base.ts";

const SHOWN = 8_000; // milliseconds

/** Toasts go after eight seconds, not while one points at them or reads them; failures stay until dismissed. */
class Toast extends Part {
  readonly #timers = new Map<Element, number>();

  protected start(signal: AbortSignal): void {
    this.addEventListener(
      "click",
      (event) => {
        if (event.target instanceof Element && event.target.closest("[data-dismiss]")) event.target.closest(".toast")?.remove();
      },
      { signal },
    );
    // The undo was asked for: its toast has done its work.
    this.addEventListener("htmx:finally:request", (event) => (event.target as Element).closest(".toast")?.remove(), { signal });
    for (const pause of ["pointerenter", "focusin"]) this.addEventListener(pause, () => this.#pause(), { signal, capture: true });
    for (const resume of ["pointerleave", "focusout"]) this.addEventListener(resume, () => this.#watch(), { signal });
    const watch = new MutationObserver(() => this.#watch());
    watch.observe(this, { childList: true, subtree: true });
    this.#watch();
    document.addEventListener("htmx:error", (event) => this.#unreachable(event), { signal });
    signal.addEventListener("abort", () => {
      watch.disconnect();
      this.#pause();
    });
  }

  #unreachable(event: Event): void {
    const error: unknown = (event as CustomEvent<{ error?: unknown }>).detail.error;
    // A request that a newer one replaced is no failure.
    if (error instanceof DOMException && error.name === "AbortError") return;
    if (error instanceof TypeError) failed("The server could not be reached. What you typed is still here; try again.");
  }

  #watch(): void {
    for (const toast of this.querySelectorAll('.toast:not([role="alert"])')) {
      if (this.#timers.has(toast)) continue;
      this.#timers.set(
        toast,
        window.setTimeout(() => {
          this.#timers.delete(toast);
          toast.remove();
        }, SHOWN),
      );
    }
  }

  #pause(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}

define("n-toast", Toast);
