"use strict";
// Two texts side by side. `Pair.build` makes the elements of pair_parts.html from a row of the page's data, `Pair.follow` lets a
// click on a passage scroll both texts and the list to it.
const Pair = {
  make(name, attributes = {}, ...children) {
    const svg = name === "svg" || name === "rect";
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  },

  headline([, headline, , url]) {
    if (!url) return Pair.make("bdi", {}, headline);
    return Pair.make("a", { href: url, rel: "noopener noreferrer nofollow", target: "_blank", dir: "auto" }, headline);
  },

  // The passages of one side, from rows as dedup.report.side_by_side.pair_row writes them; `at` is 0 for side a, 2 for side b.
  passages(rows, contents, at) {
    return rows.map((row) => {
      const parts = [], changes = [];
      for (let n = 0; n < row[6].length; n += 5) parts.push([row[6][n + at], row[6][n + at + 1], contents[row[6][n + 4]]]);
      for (let n = 0; n < row[7].length; n += 5) changes.push([row[7][n + at], row[7][n + at + 1]]);
      return { start: row[at], end: row[at + 1], content: contents[row[4]], parts, changes };
    });
  },

  // `letters` are the code points of the text: spans count these, and not the units of a string.
  segments(letters, passages) {
    const cuts = new Set([0, letters.length]);
    for (const { start, end, parts, changes } of passages) {
      for (const [low, high] of [[start, end], ...parts, ...changes]) {
        for (const cut of [low, high]) if (cut >= start && cut <= end) cuts.add(cut);
      }
    }
    const ends = [...cuts].sort((a, b) => a - b);
    return ends.slice(0, -1).map((low, n) => {
      const within = passages.flatMap((p, number) => (p.start <= low && low < p.end ? [number] : []));
      const opens = within.filter((number) => passages[number].start === low).map((number) => number + 1);
      const segment = { text: letters.slice(low, ends[n + 1]).join(""), block: 0, tone: "", opens, changed: false };
      if (within.length) {
        const own = passages[within[0]];
        segment.block = within[0] + 1;
        segment.tone = (own.parts.find(([start, end]) => start <= low && low < end) || [0, 0, own.content])[2];
        segment.changed = own.changes.some(([start, end]) => start <= low && low < end);
      }
      return segment;
    });
  },

  side(row, letters, passages, letter) {
    const { make } = Pair;
    const map = make("svg", { class: "map", viewBox: "0 0 10 100", preserveAspectRatio: "none", "aria-hidden": "true" });
    passages.forEach(({ start, end, content }, n) => {
      const height = Math.max(((end - start) * 100) / letters.length, 0.5);
      map.append(make("rect", { class: content, "data-block": n + 1, x: 0, y: (start * 100) / letters.length, width: content === "narration" ? 10 : 5, height }));
    });
    const name = letter === "a" ? "first text" : "second text";
    const text = make("div", { class: "text prose", dir: "auto", tabindex: 0, role: "region", "aria-label": name });
    for (const s of Pair.segments(letters, passages)) {
      for (const n of s.opens) {
        text.append(make("a", { class: "ref", id: `${letter}${n}`, href: `#b${n}`, "data-block": n, "aria-label": `shared passage ${n}` }, n));
      }
      text.append(s.block ? make("mark", { class: s.tone + (s.changed ? " changed" : ""), "data-block": s.block }, s.text) : s.text);
    }
    const about = make("p", { class: "small" }, make("bdi", { class: "quiet" }, row[2]), " ", make("code", { class: "quiet" }, make("bdi", {}, row[0])));
    const head = make("header", {}, make("h2", {}, Pair.headline(row)), about);
    return make("article", { class: "side" }, head, make("div", { class: "mapped" }, map, text));
  },

  // The word diff of the second text against the first, and the changed facts.
  block(row, n, first, second, data) {
    const { make } = Pair, [, , start, end, content, same, , changes] = row;
    const diff = make("p", { class: "prose", dir: "auto" }), facts = new Set();
    let at = start;
    for (let c = 0; c < changes.length; c += 5) {
      const [a0, a1, b0, b1, bits] = changes.slice(c, c + 5);
      if (b0 > at) diff.append(second.slice(at, b0).join(""));
      const older = first.slice(a0, a1).join(""), newer = second.slice(b0, b1).join(""), kind = bits ? { class: "fact" } : {};
      if (older) diff.append(/\s$/.test(diff.textContent) ? "" : " ", make("del", kind, older), newer ? " " : "");
      if (newer) diff.append(make("ins", kind, newer));
      if (bits) facts.add(`${data.flags.filter((_, flag) => bits & (1 << flag)).join(", ")}: ${older || "–"} → ${newer || "–"}`);
      at = b1;
    }
    diff.append(second.slice(at, end).join(""));
    const name = data.contents[content], said = same === 100 ? "word for word" : `${same}% of the words the same`;
    const line = make("p", { class: "small" }, make("span", { class: "tag" }, name), ` ${said} `);
    line.append(make("a", { href: `#a${n}`, "data-block": n }, "in the first text"), " ");
    line.append(make("a", { href: `#z${n}`, "data-block": n }, "in the second text"));
    const item = make("li", { id: `b${n}`, class: `block ${name}`, "data-block": n, value: n }, line, diff);
    if (facts.size) item.append(make("ul", { class: "facts" }, ...[...facts].map((fact) => make("li", { dir: "auto" }, fact))));
    return item;
  },

  // Fill `place` with the pair `key` of `data`.
  build(place, key, data) {
    const rows = data.pairs[key], [a, b] = key.split("-").map((n) => data.documents[n]);
    const first = Array.from(a[4]), second = Array.from(b[4]);
    place.querySelector(".sides").replaceChildren(
      Pair.side(a, first, Pair.passages(rows, data.contents, 0), "a"),
      Pair.side(b, second, Pair.passages(rows, data.contents, 2), "z"),
    );
    place.querySelector(".blocks").replaceChildren(...rows.map((row, n) => Pair.block(row, n + 1, first, second, data)));
    return rows.length;
  },

  choose(place, number) {
    const count = place.querySelectorAll(".blocks > li").length;
    for (const other of place.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    for (const own of place.querySelectorAll(`mark[data-block="${number}"], rect[data-block="${number}"], li[data-block="${number}"]`)) {
      own.setAttribute("aria-current", "true");
    }
    for (const box of place.querySelectorAll(".text, .blocks")) {
      const own = box.querySelector(`.ref[data-block="${number}"], li[data-block="${number}"]`);
      if (own) box.scrollTop += own.getBoundingClientRect().top - box.getBoundingClientRect().top - (own.tagName === "LI" ? 0 : 60);
    }
    place.querySelector(".chosen").textContent = `Passage ${number} of ${count}`;
  },

  follow(place) {
    place.classList.add("scripted");
    place.addEventListener("click", (event) => {
      const own = event.target.closest("[data-block]");
      if (!own || (own.tagName === "LI" && event.target.closest("a"))) return;
      if (own.tagName === "A") event.preventDefault();
      Pair.choose(place, own.dataset.block);
    });
    const step = (by) => {
      const count = place.querySelectorAll(".blocks > li").length, now = place.querySelector("li[aria-current]");
      if (count) Pair.choose(place, Math.min(Math.max((now ? Number(now.dataset.block) : 0) + by, 1), count));
    };
    for (const button of place.querySelectorAll("button[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => step(Number(button.dataset.step)));
    }
  },
};

for (const place of document.querySelectorAll(".pair")) {
  Pair.follow(place);
  if (place.querySelector(".blocks > li")) Pair.choose(place, 1);
}
