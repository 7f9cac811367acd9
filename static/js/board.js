// Keeps the board as it is now: asks every second what changed and touches only those cells.
"use strict";

(() => {
  const board = document.getElementById("board");
  if (!board) return;

  const EVERY = 1000;
  const PATIENCE = 10000;
  const legend = document.getElementById("legend");
  const lost = board.querySelector(".board-lost");
  const panel = document.getElementById("unit-panel");
  const isFiltered = board.dataset.filtered === "yes";
  let version = Number(board.dataset.version);
  let tag = null;
  let seenAt = new Date();
  let timer = 0;
  let isAsking = false;
  let shownUnit = null;

  const clockTime = (moment) => moment.toTimeString().slice(0, 5);

  // Cells and legend

  function setCell({ id, look, sign }) {
    const cell = document.getElementById(`u${id}`);
    if (!cell || cell.classList.contains(look)) return;
    cell.className = `${look} fresh${cell.classList.contains("chosen") ? " chosen" : ""}`;
    cell.dataset.s = sign;
    setTimeout(() => cell.classList.remove("fresh"), 2500);
    if (shownUnit === cell.id) openUnit(cell);
  }

  function setLegend(counts) {
    if (!legend || isFiltered) return;
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    for (const entry of legend.querySelectorAll("[data-state]")) {
      const count = counts[entry.dataset.state] || 0;
      entry.querySelector("[data-count]").textContent = count;
      entry.querySelector("[data-share]").textContent = `${total ? ((count / total) * 100).toFixed(1) : "0.0"}%`;
      entry.classList.toggle("none", count === 0);
    }
    legend.querySelector("[data-total]").textContent = total;
  }

  async function rebuild() {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["houses", "legend"]) {
      const fresh = page.getElementById(id);
      const shown = document.getElementById(id);
      if (fresh && shown) shown.replaceChildren(...fresh.childNodes);
    }
  }

  // Asking

  function setLost(isLost) {
    if (!isLost) seenAt = new Date();
    lost.hidden = !isLost;
    lost.textContent = isLost ? board.dataset.lost.replace("{time}", clockTime(seenAt)) : "";
  }

  async function take(answer) {
    const news = await answer.json();
    tag = answer.headers.get("ETag");
    const isBehind = news.version !== version;
    version = news.version;
    if (news.rebuilt && isBehind) await rebuild();
    else news.changed.forEach(setCell);
    setLegend(news.counts);
  }

  async function ask() {
    if (isAsking || document.hidden) return;
    isAsking = true;
    const breaker = new AbortController();
    const limit = setTimeout(() => breaker.abort(), PATIENCE);
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(`${board.dataset.live}?since=${version}`, { headers, signal: breaker.signal, cache: "no-store", credentials: "same-origin" });
      if (answer.status === 401) location.reload();
      if (answer.status === 200) await take(answer);
      setLost(answer.status !== 200 && answer.status !== 304);
    } catch {
      setLost(true);
    } finally {
      clearTimeout(limit);
      isAsking = false;
    }
  }

  function start() {
    clearInterval(timer);
    if (document.hidden) return;
    timer = setInterval(ask, EVERY);
    ask();
  }

  document.addEventListener("visibilitychange", start);
  window.addEventListener("online", ask);
  window.addEventListener("offline", () => setLost(true));

  // The unit beside the board, on wide screens; elsewhere the link opens the unit's page

  const isWide = () => panel && window.matchMedia("(min-width: 992px)").matches;

  function openUnit(cell) {
    for (const other of board.querySelectorAll(".chosen")) other.classList.remove("chosen");
    cell.classList.add("chosen");
    shownUnit = cell.id;
    panel.hidden = false;
    window.htmx.ajax("GET", cell.href, { target: panel, swap: "innerHTML" });
  }

  function closeUnit() {
    panel.hidden = true;
    panel.replaceChildren();
    const cell = document.getElementById(shownUnit);
    shownUnit = null;
    cell?.classList.remove("chosen");
    cell?.focus();
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-panel-close]")) closeUnit();
    const cell = event.target.closest(".unit-grid a");
    if (!cell || !isWide() || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openUnit(cell);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel && !panel.hidden) closeUnit();
  });

  start();
})();
