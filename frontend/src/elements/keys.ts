import { isCommand, isPlain, Sequence, takesText } from "../lib/keys.ts";
import { define, goalHere, openDialog } from "../lib/server.ts";
import { Part } from "./base.ts";

const PLACES: Readonly<Record<string, string>> = {
  "g h": "/",
  "g e": "/explorer",
  "g t": "/teams",
  "g p": "/people",
  "g m": "/map",
  "g d": "/dashboards",
};

/** Shortcuts of the whole page. Single letters are silent in text controls and where the person switched them off. */
class Keys extends Part {
  readonly #sequence = new Sequence(new Set(["g"]));

  protected start(signal: AbortSignal): void {
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) return;
    if (isCommand(event) && event.shiftKey && this.#command(event.key.toLowerCase())) {
      event.preventDefault();
      return;
    }
    const at = event.target;
    const typing = at instanceof HTMLElement && takesText(at.tagName, at.getAttribute("type"), at.isContentEditable);
    const off = document.documentElement.dataset.shortcuts === "off";
    if (off || typing || !isPlain(event) || document.querySelector("dialog:modal, [popover]:popover-open:not(#nav)")) return;
    const command = this.#sequence.press(event.key, event.timeStamp);
    if (command !== null && this.#do(command)) event.preventDefault();
  }

  #command(key: string): boolean {
    const goal = goalHere();
    switch (key) {
      case "c":
        openDialog(goal ? `/goals/${goal}/check-ins/new` : "/check-ins");
        return true;
      case "o":
        openDialog("/goals/new?kind=objective");
        return true;
      case "p":
        openDialog(goal ? `/goals/new?kind=initiative&parent=${goal}` : "/goals/new?kind=initiative");
        return true;
      case "k":
        document.dispatchEvent(new Event("n-palette"));
        return true;
      default:
        return false;
    }
  }

  #do(command: string): boolean {
    const place = PLACES[command];
    if (place !== undefined) {
      const link = document.querySelector<HTMLAnchorElement>(`a[href="${place}"]`);
      if (!link) return false; // a part of the product that this installation does not have
      location.assign(place);
      return true;
    }
    const goal = goalHere();
    switch (command) {
      case "?":
        openDialog("/help/shortcuts");
        return true;
      case "/": {
        const filter = document.querySelector<HTMLElement>("[data-filter], .filters input[type=search]");
        filter?.focus();
        return filter !== null;
      }
      case "c":
        openDialog(goal ? `/goals/new?parent=${goal}` : "/goals/new");
        return true;
      case "j":
      case "k":
        document.dispatchEvent(new Event("n-focus-row"));
        return true;
      case "i":
      case "e":
      case "a": {
        if (!goal) return false;
        openDialog(`/goals/${goal}/${{ i: "check-ins/new", e: "edit", a: "alignments" }[command]}`);
        return true;
      }
      case "Escape": {
        const close = document.querySelector<HTMLElement>("#panel [data-close]");
        if (!close) return false;
        close.click();
        document.dispatchEvent(new Event("n-focus-row"));
        return true;
      }
      default:
        return false;
    }
  }
}

define("n-keys", Keys);
