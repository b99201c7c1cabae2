// Buttons that need nothing of the server: `[data-link]` copies the address it names, `[data-print]` prints the page. Without
// scripts they are not shown.
import { failed, told } from "./lib/server.ts";

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS a browser has no clipboard for us, but still its old way.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-link], [data-print]") : null;
  if (!button) return;
  if (button.dataset.link === undefined) {
    button.closest<HTMLElement>("[popover]")?.hidePopover();
    window.print();
    return;
  }
  const address = new URL(button.dataset.link, location.href).href;
  void copied(address).then((done) => (done ? told("Link copied") : failed(`The link could not be copied: ${address}`)));
});
