import htmx from "htmx.org";
import { define, failed } from "../lib/server.ts";
import { branchAddress, endOfBranch, mayDrop, moveByKey, moveToAdd, numbered, parentOf, placeAt, placed, rowAddress, withBranch, withLevel, withPanel } from "../lib/tree.ts";
import type { Move, Place } from "../lib/tree.ts";
import { Part } from "./base.ts";

const ROW = 'tbody [role="row"][aria-level]';

/** The tree-grid: one row takes the focus, keys walk it, branches open and close, rows are dragged. See README.md. */
class Tree extends Part {
  #dragged: HTMLElement | null = null;
  #later = 0;
  #opening: AbortController | null = null;
  #turn: Promise<void> = Promise.resolve();

  protected start(signal: AbortSignal): void {
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    // Before htmx sees it: opening is ours, with its address and its aria state.
    this.addEventListener("click", (event) => this.#click(event), { signal, capture: true });
    this.addEventListener("beforetoggle", (event) => this.#menu(event), { signal, capture: true });
    this.addEventListener("focusin", (event) => this.#rove(this.#rowOf(event.target)), { signal });
    this.addEventListener("pointerdown", (event) => this.#grab(event), { signal });
    document.addEventListener("pointerup", () => this.#endDrag(), { signal });
    this.addEventListener("dragstart", (event) => this.#drag(event), { signal });
    this.addEventListener("dragover", (event) => this.#over(event), { signal });
    this.addEventListener("drop", (event) => this.#drop(event), { signal });
    this.addEventListener("dragend", () => this.#endDrag(), { signal });
    // Something was created, aligned or moved elsewhere on the page: a dialog, a menu, an undo.
    document.addEventListener("tree:changed", (event) => void this.#changed(event), { signal });
    document.addEventListener("tree:stale", () => this.#stale(), { signal });
    document.addEventListener("click", (event) => this.#levels(event), { signal });
    document.addEventListener("n-focus-row", () => (this.#current() ?? this.#rows()[0])?.focus(), { signal });
    this.#settle();
    const watch = new MutationObserver(() => this.#settle());
    watch.observe(this, { childList: true, subtree: true });
    signal.addEventListener("abort", () => {
      watch.disconnect();
      clearTimeout(this.#later);
    });
  }

  #rows(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(ROW)];
  }

  #levelled() {
    return this.#rows().map((element) => ({ element, level: Number(element.ariaLevel) || 1 }));
  }

  #rowOf(target: EventTarget | null): HTMLElement | null {
    return target instanceof Element ? target.closest<HTMLElement>(ROW) : null;
  }

  #current(): HTMLElement | null {
    return this.querySelector<HTMLElement>(`${ROW}[tabindex="0"]`);
  }

  /** Exactly one row can be reached by Tab, whatever was swapped in, and rows know their place among their siblings. */
  #settle(): void {
    const rows = this.#rows();
    const goals = this.#levelled().filter(({ element }) => element.dataset.goal);
    const more = this.querySelector("[data-more]") !== null;
    for (const [at, { place, of }] of numbered(goals).entries()) {
      const row = goals[at];
      // Of a list that goes on nobody knows here how many rows its top has.
      if (!row || (more && row.level === 1)) continue;
      if (row.element.ariaPosInSet !== String(place)) row.element.ariaPosInSet = String(place);
      if (row.element.ariaSetSize !== String(of)) row.element.ariaSetSize = String(of);
    }
    const stops = rows.filter((row) => row.tabIndex === 0);
    if (stops.length === 1) return;
    const keep = rows.find((row) => row.contains(document.activeElement)) ?? rows.find((row) => row.ariaSelected === "true") ?? stops[0] ?? rows[0];
    for (const row of rows) row.tabIndex = row === keep ? 0 : -1;
  }

  #rove(row: HTMLElement | null): void {
    if (!row || row.tabIndex === 0) return;
    for (const other of this.#rows()) if (other !== row && other.tabIndex === 0) other.tabIndex = -1;
    row.tabIndex = 0;
    for (const quick of this.querySelectorAll(".quick.on")) quick.classList.remove("on");
    row.querySelector(".quick")?.classList.add("on");
  }

  #focus(row: HTMLElement | undefined): void {
    if (!row) return;
    this.#rove(row);
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  #key(event: KeyboardEvent): void {
    const row = this.#rowOf(event.target);
    if (!row || event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing) return;
    const onRow = event.target === row;
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement;
    if (typing && event.key === "Escape") this.#leave(row, event);
    if (typing || (event.target instanceof Element && event.target.closest("[popover]"))) return;
    if (event.altKey) {
      if (this.#moveByKey(row, event.key)) event.preventDefault();
      return;
    }
    const rows = this.#levelled();
    const at = rows.findIndex(({ element }) => element === row);
    const letters = document.documentElement.dataset.shortcuts !== "off";
    switch (event.key) {
      case "j":
      case "k":
        if (!letters) return;
        this.#focus(rows[event.key === "j" ? at + 1 : at - 1]?.element);
        break;
      case "ArrowDown":
        this.#focus(rows[at + 1]?.element);
        break;
      case "ArrowUp":
        this.#focus(rows[at - 1]?.element);
        break;
      case "Home":
        this.#focus(rows[0]?.element);
        break;
      case "End":
        this.#focus(rows.findLast(({ element }) => element.dataset.goal)?.element);
        break;
      case "ArrowRight":
        if (onRow && row.ariaExpanded === "false") this.#toggle(row);
        else this.#cell(row, event.target, 1);
        break;
      case "ArrowLeft":
        if (!onRow) this.#cell(row, event.target, -1);
        else if (row.ariaExpanded === "true") this.#toggle(row);
        else this.#focus(rows[parentOf(rows, at)]?.element);
        break;
      case "Enter":
        if (!onRow) return;
        if (row.matches("[data-add]")) row.querySelector("a")?.click();
        else this.#open(row);
        break;
      case "F2":
        this.#rename(row);
        break;
      case "Escape":
        if (onRow) return;
        row.focus();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** The menu of a row is loaded each time it opens: what can be done changes. */
  #menu(event: Event): void {
    const menu = event.target;
    if (!(menu instanceof HTMLElement) || !menu.dataset.menu || (event as ToggleEvent).newState !== "open") return;
    void htmx.ajax("GET", menu.dataset.menu, { source: menu, target: menu, swap: "innerHTML" });
  }

  /** A line to type the title into, in its place. */
  #rename(row: HTMLElement): void {
    const title = row.querySelector<HTMLElement>("a.tt");
    if (title && row.dataset.goal) void htmx.ajax("GET", `/goals/${row.dataset.goal}/fields/title?in=row`, { source: row, target: title, swap: "outerHTML" });
  }

  /** Esc in a line of a row: what stood there before comes back, and nothing is saved. */
  #leave(row: HTMLElement, event: KeyboardEvent): void {
    const cancel = row.querySelector<HTMLElement>("[data-cancel]");
    if (!cancel && !row.dataset.goal) return;
    const before = cancel?.getAttribute("hx-get") ?? rowAddress(placed(row));
    event.preventDefault();
    event.stopPropagation();
    const { id } = row;
    const open = row.ariaExpanded === "true" ? "&open=true" : "";
    void htmx.ajax("GET", before + open, { source: row, target: row, swap: "outerHTML" }).then(() => this.#focus(document.getElementById(id) ?? undefined));
  }

  /** Walks what can be used inside a row; back before the first is the row itself. */
  #cell(row: HTMLElement, from: EventTarget | null, step: 1 | -1): void {
    const stops = [...row.querySelectorAll<HTMLElement>(":is(a[href], button):not(.tw)")].filter((stop) => stop.offsetParent !== null);
    const at = stops.indexOf(from as HTMLElement) + step;
    if (at < 0) row.focus();
    else stops[at]?.focus();
  }

  #open(row: HTMLElement): void {
    const link = row.querySelector<HTMLAnchorElement>("a.tt");
    const panel = document.getElementById("panel");
    if (!link) return;
    // Other parts of the page may be swapped before the panel is there.
    this.#opening?.abort();
    this.#opening = new AbortController();
    const { signal } = this.#opening;
    const done = () => {
      const heading = document.querySelector<HTMLElement>(`#panel[data-goal="${row.dataset.goal}"] :is(h1, h2)`);
      if (!heading) return;
      this.#opening?.abort();
      heading.tabIndex = -1;
      heading.focus();
    };
    if (panel && link.matches("[hx-get], [hx-boost]")) document.addEventListener("htmx:after:swap", done, { signal });
    link.click();
  }

  #click(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a.tt") : null;
    const goal = this.#rowOf(link)?.dataset.goal;
    if (link && goal) link.setAttribute("hx-push-url", withPanel(location.href, goal));
    const twisty = event.target instanceof Element ? event.target.closest<HTMLElement>(".tw:not([data-drag])") : null;
    const row = this.#rowOf(twisty);
    if (!twisty || !row?.ariaExpanded) return;
    event.preventDefault();
    event.stopPropagation();
    this.#toggle(row);
  }

  /** Opens or closes a branch and writes it to the address, so that a reload shows the same. */
  #toggle(row: HTMLElement): void {
    const open = row.ariaExpanded !== "true";
    const id = row.dataset.open ?? row.dataset.goal ?? "";
    row.ariaExpanded = String(open);
    const twisty = row.querySelector(".tw");
    const label = twisty?.getAttribute("aria-label");
    if (label) twisty?.setAttribute("aria-label", label.replace(/^(Expand|Collapse)/, open ? "Collapse" : "Expand"));
    const address = withBranch(location.href, id, open);
    history.replaceState(history.state, "", address);
    if (!open) {
      const rows = this.#levelled();
      const at = rows.findIndex(({ element }) => element === row);
      for (const { element } of rows.slice(at + 1, endOfBranch(rows, at))) element.remove();
      return;
    }
    if (row.dataset.goal) {
      row.ariaBusy = "true";
      void htmx.ajax("GET", branchAddress(placed(row)), { source: row, target: row, swap: "afterend" }).finally(() => (row.ariaBusy = null));
    } else void this.#reload();
  }

  /** A level of the whole tree opens or closes: the branches as they stand here, in an address of their own. */
  #levels(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-levels]") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const rows = this.#levelled().map(({ element, level }) => ({ level, id: element.dataset.open ?? element.dataset.goal ?? "", expanded: element.ariaExpanded }));
    location.assign(withLevel(location.href, rows, link.dataset.levels === "more"));
  }

  /** The list as the server has it now, with rows that stay keeping their focus. */
  async #reload(): Promise<void> {
    const body = this.querySelector<HTMLElement>("tbody");
    if (!body) return;
    if (!body.id) body.id = "tree-rows";
    // The last row may be gone: then the page says what to do instead.
    const empty = (event: Event) => {
      const { ctx } = (event as CustomEvent<{ ctx: { text?: string; target: Element; select?: string } }>).detail;
      if (ctx.target !== body || ctx.text?.includes(`id="${body.id}"`) !== false) return;
      ctx.target = document.getElementById("main") ?? body;
      ctx.select = "#main";
    };
    this.addEventListener("htmx:after:request", empty);
    await htmx.ajax("GET", location.pathname + location.search, { source: this, target: body, select: `#${body.id}`, selectOOB: "#summary", swap: "outerMorph" });
    this.removeEventListener("htmx:after:request", empty);
  }

  /** Somebody else made, moved or deleted goals: the list is read again as soon as nothing in it is in use. */
  #stale(): void {
    clearTimeout(this.#later);
    this.#later = window.setTimeout(() => (this.#inUse() ? this.#stale() : void this.#reload()), 200);
  }

  #inUse(): boolean {
    const at = document.activeElement;
    const typing = at !== null && this.contains(at) && at.matches("input, textarea, select");
    return typing || this.ariaBusy !== null || this.querySelector(":popover-open, [draggable=true], .htmx-request") !== null;
  }

  /** A new goal (`goal`, under `parent`) is to be seen: its branch opens and its row takes the focus. */
  async #changed(event: Event): Promise<void> {
    const { goal, parent } = (event as CustomEvent<{ goal?: string; parent?: string | null } | null>).detail ?? {};
    if (parent && this.#rows().some((row) => row.dataset.goal === parent)) history.replaceState(history.state, "", withBranch(location.href, parent, true));
    await this.#reload();
    if (!goal || document.querySelector("dialog:modal")) return;
    this.#focus(this.#rows().find((row) => row.dataset.goal === goal));
  }

  /** A key pressed while an earlier move is on its way waits for it: then the list is as it will be. */
  #moveByKey(row: HTMLElement, key: string): boolean {
    if (!/^Arrow(Up|Down|Left|Right)$/.test(key) || !this.#movable(row)) return false;
    this.#turn = this.#turn.then(async () => {
      const now = document.getElementById(row.id) ?? row;
      const rows = this.#levelled();
      const move = moveByKey(rows, rows.findIndex(({ element }) => element === now), key);
      if (move) await this.#move(now, move);
    });
    return true;
  }

  #movable(row: HTMLElement): boolean {
    return row.matches("[data-movable]") || row.querySelector("[data-drag]") !== null;
  }

  /** Tells the server; it decides and answers with a toast that says what happened or why not. Then the list is read again. */
  async #move(row: HTMLElement, move: Move): Promise<void> {
    const rows = this.#levelled();
    const at = rows.findIndex(({ element }) => element === row);
    const reference = rows[move.at]?.element;
    if (!reference?.dataset.goal || !row.dataset.goal) return;
    const parent = (index: number) => rows[parentOf(rows, index)]?.element.dataset.goal ?? "";
    const values = {
      place: move.place,
      reference: reference.dataset.goal,
      from: parent(at),
      to: move.place === "under" ? reference.dataset.goal : parent(move.at),
      list: this.dataset.list ?? "",
    };
    let status = 0;
    const note = (event: Event) => {
      status = (event as CustomEvent<{ ctx: { response?: { raw: Response } } }>).detail.ctx.response?.raw.status ?? 0;
    };
    row.addEventListener("htmx:after:request", note, { once: true });
    this.ariaBusy = "true";
    try {
      await htmx.ajax("POST", `/goals/${row.dataset.goal}/move`, { source: row, target: row, swap: "none", values });
      // Where it went is to be seen.
      if (status > 0 && status < 400 && move.place === "under") history.replaceState(history.state, "", withBranch(location.href, reference.dataset.goal, true));
    } catch {
      failed("The goal could not be moved. Nothing was changed.");
    } finally {
      const focused = row.contains(document.activeElement);
      await this.#reload();
      this.ariaBusy = null;
      if (focused) this.#focus(document.getElementById(row.id) ?? undefined);
    }
  }

