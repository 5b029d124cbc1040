"use strict";
// The address names the chosen passage, and styles show it. This adds keys, a word for screen readers, and the choice of a source.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const status = document.getElementById("status");
  const chosen = () => document.querySelector(".passage:target");
  const show = (id) => location.replace("#" + id);
  const marks = (id) => all(`[data-passage="${id}"]`);
  const nameOf = (passage) => passage.id.slice(1);
  let last = null;

  // The numbers of passages that are neither filtered out nor of another source than the chosen one.
  const shown = () => all(".ref").filter((ref) => ref.getClientRects().length);

  function mark() {
    for (const part of all(".chosen")) part.classList.remove("chosen");
    for (const ref of all(".ref[aria-current]")) ref.removeAttribute("aria-current");
    const passage = chosen();
    if (!passage) return;
    last = nameOf(passage);
    for (const part of marks(last)) {
      if (part.matches(".ref")) part.setAttribute("aria-current", "true");
      else part.classList.add("chosen");
    }
    document.getElementById("m" + last)?.scrollIntoView({ block: "nearest" });
    status.textContent = passage.querySelector(".number").textContent + ": " + passage.querySelector(".judgement").textContent;
  }

  function close() {
    const passage = chosen();
    if (!passage) return;
    const ref = marks(nameOf(passage)).find((part) => part.matches(".ref"));
    show("closed");
    ref?.focus({ preventScroll: true });
    status.textContent = "Closed";
  }

  function step(by) {
    const refs = shown();
    const passage = chosen();
    const at = refs.findIndex((ref) => ref.dataset.passage === (passage ? nameOf(passage) : last));
    const next = at < 0 ? (by > 0 ? 0 : refs.length - 1) : at + by;
    if (refs[next]) show("p" + refs[next].dataset.passage);
    else if (refs.length) status.textContent = by > 0 ? "This was the last passage" : "This was the first passage";
  }

  function choose(button) {
    const draft = button.closest(".draft");
    const wanted = button.getAttribute("aria-pressed") !== "true";
    for (const other of all(".only", draft)) other.setAttribute("aria-pressed", String(other === button && wanted));
    const own = new Set(button.closest("li").dataset.passages.split(" "));
    for (const part of all("[data-passage]", draft)) part.classList.toggle("other", wanted && !own.has(part.dataset.passage));
    status.textContent = wanted ? `Only the ${own.size} passages of this source are marked` : "All passages are marked";
    if (wanted) document.getElementById("m" + [...own][0])?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".only");
    if (button) return choose(button);
    if (event.target.closest(".close")) {
      event.preventDefault();
      return close();
    }
    const part = event.target.closest(".prose mark");
    if (part && !part.matches(".other") && !String(getSelection())) location.hash = "p" + part.dataset.passage;
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const keys = { j: 1, k: -1, ...(chosen() ? { ArrowRight: 1, ArrowLeft: -1 } : {}) };
    if (event.key in keys) {
      event.preventDefault();
      step(keys[event.key]);
    } else if (event.key === "Escape") close();
  });

  addEventListener("hashchange", mark);
  addEventListener("load", mark); // only now the address that the page was opened with has its target
  for (const button of all(".only")) button.hidden = false;
})();
