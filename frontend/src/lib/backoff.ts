// Waiting between attempts to reach the server again.

/** Milliseconds before the attempt number `attempt` (from 0): doubles from one second to half a minute; `jitter` in 0..1 spreads many clients. */
export function delay(attempt: number, jitter: number): number {
  const full = Math.min(30_000, 1_000 * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * Math.min(1, Math.max(0, jitter)));
}
