import assert from "node:assert/strict";
import { test } from "node:test";
import { branchAddress, endOfBranch, mayDrop, moveByKey, moveToAdd, numbered, parentOf, placeAt, rowAddress, siblingOf, withBranch, withPanel } from "../src/lib/tree.ts";

// a(1) b(2) c(3) d(2) e(1)
const rows = [1, 2, 3, 2, 1].map((level) => ({ level }));

test("a branch ends before the next row that is not deeper", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((at) => endOfBranch(rows, at)), [4, 3, 3, 4, 5]);
});

test("the parent is the nearest shallower row above", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((at) => parentOf(rows, at)), [-1, 0, 1, 0, -1]);
});

test("siblings share level and parent", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((at) => siblingOf(rows, at, 1)), [4, 3, -1, -1, -1]);
  assert.deepEqual([0, 1, 2, 3, 4].map((at) => siblingOf(rows, at, -1)), [-1, -1, -1, 1, 0]);
});

test("rows are numbered among their siblings", () => {
  assert.deepEqual(numbered(rows).map(({ place, of }) => `${place}/${of}`), ["1/2", "1/2", "1/1", "2/2", "2/2"]);
  assert.deepEqual(numbered([2, 1, 3].map((level) => ({ level }))).map(({ place, of }) => `${place}/${of}`), ["1/1", "1/1", "1/1"]);
});

test("the outer quarters of a row reorder, its middle puts under it", () => {
  assert.deepEqual([100, 109, 115, 125, 131, 140].map((y) => placeAt(y, 100, 40)), ["before", "before", "under", "under", "after", "after"]);
  assert.equal(placeAt(5, 0, 0), "under");
});

test("nothing drops into its own branch", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((to) => mayDrop(rows, 0, to)), [false, false, false, false, true]);
  assert.deepEqual([0, 1, 2, 3, 4].map((to) => mayDrop(rows, 1, to)), [true, false, false, true, true]);
});

test("the line that adds a goal takes a row as the last of its place, but no parent into itself", () => {
  // a(1) b(2) c(3) +(3) d(2) +(2) e(1) +(1)
  const lines = [1, 2, 3, 3, 2, 2, 1, 1].map((level) => ({ level }));
  assert.deepEqual(moveToAdd(lines, 4, 3), { place: "after", at: 2 });
  assert.deepEqual(moveToAdd(lines, 2, 5), { place: "after", at: 4 });
  assert.deepEqual(moveToAdd(lines, 1, 7), { place: "after", at: 6 });
  assert.deepEqual(moveToAdd([1, 2, 1].map((level) => ({ level })), 2, 1), { place: "under", at: 0 });
  assert.equal(moveToAdd(lines, 1, 3), null);
  assert.equal(moveToAdd(lines, 0, 5), null);
  assert.equal(moveToAdd(lines, 6, 7), null);
  assert.equal(moveToAdd([{ level: 1 }], 0, 0), null);
});

test("Alt and an arrow move among siblings, in and out", () => {
  assert.deepEqual(moveByKey(rows, 3, "ArrowUp"), { place: "before", at: 1 });
  assert.deepEqual(moveByKey(rows, 1, "ArrowDown"), { place: "after", at: 3 });
  assert.deepEqual(moveByKey(rows, 3, "ArrowRight"), { place: "under", at: 1 });
  assert.deepEqual(moveByKey(rows, 2, "ArrowLeft"), { place: "after", at: 1 });
  assert.equal(moveByKey(rows, 0, "ArrowUp"), null);
  assert.equal(moveByKey(rows, 0, "ArrowLeft"), null);
  assert.equal(moveByKey(rows, 1, "ArrowRight"), null);
  assert.equal(moveByKey(rows, 1, "Enter"), null);
});

test("the addresses of a row, of its branch and of its panel follow from its place", () => {
  const row = { goal: "g", level: 2, position: 3, siblings: 4, under: "p", again: true };
  assert.equal(branchAddress(row), "/goals/g/children?level=3");
  assert.equal(rowAddress(row), "/goals/g/row?level=2&position=3&siblings=4&under=p&again=true");
  assert.equal(rowAddress({ ...row, level: 1, under: "", again: false }), "/goals/g/row?level=1&position=3&siblings=4");
  assert.equal(withPanel("https://okr.example/explorer?open=a,b&goal=x&q=1#top", "g"), "/explorer?open=a,b&q=1&goal=g");
  assert.equal(withPanel("https://okr.example/explorer", "g"), "/explorer?goal=g");
});

test("open branches stand in the address and leave the rest alone", () => {
  const page = "https://okr.example/explorer?period=q4&open=a&q=x%20y#top";
  assert.equal(withBranch(page, "b", true), "/explorer?period=q4&q=x+y&open=a,b#top");
  assert.equal(withBranch(page, "a", true), "/explorer?period=q4&q=x+y&open=a#top");
  assert.equal(withBranch(page, "a", false), "/explorer?period=q4&q=x+y#top");
  assert.equal(withBranch("https://okr.example/explorer", "a", false), "/explorer");
});
