import htmx from "htmx.org";
import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** A list whose `li[data-movable]` are dragged, or moved with Alt and an arrow. `data-move`: `/{task}/move` is posted below it. */
class Sort extends Part {
  #dragged: HTMLElement | null = null;

  protected start(signal: AbortSignal): void {
    for (const row of this.#rows()) row.draggable = true;
    this.addEventListener("dragstart", (event) => (this.#dragged = this.#row(event)), { signal });
    this.addEventListener(
      "dragover",
      (event) => {
        if (!this.#dragged) return;
        event.preventDefault();
        for (const row of this.#rows()) row.classList.toggle("over", row === this.#row(event) && row !== this.#dragged);
      },
      { signal },
    );
    this.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        const over = this.#row(event);
        if (!this.#dragged || !over || over === this.#dragged) return;
        const rows = this.#rows();
        const below = rows.indexOf(over) > rows.indexOf(this.#dragged) ? rows[rows.indexOf(over) + 1] : over;
        this.#move(this.#dragged, below ? `before=${below.dataset.task}` : "place=last");
      },
      { signal },
    );
    this.addEventListener("dragend", () => (this.#dragged = null), { signal });
    this.addEventListener(
      "keydown",
      (event) => {
        const row = this.#row(event);
        const place = { ArrowUp: "up", ArrowDown: "down" }[event.key];
        if (!row || !place || !event.altKey) return;
        event.preventDefault();
        this.#move(row, `place=${place}`);
      },
      { signal },
    );
  }

  #rows = (): HTMLElement[] => [...this.querySelectorAll<HTMLElement>("li[data-movable]")];
  #row = (event: Event): HTMLElement | null => (event.target instanceof Element ? event.target.closest<HTMLElement>("li[data-movable]") : null);

  #move(row: HTMLElement, where: string): void {
    const focus = `#${row.id} button`;
    void htmx.ajax("POST", `${this.dataset.move}/${row.dataset.task}/move?${where}`, { source: this, swap: "none" }).then(() => document.querySelector<HTMLElement>(focus)?.focus());
  }
}

define("n-sort", Sort);
