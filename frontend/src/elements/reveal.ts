import { silence } from "../lib/controls.ts";
import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** Follows what is chosen in the form around it. */
abstract class Follower extends Part {
  protected start(signal: AbortSignal): void {
    const form = this.closest("form");
    if (!form) return;
    form.addEventListener("change", () => this.follow(form), { signal });
    this.follow(form);
  }

  protected abstract follow(form: HTMLFormElement): void;
}

/**
 * Shows its content only while one of the controls named in `for` has one of the values in `when` (a ticked box: its value); with `unless` while
 * none has one of those.
 */
class Reveal extends Follower {
  protected follow(form: HTMLFormElement): void {
    const data = new FormData(form);
    const values = (this.getAttribute("for") ?? "").split(" ").flatMap((name) => data.getAll(name).map(String));
    const unless = this.getAttribute("unless");
    const named = (unless ?? this.getAttribute("when") ?? "").split(" ");
    this.hidden = values.some((value) => named.includes(value)) === (unless !== null);
    this.toggleAttribute("data-silent", this.hidden);
    silence(this);
  }
}

/** Offers the options of its list that are marked `data-when` only while the control named in `for` has that value. */
class Options extends Follower {
  protected follow(form: HTMLFormElement): void {
    const value = new FormData(form).get(this.getAttribute("for") ?? "");
    for (const option of this.querySelectorAll<HTMLOptionElement>("option[data-when]")) {
      option.hidden = option.disabled = option.dataset.when !== value;
      // What is no longer offered is no longer chosen.
      const list = option.closest("select");
      if (list && option.disabled && option.selected) list.selectedIndex = 0;
    }
  }
}

define("n-reveal", Reveal);
define("n-options", Options);
