// Everything the pages run. Each element stands alone; a page without it is still a page.
import "./http.ts";
import "./elements/copy.ts";
import "./acts.ts";
import "./forms.ts";
import "./elements/dialog.ts";
import "./elements/draft.ts";
import "./elements/keys.ts";
import "./elements/live.ts";
import "./elements/mention.ts";
import "./elements/metric-form.ts";
import "./elements/palette.ts";
import "./elements/picker.ts";
import "./elements/reveal.ts";
import "./elements/shares.ts";
import "./elements/slide.ts";
import "./elements/sort.ts";
import "./elements/theme.ts";
import "./elements/toast.ts";
import "./elements/tree.ts";
import "./elements/zone.ts";

// These belong to every page and have nothing to show.
for (const name of ["n-dialog", "n-keys", "n-slide", "n-theme"]) {
  if (!document.querySelector(name)) document.body.append(document.createElement(name));
}
