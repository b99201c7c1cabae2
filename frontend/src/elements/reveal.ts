import { silence } from "../lib/controls.ts";
import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** Shows its content only while the control named `for` has one of the values in `when` (a ticked box: its value). */
class Reveal extends Part {
  protected start(signal: AbortSignal): void {
    const form = this.closest("form");
    if (!form) return;
    form.addEventListener("change", () => this.#apply(form), { signal });
    this.#apply(form);
  }

  #apply(form: HTMLFormElement): void {
    const values = new FormData(form).getAll(this.getAttribute("for") ?? "").map(String);
    const when = (this.getAttribute("when") ?? "").split(" ");
    this.hidden = !values.some((value) => when.includes(value));
    this.toggleAttribute("data-silent", this.hidden);
    silence(this);
  }
}

define("n-reveal", Reveal);
