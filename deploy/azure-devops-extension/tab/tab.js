// The tab: opens the page of Northing for the work item, with what Azure DevOps signs about who looks. That goes by a form into the frame, never
// by an address, so that it stands in no log and no history.
import * as SDK from "../sdk/esm/SDK.min.js";
import { northing, organisation } from "./config.js";

const told = document.getElementById("told");
const frame = document.querySelector("iframe");

/** The address of the page for an item of a project. */
export function address(base, org, project, item) {
  const part = encodeURIComponent;
  return `${base.replace(/\/+$/, "")}/embed/azure-devops/${part(org)}/work-items/${part(project)}/${part(item)}`;
}

function say(text) {
  told.textContent = text;
  told.hidden = false;
  frame.hidden = true;
}

async function open(item) {
  const token = await SDK.getAppToken();
  const form = document.createElement("form");
  form.method = "post";
  form.target = frame.name;
  form.action = address(northing, organisation, SDK.getWebContext().project.id, item);
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "token";
  field.value = token;
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
  told.hidden = true;
  frame.hidden = false;
}

function show(item) {
  if (!item) {
    say("Save the work item first: then its goals can be shown.");
    return;
  }
  open(item).catch((error) => say(`Northing cannot be shown: ${error.message ?? error}`));
}

// What the form of the work item tells its pages.
const page = {
  onLoaded: (event) => show(event.isNew ? 0 : event.id),
  onUnloaded: () => say(""),
  onSaved: (event) => show(event.id),
  onRefreshed: (event) => show(event.id),
  onReset: () => {},
  onFieldChanged: () => {},
};

await SDK.init({ loaded: false });
SDK.register("goals-tab", () => page);
SDK.register(SDK.getContributionId(), () => page);
await SDK.notifyLoadSucceeded();
