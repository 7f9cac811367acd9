// Small habits that every page shares. Nothing here decides anything; each page also works without it.
"use strict";

(() => {
  const root = document.documentElement;
  const progress = document.getElementById("progress-line");
  const toasts = document.getElementById("toasts");
  const BUSY_LIMIT = 20000;

  root.classList.add("js");

  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);
  const showProgress = (isBusy) => { if (progress) progress.hidden = !isBusy; };

  // Short messages

  function showToast(text) {
    if (!toasts || !text) return;
    const box = document.createElement("div");
    box.className = "alert alert-danger alert-dismissible";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", toasts.dataset.close);
    box.append(text, close);
    toasts.replaceChildren(box);
  }

  // A form is sent once: its buttons rest until the answer is there

  function setBusy(form, isBusy) {
    if (isBusy) form.dataset.sent = "yes"; else delete form.dataset.sent;
    const inside = [...form.querySelectorAll("button[type=submit], input[type=submit]")];
    const outside = form.id ? [...document.querySelectorAll(`button[form="${CSS.escape(form.id)}"]`)] : [];
    for (const button of [...inside, ...outside]) {
      if (isBusy && !button.disabled) {
        button.disabled = true;
        button.setAttribute("aria-busy", "true");
      } else if (!isBusy && button.getAttribute("aria-busy")) {
        button.disabled = false;
        button.removeAttribute("aria-busy");
      }
    }
  }

  function guardSubmit(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "repeatable" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    showProgress(true);
    // After this turn, so that the pressed button's own name and value are still sent.
    setTimeout(() => setBusy(form, true), 0);
    setTimeout(() => { setBusy(form, false); showProgress(false); }, BUSY_LIMIT);
  }

  // Questions before something that cannot be undone

  let answerYes = null;

  function ask(text, onYes) {
    const dialog = document.getElementById("confirm-dialog");
    if (!dialog) return;
    dialog.querySelector("#confirm-text").textContent = text;
    answerYes = onYes;
    dialog.showModal();
    dialog.querySelector("[data-dialog-close]").focus();
  }

  function confirmSubmit(event) {
    const form = event.target;
    const button = event.submitter;
    const text = button?.dataset.confirm || form.dataset.confirm;
    if (!text || form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(text, () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(button);
    });
  }

  // What was typed stays through a reload or a lost session, in this window only

  const keepKey = (form) => `keep:${location.pathname}:${form.dataset.keep}`;
  const keptFields = (form) => [...form.elements].filter((field) => field.name && field.matches(
    "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=checkbox], [type=radio])"));

  function keepTyped(form) {
    sessionStorage.setItem(keepKey(form), JSON.stringify(keptFields(form).map((field) => [field.name, field.value])));
  }

  function restoreTyped(form) {
    const kept = new Map(JSON.parse(sessionStorage.getItem(keepKey(form)) || "[]"));
    for (const field of keptFields(form)) {
      if (!field.value && kept.get(field.name)) field.value = kept.get(field.name);
    }
  }

  // Files dropped on a zone

  function showNames(zone) {
    const input = zone.querySelector("input[type=file]");
    const names = zone.querySelector("output");
    if (input && names) names.textContent = [...input.files].map((file) => file.name).join(", ");
  }

  function dropFiles(event, zone) {
    const input = zone.querySelector("input[type=file]");
    if (!input || !event.dataTransfer.files.length) return;
    const files = new DataTransfer();
    for (const file of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = closest(event, "[data-dropzone]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      if (kind === "drop") dropFiles(event, zone);
    });
  }

  // Buttons

  async function copy(button) {
    const text = button.dataset.copy;
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
    } else {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const before = button.textContent;
    button.textContent = button.dataset.copied || before;
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  }

  const actions = {
    "[data-copy]": (button) => copy(button),
    "[data-print]": () => window.print(),
    "[data-back]": () => history.back(),
    "[data-dismiss]": (button) => button.closest(".alert").remove(),
    "[data-dialog-open]": (button) => openDialog(button.dataset.dialogOpen),
    "[data-dialog-close]": (button) => button.closest("dialog").close(),
    "[data-confirm-yes]": (button) => {
      const go = answerYes;
      button.closest("dialog").close();
      go?.();
    },
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(actions)) {
      const button = closest(event, selector);
      if (button) act(button);
    }
    if (event.target instanceof HTMLDialogElement) event.target.close();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Forms

  document.addEventListener("submit", confirmSubmit, true);
  document.addEventListener("submit", guardSubmit);
  document.addEventListener("change", (event) => {
    const zone = closest(event, "[data-dropzone]");
    if (zone) showNames(zone);
    const form = closest(event, "form[data-autosubmit]");
    if (form && event.target.matches("select, input:not([type=search], [type=text])")) form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    const form = closest(event, "form[data-keep]");
    if (form) keepTyped(form);
  });
  window.addEventListener("pageshow", () => {
    showProgress(false);
    for (const form of document.querySelectorAll("form[data-sent]")) setBusy(form, false);
  });

  // Requests by htmx

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]")?.content || "";
  });
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });
  document.addEventListener("htmx:beforeRequest", () => showProgress(true));
  document.addEventListener("htmx:afterRequest", (event) => {
    showProgress(false);
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (form) setBusy(form, false);
  });
  document.addEventListener("htmx:sendError", () => showToast(toasts?.dataset.offline));
  document.addEventListener("htmx:responseError", () => showToast(toasts?.dataset.failed));

  // When the page is there

  for (const form of document.querySelectorAll("form[data-keep]")) {
    if (document.querySelector(".flashes .alert-success")) sessionStorage.removeItem(keepKey(form));
    else restoreTyped(form);
  }
  document.querySelector("[data-focus]")?.focus();
})();
