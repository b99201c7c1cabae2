import { silence } from "../lib/controls.ts";
import { define } from "../lib/server.ts";
import { Part } from "./base.ts";

/** The metric of a goal: `[data-kinds]` parts show for the chosen kind (the control named by `for`); rows of the phases table come and go. */
class MetricForm extends Part {
  protected start(signal: AbortSignal): void {
    this.addEventListener("change", () => this.#apply(), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.#apply();
  }

  #apply(): void {
    const name = this.getAttribute("for") ?? "metric_kind";
    const control = this.querySelector<HTMLSelectElement | HTMLInputElement>(`select[name="${name}"], input[name="${name}"]:checked`);
    for (const part of this.querySelectorAll<HTMLElement>("[data-kinds]")) {
      part.hidden = !(part.dataset.kinds ?? "").split(" ").includes(control?.value ?? "");
      part.toggleAttribute("data-silent", part.hidden);
    }
    silence(this);
  }

  #click(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-add-row], [data-remove-row]") : null;
    if (!button) return;
    event.preventDefault();
    if (button.hasAttribute("data-remove-row")) {
      const row = button.closest("tr");
      const near = row?.nextElementSibling ?? row?.previousElementSibling;
      row?.remove();
      (near?.querySelector<HTMLElement>("input") ?? this.querySelector<HTMLElement>("[data-add-row]"))?.focus();
      return;
    }
    const template = this.querySelector<HTMLTemplateElement>("template[data-row]");
    const body = this.querySelector("tbody");
    if (!template || !body) return;
    const row = template.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    if (!row) return;
    const end = body.querySelector(":scope > .end");
    body.insertBefore(row, end);
    row.querySelector("input")?.focus();
  }
}

define("n-metric-form", MetricForm);
