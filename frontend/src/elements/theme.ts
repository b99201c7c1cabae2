import { csrf, define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** Switches between light and dark at once; the server keeps the choice. */
class Theme extends Part {
  protected start(signal: AbortSignal): void {
    document.addEventListener(
      "click",
      (event) => {
        const toggle = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-theme-toggle]") : null;
        if (!toggle) return;
        event.preventDefault();
        const root = document.documentElement;
        const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
        root.dataset.theme = now === "dark" ? "light" : "dark";
        const action = toggle.closest("form")?.action;
        if (!action) return;
        const body = new URLSearchParams({ theme: root.dataset.theme, csrf: csrf() });
        void fetch(action, { method: "POST", body, headers: { "X-CSRF-Token": csrf(), "HX-Request": "true" } });
      },
      { signal },
    );
  }
}

define("n-theme", Theme);
