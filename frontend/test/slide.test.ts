import assert from "node:assert/strict";
import { test } from "node:test";
import { percentAt } from "../src/lib/slide.ts";

test("a bar gives whole per cent and ends at its ends", () => {
  assert.equal(percentAt(150, 100, 200), 25);
  assert.equal(percentAt(101, 100, 300), 0);
  assert.equal(percentAt(50, 100, 200), 0);
  assert.equal(percentAt(900, 100, 200), 100);
  assert.equal(percentAt(900, 100, 0), 0);
});
