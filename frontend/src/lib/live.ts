// What a live update says.

/** Goals that changed, and whether lists of goals are no longer as they were. */
export interface Update {
  readonly goals: readonly string[];
  readonly tree: boolean;
}

/** An update of `["id", …]` or `{"goals": ["id", …], "tree": true}`; null for anything else. */
export function updateOf(data: string): Update | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return null;
  }
  const said = Array.isArray(parsed) ? { goals: parsed as unknown[] } : (parsed as { goals?: unknown; tree?: unknown } | null);
  if (typeof said !== "object" || said === null || !Array.isArray(said.goals)) return null;
  return { goals: said.goals.filter((id): id is string => typeof id === "string"), tree: "tree" in said && said.tree === true };
}
