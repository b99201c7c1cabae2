import { silence } from "../lib/controls.ts";
import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** Shows its content only while one of the controls named in `for` has one of the values in `when` (a ticked box: its value). */
class Reveal extends Part {
  protected start(signal: AbortSignal): void {
    const form = this.closest("form");
    if (!form) return;
    form.addEventListener("change", () => this.#apply(form), { signal });
    this.#apply(form);
  }

  #apply(form: HTMLFormElement): void {
    const data = new FormData(form);
    const values = (this.getAttribute("for") ?? "").split(" ").flatMap((name) => data.getAll(name).map(String));
    const when = (this.getAttribute("when") ?? "").split(" ");
    this.hidden = !values.some((value) => when.includes(value));
    this.toggleAttribute("data-silent", this.hidden);
    silence(this);
  }
}

define("n-reveal", Reveal);
