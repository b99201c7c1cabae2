import htmx from "htmx.org";
import { delay } from "../lib/backoff.ts";
import type { Update } from "../lib/live.ts";
import { updateOf } from "../lib/live.ts";
import { define } from "../lib/server.ts";
import { placed, rowAddress } from "../lib/tree.ts";
import { Part } from "./base.ts";

const MANY = 20; // above this many changed parts, the whole list is one request
const AWAY = 60_000; // milliseconds out of sight before the connection is given back

/** Keeps what is shown in step with the server. `src`: the stream of events. */
class Live extends Part {
  #source: EventSource | null = null;
  #last = "";
  #attempt = 0;
  #timer = 0;
  readonly #changed = new Set<string>();
  #tree = false;
  #pending = 0;

  protected start(signal: AbortSignal): void {
    this.#connect();
    let away = 0;
    document.addEventListener(
      "visibilitychange",
      () => {
        clearTimeout(away);
        if (document.hidden) away = window.setTimeout(() => this.#close(), AWAY);
        else if (!this.#source) this.#connect();
      },
      { signal },
    );
    for (const name of ["tree:changed", "tree:stale"]) document.addEventListener(name, (event) => void this.#first(event), { signal });
    window.addEventListener("pagehide", () => this.#close(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#connect(), { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(away);
      this.#close();
    });
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.removeAttribute("data-listening");
  }

  #connect(): void {
    const src = this.getAttribute("src");
    if (!src || this.#source) return;
    const url = new URL(src, location.href);
    // A new EventSource sends no Last-Event-ID of its own; only its reconnections do.
    if (this.#last !== "") url.searchParams.set("last-event-id", this.#last);
    const source = new EventSource(url);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#attempt = 0;
      this.toggleAttribute("data-listening", true);
    });
    const receive = (event: MessageEvent<string>) => {
      if (event.lastEventId) this.#last = event.lastEventId;
      const update = updateOf(event.data);
      if (update) this.#note(update);
    };
    source.addEventListener("message", receive);
    source.addEventListener("goals", receive);
    source.addEventListener("reset", (event) => {
      // The server no longer knows what was missed.
      this.#last = (event as MessageEvent).lastEventId;
      void this.#whole();
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      this.#close();
      this.#timer = window.setTimeout(() => this.#connect(), delay(this.#attempt, Math.random()));
      this.#attempt += 1;
    });
  }

  /** Collects what comes at once: one check-in moves many goals. */
  #note({ goals, tree }: Update): void {
    for (const goal of goals) this.#changed.add(goal);
    this.#tree ||= tree;
    if (this.#pending) return;
    this.#pending = window.setTimeout(() => {
      this.#pending = 0;
      const changed = new Set(this.#changed);
      this.#changed.clear();
      const tree = this.#tree;
      this.#tree = false;
      if (tree) document.dispatchEvent(new Event("tree:stale"));
      this.#refresh(changed, tree);
    }, 50);
  }

  /** Where rows came, went or moved, the list is read as a whole. */
  #refresh(changed: ReadonlySet<string>, tree: boolean): void {
    const which = tree ? "[data-refresh]" : ":is([data-refresh], [aria-level])";
    const parts = [...document.querySelectorAll<HTMLElement>(`[data-goal]${which}`)].filter((part) => changed.has(part.dataset.goal ?? ""));
    if (parts.length > MANY) void this.#whole();
    else for (const part of parts) if (!this.#busy(part)) void this.#one(part);
  }

  /** What somebody is typing into stays as it is. */
  #busy(part: HTMLElement): boolean {
    const at = document.activeElement;
    return at !== null && part.contains(at) && at.matches("input, textarea, select");
  }

  async #one(part: HTMLElement): Promise<void> {
    const before = part.textContent;
    const { id } = part;
    // A branch that was opened here is not known to the address that the server gave.
    const open = part.getAttribute("aria-expanded") === "true" ? "&open=true" : "";
    // Somebody may have begun to type into it while the answer was on its way.
    const keep = (event: Event) => {
      const { ctx } = (event as CustomEvent<{ ctx: { swap?: string } }>).detail;
      if (ctx.swap === "outerMorph" && this.#busy(part)) event.preventDefault();
    };
    part.addEventListener("htmx:before:swap", keep);
    const opened = unfolded(part);
    await htmx.ajax("GET", (part.dataset.refresh ?? rowAddress(placed(part))) + open, { source: part, target: part, swap: "outerMorph" });
    part.removeEventListener("htmx:before:swap", keep);
    const after = (id ? document.getElementById(id) : part) ?? part;
    unfold(after, opened);
    if (after.textContent === before) return;
    after.classList.add("moved");
    after.addEventListener("animationend", () => after.classList.remove("moved"), { once: true });
  }

  /** The first goal of a list that was empty: there is no tree yet that could show it. */
  async #first(event: Event): Promise<void> {
    if (document.querySelector("n-tree") || !document.querySelector("#main .empty")) return;
    const { goal } = (event as CustomEvent<{ goal?: string } | null>).detail ?? {};
    await this.#whole();
    if (goal) document.getElementById(`row-${goal}`)?.focus();
  }

  async #whole(): Promise<void> {
    const main = document.getElementById("main");
    if (!main || this.#busy(main)) return;
    const opened = unfolded(main);
    await htmx.ajax("GET", location.pathname + location.search, { source: this, target: main, select: "#main", swap: "outerMorph" });
    unfold(document.getElementById("main") ?? main, opened);
  }
}

/** What somebody has unfolded stays so; the server knows nothing of it. */
function unfolded(part: HTMLElement): Set<string> {
  return new Set([...part.querySelectorAll("details")].filter((it) => it.open).map(nameOf));
}

function unfold(part: HTMLElement, names: ReadonlySet<string>): void {
  for (const it of part.querySelectorAll("details")) if (names.has(nameOf(it))) it.open = true;
}

function nameOf(details: HTMLDetailsElement): string {
  return `${details.className} ${details.querySelector("summary")?.textContent}`;
}

define("n-live", Live);