  #grab(event: PointerEvent): void {
    const row = this.#rowOf(event.target);
    // A bar that is dragged is a check-in (slide.ts), not the row on its way elsewhere.
    const slides = event.target instanceof Element && event.target.closest("svg.bar") && row?.querySelector(".quick");
    if (row && !slides && this.#movable(row)) row.draggable = true;
  }

  #drag(event: DragEvent): void {
    const row = this.#rowOf(event.target);
    if (!row?.dataset.goal || !event.dataTransfer) return;
    this.#dragged = row;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.querySelector(".tt")?.textContent ?? "");
  }

  #target(event: DragEvent): { row: HTMLElement; move: Move } | null {
    const row = this.#rowOf(event.target);
    if (!row || !this.#dragged) return null;
    const rows = this.#levelled();
    const from = rows.findIndex(({ element }) => element === this.#dragged);
    const at = rows.findIndex(({ element }) => element === row);
    if (row.matches("[data-add]")) {
      const move = from < 0 ? null : moveToAdd(rows, from, at);
      return move && { row, move };
    }
    if (!row.dataset.goal || from < 0 || at < 0 || !mayDrop(rows, from, at)) return null;
    const box = row.getBoundingClientRect();
    const place: Place = placeAt(event.clientY, box.top, box.height);
    return { row, move: { place, at } };
  }

  #over(event: DragEvent): void {
    const target = this.#target(event);
    for (const marked of this.querySelectorAll("[data-drop]")) marked.removeAttribute("data-drop");
    if (!target) return;
    event.preventDefault();
    target.row.dataset.drop = target.row.dataset.goal ? target.move.place : "under";
  }

  #drop(event: DragEvent): void {
    const target = this.#target(event);
    const dragged = this.#dragged;
    this.#endDrag();
    if (!target || !dragged) return;
    event.preventDefault();
    void this.#move(dragged, target.move);
  }

  #endDrag(): void {
    for (const row of this.querySelectorAll<HTMLElement>("[draggable=true]")) row.removeAttribute("draggable");
    this.#dragged = null;
    for (const marked of this.querySelectorAll("[data-drop]")) marked.removeAttribute("data-drop");
  }
}

define("n-tree", Tree);
