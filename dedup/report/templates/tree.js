"use strict";
// Search, filters and the panel of a drawing. Without this script all panels and tables still work.
const form = document.querySelector("form.filters");
const stories = [...document.querySelectorAll(".story")];
let opener = null;

function shows(story, wanted) {
  const data = story.dataset;
  if (wanted.outlet && !data.outlets.split("\n").includes(wanted.outlet)) return false;
  if (wanted.since && (!data.until || data.until < wanted.since)) return false;
  if (wanted.until && (!data.since || data.since > wanted.until)) return false;
  if (wanted.sure > 0 && Number(data.best) < wanted.sure) return false;
  if (!wanted.words || data.outlets.toLowerCase().includes(wanted.words)) return true;
  const headlines = story.querySelectorAll("h2, .dot span, .reports a, td:first-child");
  return [...headlines].some((headline) => headline.textContent.toLowerCase().includes(wanted.words));
}

function filter() {
  const wanted = {
    words: form.elements.words.value.trim().toLowerCase(),
    outlet: form.elements.outlet.value,
    since: form.elements.since.value,
    until: form.elements.until.value,
    sure: Number(form.elements.sure.value),
    kind: form.elements.kind.value,
  };
  let count = 0;
  for (const story of stories) {
    story.hidden = !shows(story, wanted);
    count += !story.hidden;
  }
  for (const part of document.querySelectorAll("[data-c], [data-kind]")) {
    const other = wanted.kind && part.dataset.kind && part.dataset.kind !== wanted.kind;
    part.toggleAttribute("hidden", Boolean(other) || Number(part.dataset.c ?? 1) < wanted.sure);
  }
  form.querySelector("output").textContent = `${count} of ${stories.length} stories`;
}

function panel() {
  const at = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  return at && at.classList.contains("panel") ? at : null;
}

document.addEventListener("click", (event) => {
  const edge = event.target.closest("[data-to]");
  if (edge) location.hash = edge.dataset.to;
  const link = event.target.closest(".dot, .edges a, .reports a");
  if (link) opener = link;
});
document.addEventListener("keydown", (event) => {
  const open = panel();
  if (event.key === "Escape" && open) open.querySelector(".close").click();
});
window.addEventListener("hashchange", () => {
  const open = panel();
  if (open) {
    open.scrollTop = 0;
    open.focus({ preventScroll: true });
  } else if (opener) {
    opener.focus({ preventScroll: true });
    opener = null;
  }
});
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
if (form) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
}
