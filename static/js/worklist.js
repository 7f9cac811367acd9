// The work list by keyboard: arrows go from line to line, 1 to 9 to a section. Enter is the browser's own.
"use strict";

(() => {
  const sections = [...document.querySelectorAll("[data-work-section]")];
  const keysOf = (root) => [...root.querySelectorAll(".work-actions")]
    .map((cell) => cell.querySelector("a, button")).filter(Boolean);
  const isTyping = (target) => target instanceof Element && target.closest("input, select, textarea, dialog[open], [contenteditable]");

  function step(by) {
    const all = sections.flatMap(keysOf);
    const here = all.findIndex((key) => key.closest("tr").contains(document.activeElement));
    const inSection = sections.indexOf(document.activeElement);
    const start = inSection >= 0 ? all.indexOf(keysOf(sections[inSection])[0]) - (by > 0 ? 1 : 0) : here;
    all[Math.min(Math.max(start + by, 0), all.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (/^[1-9]$/.test(event.key) && sections[event.key - 1]) {
      sections[event.key - 1].scrollIntoView();
      keysOf(sections[event.key - 1])[0]?.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  });
})();
