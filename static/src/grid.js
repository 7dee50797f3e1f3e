// The grid of figures: arrow keys between rows, a block pasted from a spreadsheet, the change while one types.
// Without this every field is reached by Tab, typed into, and checked by the button.

const form = document.querySelector("form[data-grid]");

/** The number fields of every row, in the order of the page. */
const rows = form ? [...form.querySelectorAll("fieldset")].map((row) => [...row.querySelectorAll("[data-cell]")]) : [];
const status = form?.querySelector("[data-grid-status]");

function placeOf(field) {
  const row = rows.findIndex((cells) => cells.includes(field));
  return { row, column: row < 0 ? -1 : rows[row].indexOf(field) };
}

function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const { row, column } = placeOf(event.target);
  if (!step || row < 0) return;
  const next = rows[row + step];
  if (!next?.length) return;
  event.preventDefault();
  const field = next[Math.min(column, next.length - 1)];
  field.focus();
  field.select();
}

/** A block of cells fills the rows from here on; what finds no field is said, never dropped in silence. */
function paste(event) {
  const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "") ?? "";
  const { row, column } = placeOf(event.target);
  if (row < 0 || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const lines = text.split("\n").map((line) => line.split("\t"));
  const left = [];
  let filled = 0;
  lines.forEach((cells, down) => {
    cells.forEach((cell, across) => {
      const field = rows[row + down]?.[column + across];
      if (field) {
        field.value = cell.trim();
        filled += 1;
      } else if (cell.trim()) {
        left.push(cell.trim());
      }
    });
  });
  form.dispatchEvent(new Event("input", { bubbles: true }));
  rows.forEach(showChange);
  const dropped = left.length ? ` No field was there for: ${left.join(", ")}.` : "";
  status.textContent = `${filled} ${filled === 1 ? "field" : "fields"} filled.${dropped} Check that each is in its row.`;
}

/** A help for the eye; the portal works the change out itself when the figures are checked. */
function showChange(cells) {
  const shown = cells[0]?.closest("fieldset").querySelector("[data-change][data-past]");
  if (!shown) return;
  const typed = (name) => {
    const text = cells.find((cell) => cell.dataset.cell === name)?.value.trim().replace(/,(?=\d{3}(\D|$))/g, "") ?? "";
    return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
  };
  const { past, unit, multiplier, low, high } = shown.dataset;
  const [part, base] = [typed("numerator"), typed("denominator")];
  const per = { percent: 100, rate: Number(multiplier) }[unit] ?? 1;
  const value = unit === "count" ? part ?? typed("value") : part !== null && base ? (part * per) / base : typed("value");
  if (value === null) {
    shown.textContent = "–";
    return;
  }
  const before = Number(past);
  const moved = unit === "percent" ? value - before : before ? ((value - before) * 100) / before : value - before;
  const sign = moved > 0 ? "+" : "";
  const usual = value >= Number(low) && value <= Number(high);
  shown.textContent = `${sign}${moved.toFixed(1)}${unit === "percent" ? " pp" : "%"}${usual ? "" : ", unusual: say why"}`;
}

if (form) {
  form.addEventListener("keydown", move);
  form.addEventListener("paste", paste);
  form.addEventListener("input", (event) => {
    const { row } = placeOf(event.target);
    if (row >= 0) showChange(rows[row]);
  });
}
