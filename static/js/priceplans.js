// The factor tables of a plan as a sheet: every change is sent at once and the prices come back.
"use strict";

(() => {
  const plan = document.getElementById("plan");
  if (!plan) return;

  const form = document.getElementById("factor-form");
  const refusal = document.getElementById("plan-refusal");
  const problem = document.getElementById("plan-problem");
  const state = document.getElementById("plan-state");
  const undoButton = document.getElementById("undo");
  const dialog = document.getElementById("unit-dialog");
  const panel = document.getElementById("unit-panel");
  const isEditable = plan.dataset.editable === "yes";
  const PREFIX = "cell.";
  const token = document.querySelector("meta[name=csrf-token]").content;
  let revision = Number(plan.dataset.revision);
  let waiting = new Map();
  let sending = null;

  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const figures = () => [...form.querySelectorAll(`input[name^="${PREFIX}"]`)];
  const figureOf = (name) => form.elements.namedItem(name);

  // What the server answers

  function showRefusal(text, details = [], canReload = false) {
    refusal.hidden = false;
    const words = document.createElement("div");
    const strong = document.createElement("strong");
    strong.textContent = text;
    words.append(strong);
    if (details.length) {
      const list = document.createElement("ul");
      list.className = "mb-0 mt-1";
      for (const detail of details) {
        const item = document.createElement("li");
        item.textContent = detail;
        list.append(item);
      }
      words.append(list);
    }
    if (canReload) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary mt-2";
      button.textContent = plan.dataset.reload;
      button.addEventListener("click", () => location.reload());
      words.append(document.createElement("br"), button);
    }
    refusal.replaceChildren(words);
    refusal.scrollIntoView({ block: "nearest" });
  }

  function showAnswer(answer) {
    revision = answer.revision;
    for (const field of document.querySelectorAll("input[name=revision]")) field.value = revision;
    refusal.hidden = true;
    problem.hidden = !answer.problem;
    problem.querySelector("[data-text]").textContent = answer.problem;
    for (const [name, text] of Object.entries(answer.figures)) {
      for (const place of plan.querySelectorAll(`[data-figure="${name}"]`)) place.textContent = text;
    }
    answer.units.forEach((id, index) => {
      const cell = document.getElementById(`u${id}`);
      if (!cell) return;
      const [price, total, look] = answer.cells[index];
      const [, first, second] = cell.children;
      if (first.textContent !== price) first.textContent = price;
      if (second.textContent !== total) second.textContent = total;
      const wanted = `cell ${look}`;
      if (cell.className !== wanted) cell.className = wanted;
    });
    showFactors(answer.factors);
    if (undoButton) undoButton.disabled = !answer.can_undo;
  }

  function showFactors(factors) {
    for (const field of figures()) {
      const name = field.name.slice(PREFIX.length);
      if (waiting.has(name)) continue;
      const text = factors[name] ?? "";
      field.dataset.saved = text;
      field.dataset.sent = text;
      field.removeAttribute("aria-invalid");
      if (!field.classList.contains("editing")) field.value = text;
    }
    const shown = new Set(figures().map((field) => field.name.slice(PREFIX.length)));
    if (Object.keys(factors).some((name) => !shown.has(name))) location.reload();
  }

  async function post(address, values) {
    const body = new URLSearchParams({ revision, building: plan.dataset.building, ...values });
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    const answer = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
    const kind = answer.headers.get("Content-Type") || "";
    if (!kind.includes("json")) {
      location.reload();
      return null;
    }
    return { ok: answer.ok, content: await answer.json() };
  }

  function takeRefusal(content, sent) {
    const isStale = content.code === "plan_changed" || content.code === "plan_closed";
    const details = (content.errors || []).map((error) => error.message);
    showRefusal(content.detail, details, isStale);
    for (const error of content.errors || []) figureOf(PREFIX + error.field)?.setAttribute("aria-invalid", "true");
    for (const name of sent) {
      const field = figureOf(PREFIX + name);
      if (!field || isStale || field.hasAttribute("aria-invalid")) continue;
      field.value = field.dataset.saved;
      field.dataset.sent = field.dataset.saved;
    }
  }

  async function exchange(address, values, sent = []) {
    state.textContent = plan.dataset.saving;
    plan.classList.add("is-stale");
    try {
      const answer = await post(address, values);
      if (!answer) return false;
      if (answer.ok) showAnswer(answer.content);
      else takeRefusal(answer.content, sent);
      state.textContent = answer.ok ? plan.dataset.saved : "";
      return answer.ok;
    } catch {
      showRefusal(plan.dataset.offline);
      state.textContent = "";
      return false;
    } finally {
      plan.classList.remove("is-stale");
    }
  }

  // Changes wait for each other: one is under way, the next ones are sent together

  async function flush() {
    while (waiting.size) {
      const sent = waiting;
      waiting = new Map();
      const values = Object.fromEntries([...sent].map(([name, text]) => [PREFIX + name, text]));
      await exchange(plan.dataset.change, values, [...sent.keys()]);
    }
  }

  function send(changes) {
    for (const [name, text] of changes) waiting.set(name, text);
    if (!sending) sending = flush().finally(() => { sending = null; });
    return sending;
  }

  async function undo() {
    await sending;
    if (undoButton && !undoButton.disabled) await exchange(plan.dataset.undo, {});
  }

  function commit(field) {
    field.classList.remove("editing");
    const text = field.value.trim();
    if (text === field.dataset.sent) return;
    field.removeAttribute("aria-invalid");
    field.dataset.sent = text;
    send([[field.name.slice(PREFIX.length), text]]);
  }

  // The keyboard

  const rowOf = (field) => field.closest("tr");
  const columnOf = (field) => [...rowOf(field).querySelectorAll("td input")].indexOf(field);
  const rowsOf = (field) => [...field.closest("tbody").querySelectorAll("tr:not(.new-step)")];
  const at = (row, column) => row?.querySelectorAll("td input")[column];

  function move(field, down, right) {
    const rows = rowsOf(field);
    const index = rows.indexOf(rowOf(field)) + down;
    let target = at(rows[index], columnOf(field) + right);
    if (!target && down) target = nextTable(field, down);
    if (!target) return false;
    target.focus();
    return true;
  }

  function nextTable(field, down) {
    const all = figures().filter((other) => other.offsetParent);
    const inTable = new Set(field.closest("tbody").querySelectorAll("input"));
    const outside = all.filter((other) => !inTable.has(other));
    const isAfter = (other) => field.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    return down > 0 ? outside.find(isAfter) : outside.filter((other) => !isAfter(other)).pop();
  }

  function edit(field) {
    field.classList.add("editing");
    field.setSelectionRange(field.value.length, field.value.length);
  }

  function press(event) {
    const field = event.target;
    const isEditing = field.classList.contains("editing");
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey;
    if (isUndo && field.value.trim() === field.dataset.saved) {
      event.preventDefault();
      undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (!isEditing) Object.assign(steps, { ArrowLeft: [0, -1], ArrowRight: [0, 1] });
    if (event.key === "Enter") {
      event.preventDefault();
      commit(field);
      move(field, event.shiftKey ? -1 : 1, 0);
    } else if (event.key === "F2") {
      event.preventDefault();
      edit(field);
    } else if (event.key === "Escape") {
      field.value = field.dataset.saved;
      field.dataset.sent = field.dataset.saved;
      field.removeAttribute("aria-invalid");
      field.classList.remove("editing");
      field.select();
    } else if (steps[event.key]) {
      event.preventDefault();
      move(field, ...steps[event.key]);
    } else if (!isEditing && (event.key === "Delete" || event.key === "Backspace")) {
      event.preventDefault();
      field.value = "";
      field.classList.add("editing");
    }
  }

  // A block from Excel

  function paste(event) {
    const field = event.target;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const block = text.split("\n").map((line) => line.split("\t"));
    const rows = rowsOf(field);
    const top = rows.indexOf(rowOf(field));
    const left = columnOf(field);
    const width = Math.max(...block.map((line) => line.length));
    const roomRight = rowOf(field).querySelectorAll("td input").length - left;
    if (width > roomRight) {
      showRefusal(say(plan.dataset.tooWide, { columns: width, room: roomRight }));
      return;
    }
    if (block.length > rows.length - top) {
      showRefusal(say(plan.dataset.tooLong, { rows: block.length, room: rows.length - top }));
      return;
    }
    const changes = [];
    block.forEach((line, down) => line.forEach((entry, right) => {
      const target = at(rows[top + down], left + right);
      target.value = entry.trim();
      target.dataset.sent = entry.trim();
      changes.push([target.name.slice(PREFIX.length), entry.trim()]);
    }));
    field.classList.remove("editing");
    send(changes);
  }

  // Why a unit has its price

  function openUnit(cell) {
    panel.replaceChildren();
    dialog.showModal();
    window.htmx.ajax("GET", cell.href, { target: panel, swap: "innerHTML" });
  }

  async function adjust(event) {
    event.preventDefault();
    const sent = event.target;
    await sending;
    const values = Object.fromEntries(new FormData(sent));
    values.revision = revision;
    const box = sent.querySelector("[data-refusal]");
    try {
      const answer = await post(sent.action, values);
      if (!answer) return;
      if (answer.ok) {
        showAnswer(answer.content);
        dialog.close();
      } else {
        const details = (answer.content.errors || []).map((error) => error.message);
        box.textContent = [answer.content.detail, ...details].join(" ");
        box.hidden = false;
      }
    } catch {
      box.textContent = plan.dataset.offline;
      box.hidden = false;
    }
  }

  document.addEventListener("click", (event) => {
    const cell = event.target instanceof Element ? event.target.closest(".price-grid a") : null;
    if (!cell || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openUnit(cell);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-adjust]")) adjust(event);
  }, true);

  if (isEditable) {
    for (const field of figures()) field.dataset.saved = field.dataset.sent = field.value.trim();
    const isFigure = (target) => target instanceof HTMLInputElement && target.name.startsWith(PREFIX);
    form.addEventListener("keydown", (event) => { if (isFigure(event.target)) press(event); });
    form.addEventListener("focusin", (event) => { if (isFigure(event.target)) event.target.select(); });
    form.addEventListener("focusout", (event) => { if (isFigure(event.target)) commit(event.target); });
    form.addEventListener("paste", (event) => { if (isFigure(event.target)) paste(event); });
    form.addEventListener("input", (event) => { if (isFigure(event.target)) event.target.classList.add("editing"); });
    document.getElementById("undo-form").addEventListener("submit", (event) => {
      event.preventDefault();
      undo();
    });
    document.addEventListener("keydown", (event) => {
      const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey;
      if (!isUndo || dialog.open || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
      event.preventDefault();
      undo();
    });
  }
})();
