// Contributions while one edits them. The server decides; this only shows at once what it will say.

/** One child: its share fixed by a person, or null for an equal part of what is left. */
export type Fixed = number | null;

/** What the children contribute. */
export interface Shares {
  /** Per cent of each child, in order. */
  readonly parts: readonly number[];
  /** The sum of the fixed ones. */
  readonly fixed: number;
  /** Whether they can stand: fixed shares lie in 0 to 100 and sum to at most 100. */
  readonly valid: boolean;
}

const NOISE = 1e-9;

/** Splits what the fixed shares leave equally among the others. */
export function split(children: readonly Fixed[]): Shares {
  const given = children.filter((child): child is number => child !== null);
  const fixed = given.reduce((sum, share) => sum + share, 0);
  const inRange = given.every((share) => Number.isFinite(share) && share >= 0 && share <= 100);
  const free = children.length - given.length;
  const each = free > 0 ? Math.max(0, 100 - fixed) / free : 0;
  return { parts: children.map((child) => child ?? each), fixed, valid: inRange && fixed <= 100 + NOISE };
}

/** Reads a typed per cent: "33,3 %" and "33.3" alike; null where nothing or no number is typed. */
export function readPercent(text: string): number | null {
  const plain = text.trim().replace(/\s*%$/, "").replace(",", ".");
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return null;
  return Number(plain);
}

/** Shows a per cent with at most two decimals. */
export function showPercent(value: number): string {
  return `${(Math.round(value * 100) / 100).toString()}%`;
}
