// A tree shown as a flat list of rows, each with its level: what belongs to what, where one may drop, what is open.

/** What the functions need of a row. */
export interface Levelled {
  /** 1 for the top. */
  readonly level: number;
}

/** Where a goal is put, seen from another row. */
export type Place = "before" | "after" | "under";

/** What a row says of its place: enough for the addresses of the row and of its branch. */
export interface Placed extends Levelled {
  readonly goal: string;
  readonly position: number;
  readonly siblings: number;
  /** The parent under which it stands; empty at the top. */
  readonly under: string;
  /** Whether the goal stands in the list before. */
  readonly again: boolean;
}

/** The fragment with the rows below a row. */
export function branchAddress(row: Pick<Placed, "goal" | "level">): string {
  return `/goals/${row.goal}/children?level=${row.level + 1}`;
}

/** The fragment of a row alone, as it stands in its list. */
export function rowAddress(row: Placed): string {
  const under = row.under === "" ? "" : `&under=${row.under}`;
  return `/goals/${row.goal}/row?level=${row.level}&position=${row.position}&siblings=${row.siblings}${under}${row.again ? "&again=true" : ""}`;
}

/** What a row of a page says of its place. */
export function placed(row: HTMLElement): Placed {
  return {
    goal: row.dataset.goal ?? "",
    level: Number(row.ariaLevel) || 1,
    position: Number(row.ariaPosInSet) || 1,
    siblings: Number(row.ariaSetSize) || 1,
    under: row.dataset.under ?? "",
    again: row.dataset.again !== undefined,
  };
}

/** The index after the last descendant of the row at `at`. */
export function endOfBranch(rows: readonly Levelled[], at: number): number {
  const level = rows[at]?.level ?? 0;
  let end = at + 1;
  while (end < rows.length && (rows[end]?.level ?? 0) > level) end += 1;
  return end;
}

/** The index of the parent of the row at `at`; -1 at the top. */
export function parentOf(rows: readonly Levelled[], at: number): number {
  const level = rows[at]?.level ?? 1;
  for (let i = at - 1; i >= 0; i -= 1) if ((rows[i]?.level ?? 1) < level) return i;
  return -1;
}

/** The index of the sibling before (-1) or after (+1) the row at `at`; -1 where there is none. */
export function siblingOf(rows: readonly Levelled[], at: number, step: -1 | 1): number {
  const level = rows[at]?.level ?? 1;
  for (let i = at + step; i >= 0 && i < rows.length; i += step) {
    const other = rows[i]?.level ?? 1;
    if (other === level) return i;
    if (other < level) return -1;
  }
  return -1;
}

/** The place of every row among its siblings, from 1, and how many there are. */
export function numbered(rows: readonly Levelled[]): { place: number; of: number }[] {
  const groups: { place: number; of: number }[][] = []; // the open group of each level
  return rows.map(({ level }) => {
    groups.length = Math.min(groups.length, level + 1);
    const group = (groups[level] ??= []);
    const row = { place: group.length + 1, of: 0 };
    group.push(row);
    for (const each of group) each.of = group.length;
    return row;
  });
}

/** Where a pointer at `y` drops on a row from `top` of `height`: the outer quarters reorder, the middle puts it under the row. */
export function placeAt(y: number, top: number, height: number): Place {
  const part = height > 0 ? (y - top) / height : 0.5;
  return part < 0.25 ? "before" : part > 0.75 ? "after" : "under";
}

/** Whether the row at `from` may be dropped at the row at `to`: not on itself nor inside its own branch. */
export function mayDrop(rows: readonly Levelled[], from: number, to: number): boolean {
  return to < from || to >= endOfBranch(rows, from);
}

/** A move as the server is told: beside or under which goal, out of which parent, into which. */
export interface Move {
  readonly place: Place;
  /** Index of the row it is put beside or under. */
  readonly at: number;
}

/** What dropping on the line that adds a goal does: the row becomes the last of those it stands among; null where it may not. */
export function moveToAdd(rows: readonly Levelled[], from: number, at: number): Move | null {
  const last = siblingOf(rows, at, -1);
  const to = last >= 0 ? last : parentOf(rows, at);
  return to >= 0 && mayDrop(rows, from, to) ? { place: last >= 0 ? "after" : "under", at: to } : null;
}

/** What Alt with an arrow does to the row at `at`; null where there is nowhere to go. */
export function moveByKey(rows: readonly Levelled[], at: number, key: string): Move | null {
  const previous = siblingOf(rows, at, -1);
  const next = siblingOf(rows, at, 1);
  const parent = parentOf(rows, at);
  switch (key) {
    case "ArrowUp":
      return previous < 0 ? null : { place: "before", at: previous };
    case "ArrowDown":
      return next < 0 ? null : { place: "after", at: next };
    case "ArrowRight":
      return previous < 0 ? null : { place: "under", at: previous };
    case "ArrowLeft":
      return parent < 0 ? null : { place: "after", at: parent };
    default:
      return null;
  }
}

/** The address with this goal's panel open; everything else stays as it reads. */
export function withPanel(href: string, id: string): string {
  const url = new URL(href);
  const rest = url.search.slice(1).split("&").filter((part) => part !== "" && !part.startsWith("goal="));
  return `${url.pathname}?${[...rest, `goal=${encodeURIComponent(id)}`].join("&")}`;
}

/** A row with what a whole level needs to know of it. */
export interface Branch extends Levelled {
  readonly id: string;
  /** `true` or `false` on parents, else null. */
  readonly expanded: string | null;
}

/** As many branches as an address may keep open. */
const MOST = 50;

/** The address with every shown branch open one level further, or with the deepest open ones closed. */
export function withLevel(href: string, rows: readonly Branch[], more: boolean): string {
  const open = rows.filter((row) => row.expanded === "true");
  const deepest = Math.max(0, ...open.map((row) => row.level));
  const kept = more ? rows.filter((row) => row.expanded !== null) : open.filter((row) => row.level < deepest);
  return withOpen(href, [...new Set(kept.map((row) => row.id))].slice(0, MOST));
}

/** The address with a branch added to or taken from `open`; everything else stays. */
export function withBranch(href: string, id: string, open: boolean): string {
  const ids = new Set((new URL(href).searchParams.get("open") ?? "").split(",").filter((part) => part !== ""));
  if (open) ids.add(id);
  else ids.delete(id);
  return withOpen(href, [...ids]);
}

function withOpen(href: string, ids: readonly string[]): string {
  const url = new URL(href);
  url.searchParams.delete("open");
  const query = url.searchParams.toString();
  // The commas stay readable: an id holds nothing that needs escaping.
  const branches = ids.length > 0 ? `open=${ids.map(encodeURIComponent).join(",")}` : "";
  const search = [query, branches].filter((part) => part !== "").join("&");
  return url.pathname + (search === "" ? "" : `?${search}`) + url.hash;
}
