import { define, openDialog } from "../lib/server.ts";
import { percentAt } from "../lib/slide.ts";
import { Part } from "./base.ts";

/** How far the pointer goes, in pixels, before it counts as dragging. */
const SLACK = 4;

/** Dragging a progress bar opens the check-in with the percentage where it was let go; nothing is saved by it. Esc lets it be. */
class Slide extends Part {
  #bar: SVGSVGElement | null = null;
  #goal = "";
  #from = 0;
  #at: number | null = null;

  protected start(signal: AbortSignal): void {
    document.addEventListener("pointerdown", (event) => this.#take(event), { signal });
    document.addEventListener("pointermove", (event) => this.#move(event), { signal });
    document.addEventListener("pointerup", () => this.#let(true), { signal });
    document.addEventListener("pointercancel", () => this.#let(false), { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#let(false), { signal });
  }

  /** Only a bar of a goal that the person may check in on, and not by touch: there it scrolls. */
  #take(event: PointerEvent): void {
    if (event.button !== 0 || event.pointerType === "touch" || !(event.target instanceof Element)) return;
    const bar = event.target.closest<SVGSVGElement>("svg.bar");
    const goal = bar?.closest<HTMLElement>("[data-goal]");
    if (!bar || !goal?.dataset.goal || !(bar.hasAttribute("data-slide") || goal.querySelector(".quick"))) return;
    event.preventDefault();
    this.#bar = bar;
    this.#goal = goal.dataset.goal;
    this.#from = event.clientX;
  }

  #move(event: PointerEvent): void {
    const bar = this.#bar;
    if (!bar || (this.#at === null && Math.abs(event.clientX - this.#from) < SLACK)) return;
    const box = bar.getBoundingClientRect();
    this.#at = percentAt(event.clientX, box.left, box.width);
    let ghost = bar.querySelector<SVGElement>(".g");
    if (!ghost) {
      ghost = document.createElementNS(bar.namespaceURI, "rect") as SVGElement;
      ghost.setAttribute("class", "g");
      const label = document.createElementNS(bar.namespaceURI, "text");
      label.setAttribute("class", "gv");
      bar.append(ghost, label);
    }
    ghost.setAttribute("width", `${this.#at}%`);
    const label = bar.querySelector(".gv");
    label?.setAttribute("x", `${this.#at}%`);
    if (label) label.textContent = `${this.#at}%`;
  }

  #let(ask: boolean): void {
    const [bar, at] = [this.#bar, this.#at];
    this.#bar = null;
    this.#at = null;
    for (const part of bar?.querySelectorAll(".g, .gv") ?? []) part.remove();
    if (ask && bar && at !== null) openDialog(`/goals/${this.#goal}/check-ins/new?progress=${at}`);
  }
}

define("n-slide", Slide);
