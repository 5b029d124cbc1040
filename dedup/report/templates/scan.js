"use strict";
// The list of passages: filters, order and paging. Everything that it shows is in the page already.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main"), form = document.getElementById("filters"), list = document.querySelector("ol.passages");
  const status = document.getElementById("status"), more = document.getElementById("more"), pair = document.getElementById("pair");
  const cards = list ? [...list.children] : [];

  // Passages of which only the first words are in the page.
  for (const [kind, opening, length, documents, outlets, days, places, first] of list ? data.briefs : []) {
    const card = Pair.make("li", { class: "card passage" });
    const note = `${length.toLocaleString("en")} words · the copies are not in this page`;
    card.append(
      Pair.make("h3", {}, `${places} `, Pair.make("span", { class: `tag ${kind}` }, kind), " ", Pair.make("span", { class: "quiet small" }, note)),
      Pair.make("p", { class: "prose", dir: "auto" }, opening),
      Pair.make("p", { class: "small", dir: "auto" }, first),
    );
    Object.assign(card.dataset, { kind, number: cards.length + 1, documents, words: length, changed: 0, outlets: outlets.join(" "), days: days.join(" ") });
    cards.push(card);
  }
  let most = data.opened;
  document.documentElement.classList.add("scripts");

  const words = (card) => {
    if (!card.words) {
      const link = card.querySelector("h3 a"), section = link && document.getElementById(link.hash.slice(1));
      card.words = `${card.textContent} ${section ? section.textContent : ""}`.toLowerCase().replace(/\s+/g, " ");
    }
    return card.words;
  };

  const chosen = () => {
    const wanted = { outlet: "", since: "", until: "", ...Object.fromEntries(new FormData(form)) };
    const text = wanted.words.toLowerCase().replace(/\s+/g, " ").trim(), outlet = wanted.outlet.toLowerCase().trim();
    const exact = data.outlets.some((name) => name.toLowerCase() === outlet);
    const outlets = new Set(data.outlets.flatMap((name, n) => {
      const own = name.toLowerCase();
      return (exact ? own === outlet : own.includes(outlet)) ? [String(n)] : [];
    }));
    const fits = (card, dataset = card.dataset) =>
      (!wanted.kind || dataset.kind === wanted.kind) &&
      (!outlet || dataset.outlets.split(" ").some((n) => outlets.has(n))) &&
      ((!wanted.since && !wanted.until) ||
        dataset.days.split(" ").some((day) => day && day >= wanted.since && (!wanted.until || day <= wanted.until))) &&
      Number(dataset.words) >= Number(wanted.least) &&
      (!wanted.across || dataset.outlets.includes(" ")) &&
      (!text || words(card).includes(text));
    const orders = {
      number: (a, b) => a.number - b.number,
      reach: (a, b) => b.outlets.split(" ").length - a.outlets.split(" ").length || b.documents - a.documents,
      documents: (a, b) => b.documents - a.documents,
      words: (a, b) => b.words - a.words,
      days: (a, b) => ((a.days || "~") < (b.days || "~") ? -1 : a.days === b.days ? 0 : 1),
      changed: (a, b) => b.changed - a.changed,
    };
    const found = cards.filter((card) => fits(card));
    return found.sort((a, b) => orders[wanted.order](a.dataset, b.dataset) || a.dataset.number - b.dataset.number);
  };

  const show = () => {
    const found = chosen(), shown = found.slice(0, most);
    list.replaceChildren(...shown);
    more.hidden = found.length <= most;
    more.textContent = `Show ${Math.min(found.length - most, data.opened)} more`;
    const count = `${found.length.toLocaleString("en")} ${found.length === 1 ? "passage" : "passages"} found`;
    status.textContent = found.length > shown.length ? `${count}; the first ${shown.length} are shown.` : `${count}.`;
  };

  const open = () => {
    const key = location.hash.startsWith("#p-") ? location.hash.slice(3) : "";
    const known = Object.hasOwn(data.pairs, key);
    main.classList.toggle("pairing", known);
    pair.hidden = !known;
    if (known) {
      Pair.build(pair, key, data);
      scrollTo(0, 0);
      Pair.choose(pair, 1);
      pair.focus({ preventScroll: true });
    } else if (location.hash.length > 1) {
      const section = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (section && section.matches(".view")) section.focus({ preventScroll: true });
    }
  };

  let before = "#main";
  addEventListener("hashchange", (event) => {
    const old = new URL(event.oldURL).hash;
    if (!old.startsWith("#p-")) before = old || "#main";
    document.getElementById("back").setAttribute("href", before);
    open();
  });
  if (form) {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => { most = data.opened; show(); });
    form.addEventListener("reset", () => setTimeout(() => { most = data.opened; show(); }));
    more.addEventListener("click", () => {
      const next = most;
      most += data.opened;
      show();
      const card = list.children[next];
      card.tabIndex = -1;
      card.focus();
    });
    show();
  }
  open();
})();
