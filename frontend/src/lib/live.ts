// What a live update says.

/** The goals of an update: `["id", …]` or `{"goals": ["id", …]}`; null for anything else. */
export function goalsOf(data: string): string[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    return null;
  }
  const list = Array.isArray(parsed) ? parsed : typeof parsed === "object" && parsed !== null && "goals" in parsed ? parsed.goals : null;
  if (!Array.isArray(list)) return null;
  return list.filter((id): id is string => typeof id === "string");
}
