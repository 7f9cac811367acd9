// The search box in the head of every page. Without this script it is a plain form that opens the search page.
"use strict";

(() => {
  const form = document.querySelector("[data-find]");
  const opened = form?.dataset.opened;

  // What is opened is remembered; the page that is left does not wait for it.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-kind][data-subject]") : null;
    if (!link || !opened) return;
    const token = document.querySelector("meta[name=csrf-token]")?.content || "";
    const body = new URLSearchParams({ kind: link.dataset.kind, subject_id: link.dataset.subject });
    fetch(opened, { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  });

  if (!form) return;
  const input = form.querySelector("input");
  const list = form.querySelector("[role=listbox]");
  const count = form.querySelector("[data-find-count]");
  const WAIT = 150;
  let timer = 0;
  let asked = 0;
  let shown = null;

  const options = () => [...list.querySelectorAll("a[role=option]")];

  function choose(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function open() {
    const isEmpty = !list.firstElementChild;
    list.hidden = isEmpty;
    input.setAttribute("aria-expanded", String(!isEmpty));
  }

  async function ask() {
    const text = input.value.trim();
    if (text === shown) return open();
    if (text.length === 1) return close();
    const turn = ++asked;
    let answer;
    try {
      answer = await fetch(`${form.dataset.box}?q=${encodeURIComponent(text)}`, { headers: { Accept: "text/html" } });
    } catch {
      return; // the connection is gone: Enter still opens the search page, which says so
    }
    if (turn !== asked || !answer.ok || answer.redirected) return;
    const html = await answer.text();
    if (turn !== asked) return;
    list.innerHTML = html;
    shown = text;
    count.textContent = text ? String(options().length) : "";
    if (document.activeElement === input) open();
  }

  function move(by) {
    const all = options();
    const here = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const next = here < 0 && by < 0 ? all.length - 1 : here + by;
    choose(all[next] ?? null);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("focus", ask);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const option = list.hidden ? null : list.querySelector("a[aria-selected=true]");
      if (!option) return;
      event.preventDefault();
      option.click();
    } else if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(); });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget instanceof Node && !form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, select, textarea, dialog[open], [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || isTyping) return;
    event.preventDefault();
    if (form.offsetParent) input.focus();
    else document.getElementById("search-q")?.focus();
  });
})();
