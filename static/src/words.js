// Facts beside the editor of a chapter's words: one click, or Enter, names a fact where the cursor is; a box narrows
// the list. Without this the name of a fact is copied into the words by hand.

const editor = document.querySelector("#id_markdown");
const list = document.querySelector("[data-facts]");
const said = list?.querySelector("[data-facts-said]");
const find = list?.querySelector("[data-facts-find]");

/** Who has not been in the editor yet writes at its end. */
let entered = false;

/** The name of a fact where the cursor is; a quote or picture stands on a line of its own. */
function insert(button) {
  const at = entered ? editor.selectionStart : editor.value.length;
  const end = entered ? editor.selectionEnd : at;
  const [before, after] = [editor.value.slice(0, at), editor.value.slice(end)];
  let name = `{{ ${button.dataset.insert} }}`;
  if (button.hasAttribute("data-own-line")) {
    const lines = before && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
    name = `${lines}${name}${after.startsWith("\n") ? "" : "\n"}`;
  } else if (/[\p{L}\p{N}.,;:!?%]$/u.test(before)) {
    name = ` ${name}`;
  }
  editor.focus();
  editor.setRangeText(name, at, end, "end");
  editor.dispatchEvent(new Event("input", { bubbles: true }));
  said.textContent = `${button.dataset.told} is named in the words.`;
}

/** Shows the facts that hold every word of the box, and opens the chapters that they are in. */
function narrow() {
  const asked = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const group of list.querySelectorAll("[data-facts-of]")) {
    let found = 0;
    for (const fact of group.querySelectorAll("[data-fact]")) {
      const text = fact.textContent.toLowerCase();
      fact.hidden = !asked.every((word) => text.includes(word));
      if (!fact.hidden) found += 1;
    }
    group.hidden = !found;
    group.open = asked.length ? found > 0 : group.hasAttribute("data-own");
    left += found;
  }
  said.textContent = asked.length ? `${left || "No"} ${left === 1 ? "fact" : "facts"} found.` : "";
}

if (editor && list) {
  editor.addEventListener("focus", () => {
    entered = true;
  });
  for (const button of list.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", () => insert(button));
  }
  find?.closest("[hidden]")?.removeAttribute("hidden");
  find?.addEventListener("input", narrow);
}
