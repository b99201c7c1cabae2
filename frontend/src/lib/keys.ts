// Reading keys: which are typed into a control, and two-key sequences such as `g` then `e`.

/** The parts of a keyboard event that matter here. */
export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Control or Command, whichever the platform uses. */
export const isCommand = (event: Key): boolean => (event.ctrlKey || event.metaKey) && !event.altKey;

/** A plain key: no modifier but Shift, which some layouts need for `?` and `/`. */
export const isPlain = (event: Key): boolean => !event.ctrlKey && !event.metaKey && !event.altKey;

/** The types of input that take no text, so that a letter is not meant for them. */
const NOT_TEXT = new Set(["checkbox", "radio", "button", "submit", "reset", "range", "color", "file", "image"]);

/** Whether keys typed on an element of this kind are text of its own. */
export function takesText(tag: string, type: string | null, editable: boolean): boolean {
  if (editable) return true;
  const name = tag.toLowerCase();
  if (name === "textarea" || name === "select") return true;
  return name === "input" && !NOT_TEXT.has((type ?? "text").toLowerCase());
}

/** Puts single keys together to sequences: a prefix waits `patience` milliseconds for its second key. */
export class Sequence {
  #prefix = "";
  #until = 0;

  constructor(
    private readonly prefixes: ReadonlySet<string>,
    private readonly patience = 1000,
  ) {}

  /** The command that this key completes ("i", "g e"), or null while a prefix waits. */
  press(key: string, now: number): string | null {
    const prefix = now <= this.#until ? this.#prefix : "";
    this.#prefix = "";
    if (prefix !== "") return `${prefix} ${key}`;
    if (!this.prefixes.has(key)) return key;
    this.#prefix = key;
    this.#until = now + this.patience;
    return null;
  }
}
