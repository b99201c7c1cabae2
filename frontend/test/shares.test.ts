import assert from "node:assert/strict";
import { test } from "node:test";
import { readPercent, showPercent, split } from "../src/lib/shares.ts";

const parts = (...children: (number | null)[]) => split(children).parts.map(showPercent);

test("what nobody fixed is split equally", () => {
  assert.deepEqual(parts(null, null, null), ["33.33%", "33.33%", "33.33%"]);
  assert.deepEqual(parts(50, null, null), ["50%", "25%", "25%"]);
  assert.deepEqual(parts(50, null, null, null), ["50%", "16.67%", "16.67%", "16.67%"]);
  assert.deepEqual(parts(0, null, null), ["0%", "50%", "50%"]);
  assert.deepEqual(parts(), []);
});

test("more than a hundred, less than nothing and no number are refused", () => {
  assert.ok(split([60, 40]).valid && split([0.1, 0.2, 99.7]).valid);
  assert.ok(!split([60, 50]).valid);
  assert.deepEqual(split([60, 50, null]).parts, [60, 50, 0]);
  assert.ok(!split([-1, null]).valid && !split([101]).valid && !split([Number.NaN]).valid);
});

test("per cents are read as people write them", () => {
  assert.equal(readPercent(" 33,3 % "), 33.3);
  assert.equal(readPercent("12.5"), 12.5);
  assert.equal(readPercent(".5"), 0.5);
  for (const text of ["", "a lot", "1e3", "1 000", "--1", "5%%"]) assert.equal(readPercent(text), null, text);
});
