// How htmx talks to our server: the form token, busy buttons, nothing evaluated.
import htmx from "htmx.org";
import { csrf } from "./lib/server.ts";

interface Request {
  readonly ctx: {
    readonly request: { readonly method: string; readonly headers: Record<string, string>; readonly submitter?: HTMLElement | null };
  };
}

// The policy forbids style sheets and code made at run time; htmx must not try.
htmx.config.includeIndicatorCSS = false;
htmx.config.defaultTimeout = 30_000;

const detail = (event: Event): Request => (event as CustomEvent<Request>).detail;

document.addEventListener("htmx:config:request", (event) => {
  const { method, headers } = detail(event).ctx.request;
  if (!/^(GET|HEAD|QUERY)$/.test(method)) headers["X-CSRF-Token"] = csrf();
});
document.addEventListener("htmx:before:request", (event) => {
  const button = detail(event).ctx.request.submitter;
  if (button) button.ariaBusy = "true";
});
document.addEventListener("htmx:finally:request", (event) => {
  const button = detail(event).ctx.request.submitter;
  if (button) button.ariaBusy = null;
});
// A second press while the first is on its way says the same once.
document.addEventListener(
  "submit",
  (event) => {
    if (event.submitter?.ariaBusy === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  { capture: true },
);
