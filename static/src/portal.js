// Small interactions. Every page works without them.
import { initAll } from "./govuk-frontend.min.js";

// govuk-frontend wants to be told; a browser that runs modules has all it needs.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

const WARN_BEFORE_MS = 5 * 60 * 1000;
const SEEN_KEY = "portal-last-seen";

/** Tells the person five minutes before the session ends, and lets them stay without losing what they typed. */
function watchSession(dialog) {
  const lengthMs = Number(dialog.dataset.sessionSeconds) * 1000;
  const stay = dialog.querySelector("[data-stay]");
  const text = dialog.querySelector("[data-text]");
  const status = dialog.querySelector("[data-status]");
  if (!lengthMs || !stay || !text || !status) return;

  const opening = { text: text.textContent, button: stay.textContent };
  let lastSeen = Date.now();
  let ended = false;

  // Another tab that was used keeps this one alive too.
  const share = () => {
    lastSeen = Date.now();
    try {
      localStorage.setItem(SEEN_KEY, String(lastSeen));
    } catch {
      // Storage may be switched off; then every tab counts for itself.
    }
  };
  window.addEventListener("storage", (event) => {
    if (event.key === SEEN_KEY && Number(event.newValue) > lastSeen) {
      lastSeen = Number(event.newValue);
      if (dialog.open && !ended) dialog.close();
    }
  });
  document.addEventListener("htmx:afterRequest", share);

  const close = () => {
    ended = false;
    text.textContent = opening.text;
    stay.textContent = opening.button;
    status.textContent = "";
    if (dialog.open) dialog.close();
  };

  const look = () => {
    const left = lastSeen + lengthMs - Date.now();
    if (left <= 0 && !ended) {
      ended = true;
      text.textContent =
        "You were signed out to keep records safe. What you typed is still on this page. " +
        "Sign in again in another tab, then come back and continue.";
      stay.textContent = "I have signed in again";
      status.textContent = "";
    }
    if (left <= WARN_BEFORE_MS && !dialog.open) dialog.showModal();
    if (left > 0 && left <= WARN_BEFORE_MS) {
      const minutes = Math.ceil(left / 60000);
      status.textContent = `Time left: ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
    }
  };

  stay.addEventListener("click", async () => {
    try {
      const answer = await fetch(dialog.dataset.stayUrl, { credentials: "same-origin", cache: "no-store" });
      // Only a page for a person who is signed in holds the form to sign out, with a fresh token in it.
      const token = (await answer.text()).match(/data-signed-in><input[^>]*value="(\w+)"/)?.[1];
      if (!answer.ok || !token) {
        status.textContent = "You are not signed in yet. Sign in in another tab, then try again.";
        return;
      }
      // A new sign-in has a new token; without it the forms on this page would be refused.
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
      share();
      close();
    } catch {
      status.textContent = "The portal cannot be reached. Check your connection and try again.";
    }
  });
  // Escape means "stay" while there is time; afterwards the dialog remains, because the page cannot be used.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay.click();
  });

  share();
  window.setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
}

const dialog = document.querySelector("dialog[data-session-seconds]");
if (dialog && typeof dialog.showModal === "function") watchSession(dialog);

/** Marks a scroll frame whose table is wider than the frame, so that its edge shows a shadow. */
function watchFrame(frame) {
  const mark = () => {
    frame.classList.toggle("lscb-frame--more-left", frame.scrollLeft > 1);
    frame.classList.toggle("lscb-frame--more-right", frame.scrollLeft + frame.clientWidth < frame.scrollWidth - 1);
  };
  frame.addEventListener("scroll", mark, { passive: true });
  new ResizeObserver(mark).observe(frame);
  mark();
}
document.querySelectorAll(".lscb-frame").forEach(watchFrame);

/** A page about running work loads itself again until the work is done; without scripts it says so in words. */
const waiting = document.querySelector("[data-reload-seconds]");
if (waiting) window.setTimeout(() => window.location.reload(), Number(waiting.dataset.reloadSeconds) * 1000);

const SAVE_AFTER_MS = 1200;

/**
 * Saves a long form while it is filled in: `<form data-autosave="address">` sends its fields there a moment after the
 * last change. The answer is JSON `{"sentence": "Saved at 14:05", "fields": {"version": "3"}}`; the sentence is shown in
 * the form's `[data-autosave-status]` (role="status"), and `fields` are put into hidden fields of those names, so that
 * the next save knows what it builds on. An answer that refuses has a sentence too: 409 stops the saving, because
 * somebody else wrote meanwhile, and the button of the form shows both texts. Without scripts the button saves.
 */
function autosave(form) {
  const status = form.querySelector("[data-autosave-status]");
  const say = (sentence) => {
    if (status) status.textContent = sentence;
  };
  let timer = 0;
  let saving = false;
  let changedAgain = false;
  let stopped = false;

  const save = async () => {
    if (saving || stopped) {
      changedAgain = saving;
      return;
    }
    saving = true;
    changedAgain = false;
    try {
      const fields = new FormData(form);
      for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: fields,
        credentials: "same-origin",
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      const said = await answer.json();
      stopped = answer.status === 409;
      for (const [name, value] of Object.entries(said.fields ?? {})) {
        for (const field of form.querySelectorAll(`input[type=hidden][name="${CSS.escape(name)}"]`)) field.value = value;
      }
      say(said.sentence ?? "");
    } catch {
      say("Not saved yet: the portal did not answer. What you typed is still on this page.");
    } finally {
      saving = false;
      if (changedAgain) later();
    }
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, SAVE_AFTER_MS);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    stopped = true;
    window.clearTimeout(timer);
  });
}
document.querySelectorAll("form[data-autosave]").forEach(autosave);

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
