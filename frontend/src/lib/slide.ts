/** The whole per cent at `x` along a bar from `left`, `width` wide; from 0 to 100. */
export function percentAt(x: number, left: number, width: number): number {
  if (width <= 0) return 0;
  return Math.round(Math.min(1, Math.max(0, (x - left) / width)) * 100);
}
