"use strict";
// The form works without this. It takes a file that is dropped, and says that the check runs.
(() => {
  const form = document.getElementById("draft");
  const drop = document.getElementById("drop");
  const file = document.getElementById("file");
  const button = form.querySelector(".go");
  const holdsFile = (event) => [...event.dataTransfer.types].includes("Files");
  for (const part of form.querySelectorAll(".scripted")) part.hidden = false;

  for (const name of ["dragenter", "dragover"])
    addEventListener(name, (event) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      drop.classList.add("over");
    });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    drop.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    button.focus();
  });

  form.addEventListener("submit", () => {
    button.textContent = "Checking …";
    button.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    button.textContent = "Check";
    button.removeAttribute("aria-busy");
  });
})();
