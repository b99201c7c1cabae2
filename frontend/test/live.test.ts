import assert from "node:assert/strict";
import { test } from "node:test";
import { delay } from "../src/lib/backoff.ts";
import { updateOf } from "../src/lib/live.ts";

test("an update names goals, in a list or under `goals`", () => {
  assert.deepEqual(updateOf('["a","b"]'), { goals: ["a", "b"], tree: false });
  assert.deepEqual(updateOf('{"goals":["a"],"tree":true}'), { goals: ["a"], tree: true });
  assert.deepEqual(updateOf('{"goals":["a",1,null],"tree":1}'), { goals: ["a"], tree: false });
  for (const data of ["", "a", "null", "{}", '{"goals":"a"}', "7"]) assert.equal(updateOf(data), null, data);
});

test("waiting doubles from a second to half a minute, and spreads", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 60].map((attempt) => delay(attempt, 1)), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  assert.equal(delay(0, 0), 500);
  assert.equal(delay(1, 7), 2000);
});
