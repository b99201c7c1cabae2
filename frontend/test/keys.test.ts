import assert from "node:assert/strict";
import { test } from "node:test";
import { isCommand, isPlain, Sequence, takesText } from "../src/lib/keys.ts";

const key = (over: object) => ({ key: "k", ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...over });

test("Control and Command mean the same, Alt neither", () => {
  assert.ok(isCommand(key({ ctrlKey: true })) && isCommand(key({ metaKey: true })));
  assert.ok(!isCommand(key({})) && !isCommand(key({ ctrlKey: true, altKey: true })));
  assert.ok(isPlain(key({ shiftKey: true })) && !isPlain(key({ altKey: true })) && !isPlain(key({ metaKey: true })));
});

test("letters belong to the control that takes text", () => {
  assert.ok(takesText("INPUT", null, false) && takesText("input", "search", false) && takesText("TEXTAREA", null, false) && takesText("select", null, false));
  assert.ok(takesText("div", null, true));
  assert.ok(!takesText("input", "checkbox", false) && !takesText("button", null, false) && !takesText("tr", null, false));
});

test("a prefix waits for its second key, and not for ever", () => {
  const keys = new Sequence(new Set(["g"]), 1000);
  assert.equal(keys.press("i", 0), "i");
  assert.equal(keys.press("g", 10), null);
  assert.equal(keys.press("e", 900), "g e");
  assert.equal(keys.press("e", 910), "e");
  assert.equal(keys.press("g", 1000), null);
  assert.equal(keys.press("e", 2001), "e");
  assert.equal(keys.press("g", 3000), null);
  assert.equal(keys.press("g", 3001), "g g");
});
